package part

import (
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Answer is what a region gave, once it passed the identity check.
type Answer struct {
	// Region is the region's id.
	Region string
	// Sections are the sections that it was asked for, each once.
	Sections []lhcrv1.Section
	// Response is what came, with one outcome for each of Sections. Encode takes it over.
	Response *adapterv1.FetchResponse
	// People are its patients.
	People []identity.Person
	// LinkedLeftOut counts records that the region links to the person and that
	// could not be admitted.
	LinkedLeftOut uint32
	// Lag is how far the region's definition says that it lags behind its sources.
	Lag string
	// Retrieved is when it came.
	Retrieved time.Time
}

// Encode splits an answer into one part for each section asked for, in that order.
// An item that belongs to several of the sections is encoded once and stands in
// the part of each; one that belongs to none was not asked for and is left out.
//
// What may not be delivered is taken out and counted as a gap: items that were not
// found to be about the person, what is larger than [MaxItemBytes], and what
// cannot be encoded.
func Encode(a Answer) []*Part {
	e := &encoder{answer: a, drafts: make([]draft, 0, len(a.Sections)), holders: map[string][]*draft{}}
	e.pointed = len(a.Response.GetLinks())+len(a.Response.GetSources()) > 0
	for _, section := range a.Sections {
		e.draft(section)
	}
	entries := e.collect(a.Response.GetRecord())
	e.encodeItems(entries)
	e.encodeLinks()
	e.encodeSources()
	report := encodeReported(a.Response.GetReported())
	parts := make([]*Part, 0, len(a.Sections))
	for i := range e.drafts {
		parts = append(parts, e.finish(&e.drafts[i], report))
	}
	return parts
}

type encoder struct {
	answer  Answer
	drafts  []draft             // in the order of the sections asked for
	pointed bool                // there are links or originals
	holders map[string][]*draft // by id of an item that stays
}

// draft is a part in the making.
type draft struct {
	part     Part
	outcome  *lhcrv1.SectionOutcome
	expected int // items to come
	tally    tally
	lost     [len(losses)]uint32
}

// loss is a reason to take something out.
type loss int

const (
	otherPerson loss = iota
	tooLarge
	unreadable
	linkedRecord
)

// losses says how each loss is told.
var losses = [...]struct {
	kind    lhcrv1.GapKind
	message string
}{
	otherPerson:  {lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, "items that were not found to be about this person were left out"},
	tooLarge:     {lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "items larger than are delivered were left out"},
	unreadable:   {lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, "items that could not be read were left out"},
	linkedRecord: {lhcrv1.GapKind_GAP_KIND_LINKED_RECORD, "records under another NHS number, which the region links to this person, were left out"},
}

// draft begins the part of a section. One that the answer says nothing of is
// INVALID: adapters.Region sees to it that there is none.
func (e *encoder) draft(section lhcrv1.Section) {
	d := draft{outcome: &lhcrv1.SectionOutcome{Section: section, Status: invalid}, part: Part{
		Region: e.answer.Region, Section: section, Retrieved: e.answer.Retrieved, People: e.answer.People,
	}}
	for _, outcome := range e.answer.Response.GetOutcomes() {
		if outcome.GetSection() == section {
			d.outcome = outcome
		}
	}
	d.lost[linkedRecord] = e.answer.LinkedLeftOut
	e.drafts = append(e.drafts, d)
}

// draftOf is the draft of a section, or nil when it was not asked for.
func (e *encoder) draftOf(section lhcrv1.Section) *draft {
	for i := range e.drafts {
		if e.drafts[i].part.Section == section {
			return &e.drafts[i]
		}
	}
	return nil
}

// finish closes a draft.
func (e *encoder) finish(d *draft, report []byte) *Part {
	d.outcome.RegionId = e.answer.Region
	scrub(d.outcome)
	if d.outcome.GetRetrievedAt() == nil {
		d.outcome.RetrievedAt = timestamppb.New(e.answer.Retrieved)
	}
	if d.outcome.GetSourceLag() == "" {
		d.outcome.SourceLag = e.answer.Lag
	}
	d.lost[linkedRecord] = untold(d.outcome, d.lost[linkedRecord])
	for l, count := range d.lost {
		if count > 0 {
			addGap(d.outcome, losses[l].kind, count, losses[l].message)
		}
	}
	d.part.setOutcome(d.outcome, d.tally)
	d.part.Report = report
	return &d.part
}

// untold is how many of the linked records that were left out no gap of the adapter's
// own stands for: adapters that see to the links themselves tell of them already.
func untold(o *lhcrv1.SectionOutcome, leftOut uint32) uint32 {
	for _, g := range o.GetGaps() {
		if g.GetKind() == losses[linkedRecord].kind {
			leftOut -= min(leftOut, max(1, g.GetCount()))
		}
	}
	return leftOut
}

// scrub is the last net under the promise that these words name no patient. What
// the source wrote, in warnings and notes, stays as sent.
func scrub(o *lhcrv1.SectionOutcome) {
	if o.GetMessage() != "" {
		o.Message = adapters.Scrub(o.GetMessage())
	}
	for _, g := range o.GetGaps() {
		g.Message = adapters.Scrub(g.GetMessage())
	}
}

// encodeReported encodes each entry as the reported field of a RegionReport.
func encodeReported(reported []*lhcrv1.ReportedResources) []byte {
	encoded, err := proto.Marshal(&lhcrv1.RegionReport{Reported: reported})
	if err != nil || len(encoded) > MaxItemBytes/2 {
		encoded, _ = proto.Marshal(&lhcrv1.RegionReport{Reported: []*lhcrv1.ReportedResources{
			{Count: uint32(len(reported)), Reason: "the list of what did not become items could not be delivered"},
		}})
	}
	return encoded
}
