package fhir

import (
	"errors"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// ReaderVersion changes when the same bytes would read differently, so that
// nothing read by a faulty reader outlives its mending.
const ReaderVersion = "fhir-4"

// Version is the FHIR version that a region speaks. Both read alike: it only says
// what media type the original bytes have.
type Version uint8

// The versions.
const (
	VersionUnstated Version = iota
	STU3
	R4
)

// Input is one region's answer about one patient, and what was asked.
type Input struct {
	// RegionID is the region that answered.
	RegionID string
	// Version is the FHIR version.
	Version Version
	// Payloads are the bodies that came: one, or one for each page of each search.
	Payloads []Payload
	// Sections are the sections asked for. Empty asks for every section.
	Sections []lhcrv1.Section
	// NHSNumber is the number asked for. Empty when a file is read without a
	// question: the only patient in it is then the subject.
	NHSNumber string
	// LinksAsserted says that the region itself asserts that the patients it answers
	// with are one person.
	LinksAsserted bool
	// Courses is the custom by which medicines form courses.
	Courses mapping.CourseRule
	// SourceIsPatientsPractice says that the answer is one practice's record (GP Connect).
	SourceIsPatientsPractice bool
	// PagesFollowed says that every page that a body names came, or that Asked says which
	// did not. Without it a page that names a next one, and a search that counts more
	// matches than came, leave a gap.
	PagesFollowed bool
	// Asked says, by section, what is known of the question before its answer is read.
	Asked map[lhcrv1.Section]Asked
	// Now is the moment of reading.
	Now time.Time
	// IncludeSource keeps each item's original bytes.
	IncludeSource bool
	// Strict panics on contradictions in the account; tests set it.
	Strict bool
}

// Payload is one body of an answer. The reader keeps it: it must not be changed.
type Payload struct {
	// Body is the bytes as they came: FHIR as JSON or XML.
	Body []byte
	// Read is what the reader of another format made of the bytes (package cda). Body is
	// then not looked at.
	Read *decode.Payload
	// MediaType is that of the original bytes of what was Read.
	MediaType string
	// FromDocument says that the bytes are a document (package cda), which speaks for
	// itself and not for the whole record: no section is ASSERTED_NONE because of it.
	FromDocument bool
	// Listing is the resource that lists the document in the same answer, nil for none: the
	// document's own frame is part of the item of its listing.
	Listing *model.DocumentReference
	// Sections are those that the body answers. Empty stands for all asked for: what
	// fails in it is a gap of each of them.
	Sections []lhcrv1.Section
}

// Asked is what is known of one section's question before its answer is read.
type Asked struct {
	// Failure is the status if nothing comes of the section: REFUSED, UNAVAILABLE,
	// INVALID, WITHHELD, NOT_HELD or NOT_SUPPORTED. Unspecified when the question
	// was answered.
	Failure lhcrv1.OutcomeStatus
	// Message is why, free of identifiers.
	Message string
	// Gaps are what is known to be missing: pages that failed, searches that were refused.
	Gaps []*lhcrv1.Gap
	// Truncated says that a limit cut the answer short.
	Truncated bool
	// RetryAfter is when the region may be asked again; zero when it did not say.
	RetryAfter time.Duration
	// Applied is the query that was really applied.
	Applied *lhcrv1.AppliedQuery
}

// Reading is what an answer reads to.
type Reading struct {
	// Response has one outcome for every section asked for.
	Response *adapterv1.FetchResponse
	// Account says what became of every resource that came.
	Account Account
}

// Account says what became of every resource that came: each counts once, and
// Resources is always Items + Supporting + Reported.
type Account struct {
	// Resources counts what came, contained resources and OperationOutcomes among
	// them, bundles and Parameters not.
	Resources int `json:"resources"`
	// Items counts resources that became an item or part of one.
	Items int `json:"items"`
	// Supporting counts people, places, products, lists and plumbing.
	Supporting int `json:"supporting"`
	// Reported counts the rest.
	Reported int `json:"reported"`
	// Reasons says why, by type.
	Reasons []Reason `json:"reasons"`
}

// Reason says why resources of a type were reported.
type Reason struct {
	Type   string `json:"type"`
	Count  int    `json:"count"`
	Reason string `json:"reason"`
}

// Read reads an answer. A body that is not FHIR, or is cut short, is a gap of its
// sections; when no body can be read, the error says why: errors.Is tells
// [decode.ErrNotJSON] (of XML too) and its like.
func Read(in Input) (*Reading, error) {
	r := &reader{in: in, asked: map[lhcrv1.Section]Asked{}}
	r.ask()
	if err := r.load(); err != nil {
		return nil, err
	}
	return r.read(), nil
}

// reader carries one reading through its steps.
type reader struct {
	in       Input
	sections []lhcrv1.Section
	asked    map[lhcrv1.Section]Asked
	answer   *answer.Answer
	parts    []part
	mapped   *mapping.Result
	modified []*answer.Entry // supporting resources with modifiers that are not understood
}

// part is what came of one payload.
type part struct {
	start, end int  // its resources' positions
	frames     int  // how many bundles it held
	read       bool // it held something of FHIR
}

// ask settles which sections are asked for and what is known of each.
func (r *reader) ask() {
	for _, s := range r.in.Sections {
		if !slices.Contains(r.sections, s) {
			r.sections = append(r.sections, s)
		}
	}
	if len(r.sections) == 0 {
		r.sections = everySection()
	}
	for _, s := range r.sections {
		r.asked[s] = r.in.Asked[s]
	}
}

// everySection is every section of the contract, by number.
func everySection() []lhcrv1.Section {
	values := lhcrv1.Section(0).Descriptor().Values()
	out := make([]lhcrv1.Section, 0, values.Len()-1)
	for i := 1; i < values.Len(); i++ {
		out = append(out, lhcrv1.Section(values.Get(i).Number()))
	}
	return out
}

// load reads the bodies. One that cannot be read is a gap of its sections.
func (r *reader) load() error {
	b := answer.NewBuilder(answer.Options{
		NHSNumber: r.in.NHSNumber, LinksAsserted: r.in.LinksAsserted, Strict: r.in.Strict, Now: r.in.Now,
	})
	var failed []error
	for _, p := range r.in.Payloads {
		x := part{start: b.Len(), frames: b.Frames()}
		if err := addTo(b, p); err != nil {
			failed = append(failed, err)
		}
		x.end, x.frames = b.Len(), b.Frames()-x.frames
		r.parts = append(r.parts, x)
	}
	if len(failed) > 0 && len(failed) == len(r.in.Payloads) {
		return errors.Join(failed...)
	}
	r.answer = b.Build()
	for i := range r.parts {
		r.inspect(i)
	}
	r.unanswered()
	return nil
}

func addTo(b *answer.Builder, p Payload) error {
	if p.Read == nil {
		return b.Add(p.Body)
	}
	b.AddRead(p.Read)
	return nil
}

// inspect makes gaps of a payload that could not be read, or is no FHIR at all, and of
// resources in it of no known type: they might be anything that the payload was to answer.
func (r *reader) inspect(i int) {
	x := &r.parts[i]
	known := 0
	for _, e := range r.answer.Entries()[x.start:x.end] {
		if e.Known() {
			known++
		}
	}
	if x.read = x.frames+known > 0; !x.read {
		r.gaps(i, &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_MALFORMED, Retryable: true, Message: "a part of the answer could not be read",
		})
		return
	}
	if unknown := x.end - x.start - known; unknown > 0 {
		r.gaps(i, &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: uint32(unknown), Message: "resources came of which nobody knows what they are",
		})
	}
}

