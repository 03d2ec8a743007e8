package assembly

import lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// Tally gathers what decides the completeness of a whole answer. The zero Tally has
// seen no outcome.
type Tally struct {
	answered bool // an outcome says what the region holds of the section
	absent   bool // an outcome is NOT_HELD or NOT_SUPPORTED
	failed   bool // an outcome gave nothing that can be relied on
	unknown  bool // an outcome has a status that is none of the contract's
	flawed   bool // an outcome has a gap, a warning or a truncation
}

// Add takes one outcome: its status, and whether it has a gap, a warning or a truncation.
func (t *Tally) Add(status lhcrv1.OutcomeStatus, flawed bool) {
	t.flawed = t.flawed || flawed
	switch status {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:
		t.answered = true
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
		t.absent = true
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH:
		t.failed = true
	default:
		t.unknown = true
	}
}

// Merge takes the outcomes that another tally has seen.
func (t *Tally) Merge(other Tally) {
	t.answered = t.answered || other.answered
	t.absent = t.absent || other.absent
	t.failed = t.failed || other.failed
	t.unknown = t.unknown || other.unknown
	t.flawed = t.flawed || other.flawed
}

// Completeness is the table of contract rule 2. What the table does not name, no
// outcome at all included, is PARTIAL: nothing ever looks complete by accident.
func (t Tally) Completeness() lhcrv1.Completeness {
	switch {
	case t.unknown:
		return lhcrv1.Completeness_COMPLETENESS_PARTIAL
	case t.answered && !t.failed && !t.flawed:
		return lhcrv1.Completeness_COMPLETENESS_COMPLETE
	case t.absent && !t.answered && !t.failed:
		return lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND
	case t.failed && !t.answered:
		return lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE
	}
	return lhcrv1.Completeness_COMPLETENESS_PARTIAL
}
