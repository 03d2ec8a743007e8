package rules

import lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// outcomes: each place asked for has one outcome, and nothing else has any.
func outcomes(a Answer, f *findings) {
	count := map[Place]int{}
	for _, o := range a.Response.GetOutcomes() {
		count[placeOf(o)]++
	}
	for _, place := range a.places() {
		if n := count[place]; n != 1 {
			f.add(OneOutcome, "%s has %d outcomes", place, n)
		}
		delete(count, place)
	}
	for place := range count {
		f.add(OneOutcome, "%s was not asked for and has an outcome", place)
	}
}

// completeness: what the answer says is what the contract's table says.
func completeness(a Answer, f *findings) {
	stated := a.Response.GetCompleteness()
	if due := Table(a.Response.GetOutcomes()); stated != due {
		f.add(Completeness, "it says %s, the table says %s", stated, due)
	}
	if stated != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		return
	}
	for _, o := range a.Response.GetOutcomes() {
		if isFlawed(o) || !isAnswer(o.GetStatus()) && !isAbsence(o.GetStatus()) {
			f.add(PartialIsSaid, "%s is %s with %d gaps", placeOf(o), o.GetStatus(), len(o.GetGaps()))
		}
	}
}

// Table is the contract's table of completeness, written down a second time.
func Table(all []*lhcrv1.SectionOutcome) lhcrv1.Completeness {
	answers, absences, failures, flaws := 0, 0, 0, 0
	for _, o := range all {
		switch {
		case isAnswer(o.GetStatus()):
			answers++
		case isAbsence(o.GetStatus()):
			absences++
		default:
			failures++
		}
		if isFlawed(o) {
			flaws++
		}
	}
	switch {
	case answers > 0 && failures == 0 && flaws == 0:
		return lhcrv1.Completeness_COMPLETENESS_COMPLETE
	case answers == 0 && failures == 0 && absences > 0:
		return lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND
	case answers == 0 && failures > 0:
		return lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE
	}
	return lhcrv1.Completeness_COMPLETENESS_PARTIAL
}

// noneStandsAlone: an assertion of none beside a hole is no assertion.
func noneStandsAlone(a Answer, f *findings) {
	for _, o := range a.Response.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE && isFlawed(o) {
			f.add(NoneStandsAlone, "%s asserts none beside %d gaps and %d warnings", placeOf(o), len(o.GetGaps()), len(o.GetWarnings()))
		}
	}
}