// gaps adds a gap to each section that a payload answers.
func (r *reader) gaps(i int, g *lhcrv1.Gap) {
	for _, s := range r.of(r.in.Payloads[i]) {
		r.gap(s, g)
	}
}

// answered reports that a payload which could be read answers the section. Where none
// does, that nothing came of it says nothing.
func (r *reader) answered(s lhcrv1.Section) bool {
	for i := range r.parts {
		if r.parts[i].read && slices.Contains(r.of(r.in.Payloads[i]), s) {
			return true
		}
	}
	return false
}

// of is the sections that a payload answers, of those asked for.
func (r *reader) of(p Payload) []lhcrv1.Section {
	if len(p.Sections) == 0 {
		return r.sections
	}
	var out []lhcrv1.Section
	for _, s := range p.Sections {
		if _, ok := r.asked[s]; ok {
			out = append(out, s)
		}
	}
	return out
}

// gap adds a gap to a section asked for.
func (r *reader) gap(s lhcrv1.Section, g *lhcrv1.Gap) {
	if a, ok := r.asked[s]; ok {
		a.Gaps = append(a.Gaps[:len(a.Gaps):len(a.Gaps)], g)
		r.asked[s] = a
	}
}

func (r *reader) read() *Reading {
	r.mapped = mapping.Map(r.answer, mapping.Options{
		RegionID: r.in.RegionID, Courses: r.in.Courses, IssuesAskedFor: r.issuesAskedFor(),
		SourceIsPatientsPractice: r.in.SourceIsPatientsPractice, Now: r.in.Now,
		IncludeSource: r.in.IncludeSource, MediaTypes: r.mediaTypes(), Listings: r.listings(),
	})
	r.modified = supportsModified(r.answer)
	account := r.answer.Account()
	r.failuresInside()
	r.missing(account)
	tally := r.narrow()
	return &Reading{Account: summary(account), Response: &adapterv1.FetchResponse{
		Record: r.mapped.Record, Outcomes: r.outcomes(tally), Patients: r.patients(),
		Links: r.mapped.Links, Sources: r.mapped.Sources, Reported: reported(account),
	}}
}

