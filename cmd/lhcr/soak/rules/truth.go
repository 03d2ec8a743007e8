package rules

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Truth is what the regions hold of one patient while nothing fails.
type Truth struct {
	status  map[Place]lhcrv1.OutcomeStatus
	held    map[Place]map[itemKey]bool
	content map[itemKey]digest
}

// Learn takes an answer for the truth: one to every section and region, fetched while
// nothing failed.
func Learn(answer *lhcrv1.GetRecordResponse) *Truth {
	t := &Truth{status: map[Place]lhcrv1.OutcomeStatus{}, held: map[Place]map[itemKey]bool{}, content: map[itemKey]digest{}}
	for _, o := range answer.GetOutcomes() {
		t.status[placeOf(o)] = o.GetStatus()
	}
	for _, i := range items(answer.GetRecord()) {
		t.content[i.key] = i.content
		for _, s := range sectionsOf(i) {
			place := Place{i.key.region, s}
			if t.held[place] == nil {
				t.held[place] = map[itemKey]bool{}
			}
			t.held[place][i.key] = true
		}
	}
	return t
}

// Mistaken says that a region does not answer about this patient though it seems to hold one.
func (t *Truth) Mistaken() bool {
	for _, s := range t.status {
		if s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			return true
		}
	}
	return false
}

func placeOf(o *lhcrv1.SectionOutcome) Place { return Place{o.GetRegionId(), o.GetSection()} }

// isAnswer says that a status tells what the region holds of the section.
func isAnswer(s lhcrv1.OutcomeStatus) bool {
	switch s {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:
		return true
	}
	return false
}

// isAbsence says that a status tells that there is nothing to hold.
func isAbsence(s lhcrv1.OutcomeStatus) bool {
	return s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD || s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
}

// mayHoldItems says that items may stand beside a status. A partial allergy list is
// delivered as INVALID (OUT-003).
func mayHoldItems(s lhcrv1.OutcomeStatus) bool {
	return isAnswer(s) || s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
}

// isCut says that something of the section is known to be missing.
func isCut(o *lhcrv1.SectionOutcome) bool { return len(o.GetGaps()) > 0 || o.GetTruncated() }

// isFlawed says that something must be known before the section is relied on.
func isFlawed(o *lhcrv1.SectionOutcome) bool { return isCut(o) || len(o.GetWarnings()) > 0 }
