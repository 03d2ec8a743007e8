package fhirsearch_test

import (
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Each case is an answer to the search for the patient.
func TestWhoThePatientIs(t *testing.T) {
	const (
		mismatch = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
		notHeld  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
		returned = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	)
	nameless := `{"resource":{"resourceType":"Patient","id":"p2","birthDate":"1950-01-02"}}`
	failed := `{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}}`
	for name, c := range map[string]struct {
		patients string
		status   lhcrv1.OutcomeStatus
		reason   lhcrv1.IdentityMismatchReason
		asked    int // searches for allergies
	}{
		"the patient":                   {bundle(1, "", patient("p1", number)), returned, 0, 1},
		"nobody":                        {bundle(0, ""), notHeld, 0, 0},
		"nobody, and a provider failed": {bundle(0, "", failed), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, 0, 0},
		"somebody else":                 {bundle(1, "", patient("p9", "9990000026")), mismatch, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER, 0},
		"somebody without a number":     {bundle(1, "", nameless), mismatch, lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER, 0},
		"the patient and somebody":      {bundle(2, "", patient("p1", number), nameless), returned, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := newServer(t, map[string][]string{"Patient": {c.patients}, "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
			res := fetch(t, region(t, s, client), allergies)
			o := res.GetOutcomes()[0]
			if o.GetStatus() != c.status || o.GetIdentityMismatchReason() != c.reason {
				t.Errorf("%v because of %v, want %v because of %v", o.GetStatus(), o.GetIdentityMismatchReason(), c.status, c.reason)
			}
			if n := s.calls("POST /fhir/AllergyIntolerance"); n != c.asked {
				t.Errorf("%d searches for allergies, want %d", n, c.asked)
			}
			if c.status != returned && len(res.GetRecord().GetAllergies()) > 0 {
				t.Error("items were delivered")
			}
		})
	}
}

func TestRecordsWithoutANumberAreAskedForWhereTheRegionLinksThem(t *testing.T) {
	linked := `{"resource":{"resourceType":"Patient","id":"p2","link":[{"other":{"reference":"Patient/p1"},"type":"seealso"}]}}`
	s, client := newServer(t, map[string][]string{
		"Patient": {bundle(2, "", patient("p1", number), linked)}, "AllergyIntolerance": {bundle(1, "", allergy("a"))},
	})
	fetch(t, region(t, s, client, "  page_size: 100", "  page_size: 100\n  links_asserted: true"), allergies)
	if n := s.calls("POST /fhir/AllergyIntolerance"); n != 2 {
		t.Errorf("%d searches for allergies, want one for each record", n)
	}
}

func TestItemsWithoutTheirPatientAreNotDelivered(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": {bundle(0, "")}, "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	res := fetch(t, region(t, s, client, "patient: reference", "patient: identifier", "method: post", "method: get"), allergies)
	o := res.GetOutcomes()[0]
	if o.GetIdentityMismatchReason() != lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT || len(res.GetRecord().GetAllergies()) > 0 {
		t.Errorf("outcome %v with %d items", o, len(res.GetRecord().GetAllergies()))
	}
}

func TestFailedSearchForThePatientDeliversNothing(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": {"<html>"}, "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	res := fetch(t, region(t, s, client, "patient: reference", "patient: identifier", "method: post", "method: get"), allergies)
	if o := res.GetOutcomes()[0]; o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(res.GetRecord().GetAllergies()) > 0 {
		t.Errorf("outcome %v with %d items", o, len(res.GetRecord().GetAllergies()))
	}
}

// A handle names a record by its id. When the region no longer has it, the patient is looked for anew.
func TestHandleOfARecordThatIsGone(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	r := region(t, s, client)
	located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}})
	if err != nil || len(located.GetHandle()) == 0 {
		t.Fatalf("%v, %v", located, err)
	}
	s.pages["Patient"] = []string{bundle(0, "")}
	res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: number}, Sections: []lhcrv1.Section{allergies}, Handle: located.GetHandle(),
	})
	if err != nil || res.GetOutcomes()[0].GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD {
		t.Errorf("%v, %v", res, err)
	}
}

func TestNoNumberInAURLWhereTheRegionTakesPosts(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	fetch(t, region(t, s, client), allergies)
	for _, asked := range s.asked {
		if asked != "POST /fhir/Patient/_search" && asked != "POST /fhir/AllergyIntolerance/_search" {
			t.Errorf("asked %s", asked)
		}
	}
}

// Where a provider failed, another record of the person may be missing: no handle keeps Fetch from looking again.
func TestPartialLocateGivesNoHandle(t *testing.T) {
	failed := `{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"transient"}]}}`
	s, client := newServer(t, map[string][]string{"Patient": {bundle(1, "", patient("p1", number), failed)}})
	res, err := region(t, s, client).Locate(t.Context(), &adapterv1.LocateRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}})
	if err != nil || res.GetHolding() != adapterv1.Holding_HOLDING_HELD || len(res.GetHandle()) > 0 {
		t.Errorf("%v, %v", res, err)
	}
}

func TestPatientWhoIsNotWholeIsAGap(t *testing.T) {
	pages := map[string][]string{
		"Patient":            {bundle(2, link("next", "{base}/Patient?page=7"), patient("p1", number))},
		"AllergyIntolerance": {bundle(1, "", allergy("a"))},
	}
	for name, c := range map[string]struct {
		replacements []string
		gaps         int
	}{
		"everywhere, where the records are found through it": {nil, 1},
		"in the demographics alone, where they are not":      {[]string{"patient: reference", "patient: identifier", "method: post", "method: get"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := newServer(t, pages)
			o := fetch(t, region(t, s, client, c.replacements...), allergies).GetOutcomes()[0]
			if len(o.GetGaps()) != c.gaps {
				t.Errorf("%v with the gaps %v, want %d", o.GetStatus(), o.GetGaps(), c.gaps)
			}
		})
	}
}
