package london_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/london"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"}
	lola     = adaptertest.Patient{NHSNumber: "9990004412", DateOfBirth: "1977-02-11"}
	niall    = adaptertest.Patient{NHSNumber: "9990002819", DateOfBirth: "1983-03-17"} // has data and no document
	brian    = adaptertest.Patient{NHSNumber: "9990001502", DateOfBirth: "1939-05-23"} // an allergy of his list is missing
	edwin    = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	silas    = adaptertest.Patient{NHSNumber: "9990004714", DateOfBirth: "1963-12-19"} // is held elsewhere
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	documents   = lhcrv1.Section_SECTION_DOCUMENTS
	returned    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
)

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, london.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, london.Entry(), sys.Access())
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   niall, Another: lola, NotHeld: silas,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, medications, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, niall.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Document: lend.Document(t, lola, london.ID, "care-plan-letter.xml", "text/xml"),
		Canaries: []string{"Melbury", "MELBURY", "127.0.0.1"},
	})
}

func TestTokenIsGotByASignedAssertion(t *testing.T) {
	access := system(t).Access()
	stranger, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		change func(*adapters.Settings)
		status lhcrv1.OutcomeStatus
	}{
		"own key":         {func(*adapters.Settings) {}, returned},
		"found address":   {func(s *adapters.Settings) { s.TokenURL = "" }, returned},
		"somebody's key":  {func(s *adapters.Settings) { s.SigningKey = stranger }, lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED},
		"other client id": {func(s *adapters.Settings) { s.ClientID = "somebody" }, lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED},
	} {
		env := lend.Environment(t, access)
		c.change(&env.Settings)
		a, err := london.Entry().New(env)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		o := lend.Fetch(t, a, lend.Request(niall, lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_GP_PRACTICE)).GetOutcomes()
		i := slices.IndexFunc(o, func(o *lhcrv1.SectionOutcome) bool { return o.GetSection() == lhcrv1.Section_SECTION_GP_PRACTICE })
		if o[i].GetStatus() != c.status {
			t.Errorf("%s: %v %s", what, o[i].GetStatus(), o[i].GetMessage())
		}
	}
}

func TestOneTokenOfEachSystemServesEverySearch(t *testing.T) {
	sys := system(t)
	a := adapter(t, sys)
	for range 2 {
		lend.Fetch(t, a, lend.Request(lola, allergies, lhcrv1.Section_SECTION_PROBLEMS))
	}
	if n := sys.Counts()["token"]; n != 2 {
		t.Errorf("%d tokens for two calls of two systems, want one for each system", n)
	}
	want := sandbox.Caller{
		OrganisationODS: "FA001", Person: "555000111222", Role: "R1290", Purpose: "directcare",
		RequestID: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
	}
	if diff := cmp.Diff(want, sys.LastCaller()); diff != "" {
		t.Errorf("the region heard (-want +got):\n%s", diff)
	}
}

// The list names an allergy that did not come, and a letter cannot be fetched.
func TestPartialAllergyListIsInvalid(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(brian, allergies))
	o := res.GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(o.GetGaps()) < 2 || len(res.GetRecord().GetAllergies()) == 0 {
		t.Errorf("%v with %v and %d allergies", o.GetStatus(), o.GetGaps(), len(res.GetRecord().GetAllergies()))
	}
}

func TestDocumentsComeBesideTheData(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(margaret, documents, medications))
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != returned {
			t.Errorf("%v: %v %s %v", o.GetSection(), o.GetStatus(), o.GetMessage(), o.GetGaps())
		}
	}
	if len(res.GetRecord().GetMedications()) == 0 || len(res.GetRecord().GetDocuments()) < 2 {
		t.Errorf("%d medicines and %d documents", len(res.GetRecord().GetMedications()), len(res.GetRecord().GetDocuments()))
	}
}

// Data that fail take no document with them, nor the reverse.
func TestOneSystemFailingLeavesTheOther(t *testing.T) {
	for what, c := range map[string]struct {
		broken     string
		data, docs lhcrv1.OutcomeStatus
	}{
		"data":      {"Condition", lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, returned},
		"documents": {"DocumentReference", lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE},
	} {
		sys := system(t)
		sys.Fault(sandbox.Fault{Kind: fault.ServerError, NHSNumber: lola.NHSNumber, ResourceType: c.broken})
		res := lend.Fetch(t, adapter(t, sys), lend.Request(lola, allergies, documents, lhcrv1.Section_SECTION_ALERTS))
		for _, o := range res.GetOutcomes() {
			switch o.GetSection() {
			case documents:
				if o.GetStatus() != c.docs {
					t.Errorf("%s fail: documents are %v", what, o.GetStatus())
				}
			case lhcrv1.Section_SECTION_ALERTS:
				if o.GetStatus() != returned || len(o.GetGaps()) > 0 {
					t.Errorf("%s fail: alerts, which neither speaks of, are %v", what, o.GetStatus())
				}
			}
		}
		if len(res.GetRecord().GetAlerts()) != 1 {
			t.Errorf("%s fail: %d alerts", what, len(res.GetRecord().GetAlerts()))
		}
	}
}
