package fhir

import (
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// allergyStatus is the status of the allergies, which has rules of its own: a
// partial list is INVALID however much came (contract rule 5), and an assertion of
// none counts only when it stands alone in a whole list without warning and without
// any narrative, which could name an allergy (rule 3).
func (r *reader) allergyStatus(o *lhcrv1.SectionOutcome, t *sectionTally) {
	assertions, entries := countAssertions(r.mapped.Record.GetAllergies())
	if assertions > 0 && entries+t.contrary > 0 {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_ASSERTION_CONTRADICTED, "an assertion that no allergy is known stands beside a recorded allergy")
	}
	if assertions > 0 {
		r.whole(o)
	}
	partial := len(o.GetGaps()) > 0 || o.GetTruncated() || o.GetCounts().GetUnresolved() > 0
	o.Status = r.status(o, t)
	switch {
	case partial && o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		partial && o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
		if o.GetMessage() == "" {
			o.Message = "the allergy list is not whole: what is shown is not all of it"
		}
	case o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED && t.items == assertions &&
		len(o.GetWarnings())+len(o.GetNarratives()) == 0 && !r.fromDocuments():
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	}
}

// fromDocuments reports that documents were read. A document that says that no allergy is
// known says so of its own day and occasion, and of no other document.
func (r *reader) fromDocuments() bool {
	return slices.ContainsFunc(r.in.Payloads, func(p Payload) bool { return p.FromDocument })
}

// whole warns of an assertion that nothing shows to be all of a list. One practice's
// record (GP Connect) always comes with its allergy list, so an assertion without one
// is not whole; one that the list does not name is warned of as every other entry is.
// Elsewhere sources send no lists, and an assertion that stands alone in a whole answer
// is taken for what it says (docs/adr/0009-when-none-is-asserted.md). What an assertion's
// own narrative says beside it must be read.
func (r *reader) whole(o *lhcrv1.SectionOutcome) {
	if r.in.SourceIsPatientsPractice && o.GetCounts() == nil {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_LIST_NOT_WHOLE, "no allergy list came that would show that nothing else is recorded")
	}
	for _, a := range r.mapped.Record.GetAllergies() {
		if statesNone(a) && a.GetHeader().GetNarrative() != nil {
			warn(o, lhcrv1.WarningCode_WARNING_CODE_NARRATIVE_MAY_SAY_MORE, mayMean)
			return
		}
	}
}

// countAssertions counts the entries that assert that nothing is known, and the
// others. A retracted assertion asserts nothing; a retracted, ended or refuted entry
// contradicts nothing.
func countAssertions(list []*lhcrv1.Allergy) (assertions, entries int) {
	for _, a := range list {
		switch {
		case a.GetHeader().GetRetracted():
		case statesNone(a):
			if asserts(a) {
				assertions++
			}
		case a.GetAbsence() == lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO:
		case isPresent(a):
			entries++
		}
	}
	return assertions, entries
}

// statesNone reports an entry that says that nothing is known, of anything or of drugs.
func statesNone(a *lhcrv1.Allergy) bool {
	return a.GetAbsence() == lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY ||
		a.GetAbsence() == lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY
}

// asserts reports an assertion that holds: current, not refuted, unambiguous, without
// a modifier that is not understood, and certainly about the person asked for.
func asserts(a *lhcrv1.Allergy) bool {
	h := a.GetHeader()
	return isPresent(a) && h.GetSubjectCheck() == lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH &&
		!h.GetNegated() && !a.GetCode().GetDegraded() && !a.GetCode().GetCodingsDisagree() &&
		!has(h, lhcrv1.Flag_FLAG_MODIFIER_UNREAD)
}

func isPresent(a *lhcrv1.Allergy) bool {
	return a.GetEnded() == nil && !is(a.GetClinicalStatus(), "resolved", "inactive") && !has(a.GetHeader(), lhcrv1.Flag_FLAG_REFUTED)
}

// contradicts reports an item of another kind, a problem or an alert, that says that
// there is an allergy: unless it was taken back, refuted or ended. That a problem is
// inactive does not say that the allergy ended.
func contradicts(x item) bool {
	h := x.GetHeader()
	if h.GetRetracted() || h.GetNegated() || has(h, lhcrv1.Flag_FLAG_REFUTED) || is(h.GetStatus(), "resolved") {
		return false
	}
	_, alert := x.(*lhcrv1.Alert)
	return !alert || !is(h.GetStatus(), "inactive")
}

func has(h *lhcrv1.ItemHeader, f lhcrv1.Flag) bool { return slices.Contains(h.GetFlags(), f) }

// is compares a status as recorded, whatever its capitals and the blanks around it.
func is(status string, any ...string) bool {
	return slices.Contains(any, strings.ToLower(strings.TrimSpace(status)))
}
