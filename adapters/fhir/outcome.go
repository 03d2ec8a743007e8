package fhir

import (
	"cmp"
	"slices"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// outcomes makes one outcome for every section asked for.
func (r *reader) outcomes(t tally) []*lhcrv1.SectionOutcome {
	out := make([]*lhcrv1.SectionOutcome, 0, len(r.sections))
	for _, s := range r.sections {
		out = append(out, r.outcome(s, t.of(s)))
	}
	return out
}

func (r *reader) outcome(s lhcrv1.Section, t *sectionTally) *lhcrv1.SectionOutcome {
	asked := r.asked[s]
	o := &lhcrv1.SectionOutcome{
		RegionId: r.in.RegionID, Section: s, Message: asked.Message, Gaps: slices.Clip(asked.Gaps),
		Truncated: asked.Truncated, Applied: asked.Applied, Narratives: r.mapped.Narratives[s],
	}
	if !r.in.Now.IsZero() {
		o.RetrievedAt = timestamppb.New(r.in.Now)
	}
	if asked.RetryAfter > 0 {
		o.RetryAfter = durationpb.New(asked.RetryAfter)
	}
	r.lists(o, t)
	r.emptyReasons(o)
	r.cameDespite(o, t)
	r.informed(o)
	o.Warnings = append(o.Warnings, r.unread(o)...)
	r.doubts(o, t)
	if s == lhcrv1.Section_SECTION_ALLERGIES {
		r.allergyStatus(o, t)
		return o
	}
	o.Status = r.status(o, t)
	return o
}

// cameDespite makes a gap of a failure to answer a section of which something came all
// the same, by way of another's search: that something must not look whole.
func (r *reader) cameDespite(o *lhcrv1.SectionOutcome, t *sectionTally) {
	if t.items == 0 && len(o.GetNarratives()) == 0 || len(o.GetGaps()) > 0 {
		return
	}
	if kind, failed := failureKinds[r.asked[o.GetSection()].Failure]; failed {
		o.Gaps = []*lhcrv1.Gap{{Kind: kind, Message: cmp.Or(o.GetMessage(), "a part of the answer is missing")}}
	}
}

// failureKinds is read only. NOT_HELD and NOT_SUPPORTED leave no gap.
var failureKinds = map[lhcrv1.OutcomeStatus]lhcrv1.GapKind{
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:     lhcrv1.GapKind_GAP_KIND_REFUSED,
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD:    lhcrv1.GapKind_GAP_KIND_WITHHELD,
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED,
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:     lhcrv1.GapKind_GAP_KIND_MALFORMED,
}

// status is what became of a section (contract rule 2).
func (r *reader) status(o *lhcrv1.SectionOutcome, t *sectionTally) lhcrv1.OutcomeStatus {
	failure := r.asked[o.GetSection()].Failure
	switch {
	case t.items > 0:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	case len(o.GetNarratives()) > 0:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	case failure != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED:
		return failure
	case len(o.GetGaps()) > 0:
		return nothingBut(o.GetGaps())
	case o.GetTruncated():
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	case !r.answered(o.GetSection()):
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	case r.onlyNotFound():
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	}
	return lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
}

// nothingBut is the status of a section of which only gaps came: withheld or refused
// when all of them are, else an answer that is not whole.
func nothingBut(gaps []*lhcrv1.Gap) lhcrv1.OutcomeStatus {
	withheld, refused := 0, 0
	for _, g := range gaps {
		switch g.GetKind() {
		case lhcrv1.GapKind_GAP_KIND_WITHHELD:
			withheld++
		case lhcrv1.GapKind_GAP_KIND_REFUSED:
			refused++
		default:
		}
	}
	switch len(gaps) {
	case withheld:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	case refused:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	}
	return lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
}
