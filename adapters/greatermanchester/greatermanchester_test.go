package greatermanchester_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/greatermanchester"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"} // is three linked records
	carol    = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"} // has data and no document
	greta    = adaptertest.Patient{NHSNumber: "9990004218", DateOfBirth: "1969-01-08"}
	jarek    = adaptertest.Patient{NHSNumber: "9990002304", DateOfBirth: "1980-07-16"} // a letter of somebody else was filed under him
	edwin    = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	lola     = adaptertest.Patient{NHSNumber: "9990004412", DateOfBirth: "1977-02-11"} // is held elsewhere
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	documents   = lhcrv1.Section_SECTION_DOCUMENTS
	returned    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
)

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, greatermanchester.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, greatermanchester.Entry(), sys.Access())
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   carol, Another: margaret, NotHeld: lola,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, medications, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, carol.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Document: lend.Document(t, jarek, greatermanchester.ID, "clinic-letter.xml", "text/xml"),
		Canaries: []string{"Winfrith", "WINFRITH", "127.0.0.1"},
	})
}

// Three records are one person: what stands under the one without a number and under the merged
// one stands nowhere else.
func TestEveryLinkedRecordIsRead(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(margaret, allergies, lhcrv1.Section_SECTION_ALERTS))
	if n := sys.Counts()["search AllergyIntolerance"]; n != 3 {
		t.Errorf("%d searches for allergies, want one for each record", n)
	}
	var codes []string
	for _, a := range res.GetRecord().GetAllergies() {
		codes = append(codes, a.GetCode().GetCodings()[0].GetCode())
	}
	slices.Sort(codes)
	if !slices.Contains(codes, "91936005") || !slices.Contains(codes, "294499007") {
		t.Errorf("allergies %v, want the practice's and the hospital's", codes)
	}
	if n := len(res.GetRecord().GetAlerts()); n != 1 {
		t.Errorf("%d alerts, want the merged record's", n)
	}
}

func TestDataComeInXMLAsTheyWereWritten(t *testing.T) {
	req := lend.Request(margaret, allergies)
	req.IncludeSource = true
	res := lend.Fetch(t, adapter(t, system(t)), req)
	i := slices.IndexFunc(res.GetSources(), func(s *lhcrv1.SourceResource) bool {
		return strings.HasPrefix(s.GetMediaType(), "application/fhir+xml") && strings.Contains(string(s.GetContent()), "Widespread rash &amp; facial swelling &lt;within an hour&gt;.")
	})
	if i < 0 {
		t.Fatalf("no XML original among %d", len(res.GetSources()))
	}
	item := slices.IndexFunc(res.GetRecord().GetAllergies(), func(a *lhcrv1.Allergy) bool {
		return a.GetHeader().GetItemId() == res.GetSources()[i].GetItemId()
	})
	if item < 0 || !strings.Contains(res.GetRecord().GetAllergies()[item].String(), "facial swelling <within an hour>") {
		t.Error("the note of the allergy is not what the XML says")
	}
}

// Data and documents speak of the same person side by side.
func TestDocumentsSayWhatTheDataDoNot(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(greta, allergies, documents))
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != returned {
			t.Errorf("%v: %v %s %v", o.GetSection(), o.GetStatus(), o.GetMessage(), o.GetGaps())
		}
	}
	listed := 0
	for _, d := range res.GetRecord().GetDocuments() {
		listed += len(d.GetContents())
	}
	if listed != 2 {
		t.Errorf("%d documents to fetch, want the letter and the plan", listed)
	}
	if n := len(res.GetRecord().GetAllergies()); n < 2 {
		t.Errorf("%d allergies, want those of the data and those of the letter", n)
	}
}

func TestListOfDocumentsAloneFetchesNone(t *testing.T) {
	sys := system(t)
	lend.Fetch(t, adapter(t, sys), lend.Request(greta, documents))
	if diff := cmp.Diff(map[string]int{"token": 1, "search Patient": 1, "search DocumentReference": 1}, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// A letter that failed may name an allergy that stands nowhere else.
func TestFailingDocumentsMakeTheAllergyListPartial(t *testing.T) {
	for what, f := range map[string]sandbox.Fault{
		"the letter":  {Kind: fault.ServerError, NHSNumber: greta.NHSNumber, ResourceType: "Binary"},
		"their list":  {Kind: fault.ServerError, NHSNumber: greta.NHSNumber, ResourceType: "DocumentReference"},
		"half letter": {Kind: fault.Truncated, NHSNumber: greta.NHSNumber, ResourceType: "Binary"},
	} {
		sys := system(t)
		sys.Fault(f)
		res := lend.Fetch(t, adapter(t, sys), lend.Request(greta, allergies, lhcrv1.Section_SECTION_FAMILY_HISTORY))
		list, family := res.GetOutcomes()[0], res.GetOutcomes()[1]
		if list.GetSection() != allergies {
			list, family = family, list
		}
		if list.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(list.GetGaps()) == 0 || len(res.GetRecord().GetAllergies()) == 0 {
			t.Errorf("%s: allergies are %v with %d gaps and %d items", what, list.GetStatus(), len(list.GetGaps()), len(res.GetRecord().GetAllergies()))
		}
		if family.GetStatus() != returned || len(family.GetGaps()) > 0 {
			t.Errorf("%s: family history, which no document speaks of, is %v %v", what, family.GetStatus(), family.GetGaps())
		}
	}
}

func TestSomebodyElsesLetterIsNotDelivered(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(jarek, documents, medications))
	i := slices.IndexFunc(res.GetOutcomes(), func(o *lhcrv1.SectionOutcome) bool { return o.GetSection() == documents })
	o := res.GetOutcomes()[i]
	if !slices.ContainsFunc(o.GetGaps(), func(g *lhcrv1.Gap) bool { return g.GetKind() == lhcrv1.GapKind_GAP_KIND_OTHER_PERSON }) {
		t.Errorf("%v: %v, want a gap of the other person's letter", o.GetStatus(), o.GetGaps())
	}
	if strings.Contains(res.GetRecord().String(), "Letter of somebody else") || len(res.GetRecord().GetMedications()) > 0 {
		t.Error("the letter, or what is coded in it, was delivered")
	}
}

func TestDeploymentWithoutTheDocumentSystemSaysSo(t *testing.T) {
	env := lend.Environment(t, system(t).Access())
	env.Parts["documents"] = adapters.Environment{} // off: true
	a, err := greatermanchester.Entry().New(env)
	if err != nil {
		t.Fatal(err)
	}
	res := lend.Fetch(t, a, lend.Request(greta, documents, allergies))
	for _, o := range res.GetOutcomes() {
		if o.GetSection() == documents && (o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED || o.GetMessage() == "") {
			t.Errorf("documents are %v: %s", o.GetStatus(), o.GetMessage())
		}
		if o.GetSection() == allergies && o.GetStatus() != returned {
			t.Errorf("allergies are %v: %s", o.GetStatus(), o.GetMessage())
		}
	}
}
