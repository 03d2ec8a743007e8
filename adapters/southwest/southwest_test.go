package southwest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/southwest"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	silas = adaptertest.Patient{NHSNumber: "9990004714", DateOfBirth: "1963-12-19"}
	ivy   = adaptertest.Patient{NHSNumber: "9990002223", DateOfBirth: "1967-03-30"}
	gwen  = adaptertest.Patient{NHSNumber: "9990002061", DateOfBirth: "1930-02-14"} // has an archived record without a number
	edwin = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	lola  = adaptertest.Patient{NHSNumber: "9990004412", DateOfBirth: "1977-02-11"} // is held elsewhere
)

const allergies = lhcrv1.Section_SECTION_ALLERGIES

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, southwest.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, southwest.Entry(), sys.Access())
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   silas, Another: ivy, NotHeld: lola,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS,
			lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, silas.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Document: &adaptertest.Document{Patient: silas, MediaType: "text/plain", Content: []byte("Retinal screening: no change.\n")},
		Canaries: []string{"Quantoxhead", "QUANTOXHEAD", "127.0.0.1"},
	})
}

func TestPatientIndexIsAskedBeforeTheRecords(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(silas, lhcrv1.Section_SECTION_PROBLEMS))
	if o := res.GetOutcomes()[0]; o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
		t.Fatalf("%v: %s", o.GetStatus(), o.GetMessage())
	}
	want := map[string]int{"token": 1, "pix": 1, "search Patient": 1, "search Condition": 1, "search List": 1}
	if diff := cmp.Diff(want, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestEveryRecordThatTheIndexNamesIsRead(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(gwen, allergies))
	if n := len(res.GetRecord().GetAllergies()); n != 2 || len(res.GetPatients()) != 2 {
		t.Errorf("%d allergies of %d records, want 2 of 2: %v", n, len(res.GetPatients()), res.GetOutcomes()[0].GetGaps())
	}
}

func TestWhoeverTheIndexDoesNotKnowIsNotHeld(t *testing.T) {
	sys := system(t)
	o := lend.Fetch(t, adapter(t, sys), lend.Request(lola, allergies)).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD {
		t.Errorf("%v: %s", o.GetStatus(), o.GetMessage())
	}
	if diff := cmp.Diff(map[string]int{"token": 1, "pix": 1, "refused 404": 1}, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// A failing index is not somebody whom the region does not know.
func TestFailureOfTheIndexIsNoAnswerAboutThePerson(t *testing.T) {
	for kind, want := range map[fault.Kind]lhcrv1.OutcomeStatus{
		fault.ServerError:  lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
		fault.Forbidden:    lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED,
		fault.Garbage:      lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID,
		fault.BrokenJSON:   lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID,
		fault.WrongPatient: lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH,
	} {
		sys := system(t)
		sys.Fault(sandbox.Fault{Kind: kind, ResourceType: "Patient"})
		o := lend.Fetch(t, adapter(t, sys), lend.Request(silas, allergies)).GetOutcomes()[0]
		if o.GetStatus() != want {
			t.Errorf("%s: %v, want %v (%s)", kind, o.GetStatus(), want, o.GetMessage())
		}
	}
}