// issuesAskedFor reports that all issues were asked for and nothing of the answer is
// known to be missing, so that a plan without any was never issued. They are asked for
// unless the query that was applied says otherwise.
func (r *reader) issuesAskedFor() bool {
	asked := r.asked[lhcrv1.Section_SECTION_MEDICATIONS]
	if len(asked.Gaps) > 0 || asked.Truncated || len(r.answer.Gaps()) > 0 {
		return false
	}
	return asked.Applied == nil || asked.Applied.GetIssuesIncluded() && asked.Applied.GetWindow() == nil
}

func summary(a answer.Account) Account {
	out := Account{Resources: a.Resources, Items: a.Items, Supporting: a.Supporting, Reasons: []Reason{}}
	for _, x := range a.Reported {
		out.Reported += x.Count
		out.Reasons = append(out.Reasons, Reason{Type: x.Type, Count: x.Count, Reason: x.Reason})
	}
	return out
}

func reported(a answer.Account) []*lhcrv1.ReportedResources {
	var out []*lhcrv1.ReportedResources
	for _, x := range a.Reported {
		out = append(out, &lhcrv1.ReportedResources{SourceType: x.Type, Count: uint32(x.Count), Reason: x.Reason})
	}
	return out
}

// patients are those that came, for the gateway's identity check.
func (r *reader) patients() []*adapterv1.MatchedPatient {
	var out []*adapterv1.MatchedPatient
	for _, p := range r.answer.Patients() {
		number := p.Known(r.in.NHSNumber)
		doubtful := number == "" && p.Other // without a number, and perhaps somebody else's: no link vouches for it
		out = append(out, &adapterv1.MatchedPatient{
			NhsNumber: number, BirthDate: contract.When(p.BirthDate), Superseded: p.Superseded, SupersededBy: p.SupersededBy,
			LinkedByRegion: r.in.LinksAsserted && !doubtful, SourceId: p.Entry.ID,
		})
	}
	return out
}
