package part

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// The statuses by their short names.
const (
	returned    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	noneStated  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	unsupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
	withheld    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	refused     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	invalid     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	mismatch    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
)

// itemless are the statuses of a section that gave nothing. INVALID is none of
// them: a partial allergy list is delivered with it.
var itemless = []lhcrv1.OutcomeStatus{notHeld, unsupported, withheld, refused, unavailable, mismatch}

// OfOutcome makes the part of an outcome that came without any item. It takes the
// outcome over.
func OfOutcome(outcome *lhcrv1.SectionOutcome) *Part {
	p := &Part{Region: outcome.GetRegionId(), Section: outcome.GetSection()}
	p.setOutcome(outcome, tally{})
	return p
}

// tally says what there is to deliver under a heading.
type tally struct {
	items    int  // items that belong to the section, wherever they are kept
	own      int  // those of them that are kept under the section itself
	contrary bool // one of them contradicts an assertion that there is none
}

func (p *Part) setOutcome(o *lhcrv1.SectionOutcome, t tally) {
	fit(o)
	keepPromises(o, t)
	encoded, err := proto.Marshal(o)
	if err != nil { // a string of the adapter's that is no UTF-8
		onlyStatus(o, lhcrv1.GapKind_GAP_KIND_MALFORMED, "what the region said of this section could not be read")
		encoded, _ = proto.Marshal(o)
	}
	p.Outcome = encoded
	p.Status = o.GetStatus()
	p.Flawed = len(o.GetGaps()) > 0 || len(o.GetWarnings()) > 0 || o.GetTruncated()
	p.Fleeting = !whole(o) || o.GetFromCache() || o.GetAge() != nil
	if o.GetRetrievedAt() != nil {
		p.Retrieved = o.GetRetrievedAt().AsTime()
	}
}

// fit takes text out of an outcome that is too large to deliver, and says so.
func fit(o *lhcrv1.SectionOutcome) {
	if proto.Size(o) <= MaxItemBytes {
		return
	}
	o.Narratives, o.Notes = nil, nil
	addGap(o, lhcrv1.GapKind_GAP_KIND_TOO_LARGE, 0, "text of this section is larger than is delivered")
	if proto.Size(o) > MaxItemBytes {
		onlyStatus(o, lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "what the region said of this section is larger than is delivered")
	}
}

// onlyStatus is the last resort for an outcome that cannot be delivered as it came.
func onlyStatus(o *lhcrv1.SectionOutcome, kind lhcrv1.GapKind, why string) {
	kept := &lhcrv1.SectionOutcome{RegionId: o.GetRegionId(), Section: o.GetSection(), Status: invalid, RetrievedAt: o.GetRetrievedAt()}
	addGap(kept, kind, 0, why)
	proto.Reset(o)
	proto.Merge(o, kept)
}

func addGap(o *lhcrv1.SectionOutcome, kind lhcrv1.GapKind, count uint32, message string) {
	o.Gaps = append(o.Gaps, &lhcrv1.Gap{Kind: kind, Count: count, Message: message})
}

// keepPromises mends the status of an outcome that says something else than what
// is delivered: because items were taken out, or because an adapter broke its
// promise. It never makes an answer look more whole than the adapter did. A statement
// that there is none beside a narrative is not one: the narrative could name one.
//
// Source: contract rules 2, 3 and 5.
func keepPromises(o *lhcrv1.SectionOutcome, t tally) {
	kept := promised(o, t)
	if kept == invalid && o.GetStatus() != invalid && len(o.GetGaps()) == 0 {
		addGap(o, lhcrv1.GapKind_GAP_KIND_MALFORMED, 0, "the region's answer contradicts itself")
	}
	o.Status = kept
}

func promised(o *lhcrv1.SectionOutcome, t tally) lhcrv1.OutcomeStatus {
	status := o.GetStatus()
	switch {
	case slices.Contains(itemless, status) && t.own == 0:
		return status
	case partialAllergies(o):
		return invalid
	case status == noneStated && t.items > 0 && !t.contrary && whole(o) && len(o.GetWarnings())+len(o.GetNarratives()) == 0:
		return noneStated
	case status == nothing && t.items == 0 && whole(o):
		return nothing
	case status == asText && t.own == 0 && hasText(o):
		return asText
	case slices.Contains([]lhcrv1.OutcomeStatus{returned, asText, noneStated, nothing}, status) && t.items > 0:
		return returned
	case status == returned && len(o.GetNarratives()) > 0:
		return asText
	}
	return invalid
}

func partialAllergies(o *lhcrv1.SectionOutcome) bool {
	return o.GetSection() == lhcrv1.Section_SECTION_ALLERGIES && !slices.Contains(itemless, o.GetStatus()) && !whole(o)
}

func whole(o *lhcrv1.SectionOutcome) bool {
	return len(o.GetGaps()) == 0 && !o.GetTruncated() && o.GetCounts().GetUnresolved() == 0
}

func hasText(o *lhcrv1.SectionOutcome) bool {
	return len(o.GetNarratives())+len(o.GetNotes()) > 0
}
