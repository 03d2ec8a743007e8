package cheshiremerseyside_test

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/cheshiremerseyside"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	jarek    = adaptertest.Patient{NHSNumber: "9990002304", DateOfBirth: "1980-07-16"} // has data and no document
	cerys    = adaptertest.Patient{NHSNumber: "9990004315", DateOfBirth: "1990-05-30"}
	kezia    = adaptertest.Patient{NHSNumber: "9990002576", DateOfBirth: "1999-12-31"}
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"} // has documents and no data
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
	return lend.System(t, cheshiremerseyside.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, cheshiremerseyside.Entry(), sys.Access())
}

func outcomeOf(t *testing.T, outcomes []*lhcrv1.SectionOutcome, s lhcrv1.Section) *lhcrv1.SectionOutcome {
	t.Helper()
	i := slices.IndexFunc(outcomes, func(o *lhcrv1.SectionOutcome) bool { return o.GetSection() == s })
	if i < 0 {
		t.Fatalf("no outcome of %v", s)
	}
	return outcomes[i]
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   jarek, Another: cerys, NotHeld: silas,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, medications, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, jarek.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Document: lend.Document(t, kezia, cheshiremerseyside.ID, "clinic-letter.xml", "text/xml"),
		Canaries: []string{"Kimmeridge", "KIMMERIDGE", "127.0.0.1"},
	})
}

// People of Merseyside have no data here, and letters all the same.
func TestWhoeverHasDocumentsAloneIsHeld(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(margaret, documents, medications, lhcrv1.Section_SECTION_PROBLEMS))
	o := outcomeOf(t, res.GetOutcomes(), documents)
	if o.GetStatus() != returned || len(res.GetRecord().GetDocuments()) < 2 {
		t.Errorf("documents are %v: %d came (%s)", o.GetStatus(), len(res.GetRecord().GetDocuments()), o.GetMessage())
	}
	if len(res.GetPatients()) == 0 {
		t.Error("no patient came for the identity check")
	}
}

func TestWhoeverHasDataAloneIsHeld(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(jarek, documents, medications))
	if o := outcomeOf(t, res.GetOutcomes(), medications); o.GetStatus() != returned || len(res.GetRecord().GetMedications()) == 0 {
		t.Errorf("medicines are %v: %s", o.GetStatus(), o.GetMessage())
	}
}

func TestUserTravelsToBothSystems(t *testing.T) {
	for _, section := range []lhcrv1.Section{documents, lhcrv1.Section_SECTION_FAMILY_HISTORY} {
		sys := system(t)
		lend.Fetch(t, adapter(t, sys), lend.Request(cerys, section))
		if got := sys.LastCaller(); got.OrganisationODS != "FA001" || got.Person != "555000111222" || got.Role != "R1290" {
			t.Errorf("%v: the region heard %+v", section, got)
		}
	}
}

func TestDocumentsSayWhatTheDataDoNot(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(cerys, allergies, medications))
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != returned || len(o.GetGaps()) > 0 {
			t.Errorf("%v: %v %v", o.GetSection(), o.GetStatus(), o.GetGaps())
		}
	}
	env := lend.Environment(t, lend.System(t, cheshiremerseyside.ID).Access())
	env.Parts["documents"] = adapters.Environment{} // off: true
	alone, err := cheshiremerseyside.Entry().New(env)
	if err != nil {
		t.Fatal(err)
	}
	data := lend.Fetch(t, alone, lend.Request(cerys, allergies, medications))
	both, one := len(res.GetRecord().GetMedications()), len(data.GetRecord().GetMedications())
	if both <= one || one == 0 {
		t.Errorf("%d medicines with documents and %d without", both, one)
	}
}

// A document that cannot be retrieved may name an allergy that stands nowhere else.
func TestFailingDocumentsMakeTheAllergyListPartial(t *testing.T) {
	for what, f := range map[string]sandbox.Fault{
		"retrieval": {Kind: fault.ServerError, NHSNumber: cerys.NHSNumber, ResourceType: "Binary"},
		"registry":  {Kind: fault.ErrorIn200, NHSNumber: cerys.NHSNumber, ResourceType: "DocumentReference"},
		"part":      {Kind: fault.PartialIn200, NHSNumber: cerys.NHSNumber, ResourceType: "DocumentReference"},
	} {
		sys := system(t)
		sys.Fault(f)
		res := lend.Fetch(t, adapter(t, sys), lend.Request(cerys, allergies, lhcrv1.Section_SECTION_GP_PRACTICE))
		o := outcomeOf(t, res.GetOutcomes(), allergies)
		if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(o.GetGaps()) == 0 || len(res.GetRecord().GetAllergies()) == 0 {
			t.Errorf("%s: allergies are %v with %d gaps and %d items", what, o.GetStatus(), len(o.GetGaps()), len(res.GetRecord().GetAllergies()))
		}
		if o := outcomeOf(t, res.GetOutcomes(), lhcrv1.Section_SECTION_GP_PRACTICE); o.GetStatus() != returned || len(o.GetGaps()) > 0 {
			t.Errorf("%s: the practice, of which no document speaks, is %v", what, o.GetStatus())
		}
	}
}
