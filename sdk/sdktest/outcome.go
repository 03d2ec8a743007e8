package sdktest

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
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
	invalidated = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	mismatch    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
)

var (
	recordless = []lhcrv1.OutcomeStatus{notHeld, unsupported}
	given      = []lhcrv1.OutcomeStatus{returned, asText, noneStated, nothing}
)

// completeness is that of a whole answer (contract, the table of Completeness).
func completeness(outcomes []*lhcrv1.SectionOutcome) lhcrv1.Completeness {
	only := func(is func(*lhcrv1.SectionOutcome) bool) bool {
		return !slices.ContainsFunc(outcomes, func(o *lhcrv1.SectionOutcome) bool { return !is(o) })
	}
	isRecordless := func(o *lhcrv1.SectionOutcome) bool { return slices.Contains(recordless, o.GetStatus()) }
	isGiven := func(o *lhcrv1.SectionOutcome) bool { return slices.Contains(given, o.GetStatus()) }
	switch {
	case only(isRecordless):
		return lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND
	case only(func(o *lhcrv1.SectionOutcome) bool { return !isGiven(o) }):
		return lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE
	case only(func(o *lhcrv1.SectionOutcome) bool { return (isGiven(o) || isRecordless(o)) && flawless(o) }):
		return lhcrv1.Completeness_COMPLETENESS_COMPLETE
	}
	return lhcrv1.Completeness_COMPLETENESS_PARTIAL
}

func flawless(o *lhcrv1.SectionOutcome) bool {
	return len(o.GetGaps()) == 0 && len(o.GetWarnings()) == 0 && !o.GetTruncated()
}
