package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/prototext"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func attribute(list []*lhcrv1.Attribute, name string) *lhcrv1.Value {
	for _, a := range list {
		if a.GetName() == name {
			return a.GetValue()
		}
	}
	return nil
}

func hasFlag(h *lhcrv1.ItemHeader, f lhcrv1.Flag) bool {
	for _, x := range h.GetFlags() {
		if x == f {
			return true
		}
	}
	return false
}

const letter = `{"resourceType":"Composition","id":"m1","status":%q,"type":{"text":"Discharge summary"},"subject":{"reference":"Patient/p1"},
	"date":"2009-05-05","title":"Discharge","author":[{"reference":"Practitioner/dr1"}],"section":[
	{"title":"Medications","text":{"status":"generated","div":"<div>Warfarin 5mg</div>"}},
	{"title":"Procedures","author":[{"display":"Mr Knife"}],"text":{"status":"generated","div":"<div>Hip</div>"}},
	{"title":"Allergies","emptyReason":{"coding":[{"code":"withheld"}]}}]}`

func TestNarrativeSaysOfWhichDocumentItIs(t *testing.T) {
	out := mapped(t, resource(t, fmt.Sprintf(letter, "final")))
	d := out.Record.GetDocuments()[0]
	for section, author := range map[lhcrv1.Section]string{
		lhcrv1.Section_SECTION_MEDICATIONS: "Dr Ada Penn", lhcrv1.Section_SECTION_PROCEDURES: "Mr Knife",
	} {
		n := out.Narratives[section]
		if len(n) != 1 || n[0].GetItemId() != d.GetHeader().GetItemId() || n[0].GetDate().GetOriginal() != "2009-05-05" ||
			len(n[0].GetAuthors()) != 1 || n[0].GetAuthors()[0].GetName() != author {
			t.Errorf("%v: %v", section, n)
		}
	}
	if r := out.EmptyReasons[lhcrv1.Section_SECTION_ALLERGIES]; len(r) != 1 || r[0].GetCodings()[0].GetCode() != "withheld" {
		t.Errorf("reasons %v", r)
	}
}

func TestRetractedDocumentTellsNoSectionAnything(t *testing.T) {
	out := mapped(t, resource(t, fmt.Sprintf(letter, "entered-in-error")))
	if len(out.Narratives) != 0 || len(out.EmptyReasons) != 0 {
		t.Errorf("narratives %v, reasons %v", out.Narratives, out.EmptyReasons)
	}
	notes := out.Record.GetClinicalNotes()
	if len(notes) != 2 || !notes[0].GetHeader().GetRetracted() || notes[0].GetText() != "Warfarin 5mg" {
		t.Errorf("its text is lost or live: %v", notes)
	}
}

func TestDischargeIsOneOnlyWhenItHappened(t *testing.T) {
	const discharges, admissions = lhcrv1.Section_SECTION_DISCHARGE_DETAILS, lhcrv1.Section_SECTION_ADMISSION_DETAILS
	tests := []struct {
		status, period string
		want           lhcrv1.Section
	}{
		{"finished", `{"start":"2024-01-01"}`, discharges},
		{"in-progress", `{"start":"2024-01-01","end":"2024-01-03"}`, discharges},
		{"in-progress", `{"start":"2024-01-01"}`, admissions},
		{"in-progress", `{"start":"2024-01-01","end":"2030-01-03"}`, admissions},
		{"arrived", `{"start":"2024-01-01"}`, admissions},
		{"planned", `{"start":"2024-01-01","end":"2024-01-03"}`, admissions},
		{"cancelled", `{"start":"2024-01-01","end":"2024-01-03"}`, admissions},
	}
	for _, tt := range tests {
		out := mapped(t, resource(t, `{"resourceType":"Encounter","id":"x","status":"`+tt.status+`","class":{"code":"IMP"},"subject":{"reference":"Patient/p1"},
			"period":`+tt.period+`,"hospitalization":{"dischargeDisposition":{"text":"home"}}}`))
		got := lhcrv1.Section_SECTION_UNSPECIFIED
		eachItem(out.Record, func(s lhcrv1.Section, h *lhcrv1.ItemHeader) {
			if h.GetSourceId() == "x" {
				got = s
			}
		})
		if got != tt.want {
			t.Errorf("%s %s: %v, want %v", tt.status, tt.period, got, tt.want)
		}
	}
}

// negatives are resources that say that something did not happen, each with its positive.
var negatives = []struct{ name, not, is string }{
	{"family, STU3", `{"resourceType":"FamilyMemberHistory","notDone":true}`, `{"resourceType":"FamilyMemberHistory","notDone":false}`},
	{"message, STU3", `{"resourceType":"Communication","notDone":true}`, `{"resourceType":"Communication","status":"completed"}`},
	{"message, R4", `{"resourceType":"Communication","status":"not-done"}`, `{"resourceType":"Communication","status":"completed"}`},
	{"request for a message", `{"resourceType":"CommunicationRequest","doNotPerform":true}`, `{"resourceType":"CommunicationRequest","doNotPerform":false}`},
	{"administration", `{"resourceType":"MedicationAdministration","status":"not-done"}`, `{"resourceType":"MedicationAdministration","status":"completed"}`},
	{"adverse event", `{"resourceType":"AdverseEvent","actuality":"potential"}`, `{"resourceType":"AdverseEvent","actuality":"actual"}`},
}

func TestWhatDidNotHappenIsNegated(t *testing.T) {
	negated := func(text string) bool {
		r := resource(t, text).(map[string]any)
		r["id"], r["subject"] = "x", map[string]any{"reference": "Patient/p1"}
		found := false
		eachItem(mapped(t, r).Record, func(_ lhcrv1.Section, h *lhcrv1.ItemHeader) {
			found = found || h.GetSourceId() == "x" && h.GetNegated()
		})
		return found
	}
	for _, tt := range negatives {
		if !negated(tt.not) {
			t.Errorf("%s: what was not done reads as done", tt.name)
		}
		if negated(tt.is) {
			t.Errorf("%s: what was done reads as not done", tt.name)
		}
	}
}

func TestRetractionsAreReadWhereverTheyStand(t *testing.T) {
	goal := mapped(t, resource(t, `{"resourceType":"Goal","id":"g","lifecycleStatus":"entered-in-error","subject":{"reference":"Patient/p1"}}`))
	if !goal.Record.GetGoals()[0].GetHeader().GetRetracted() {
		t.Error("a goal entered in error reads as one")
	}
	for _, notGiven := range []string{"false", "true"} {
		v := mapped(t, resource(t, `{"resourceType":"Immunization","id":"i","status":"entered-in-error","notGiven":`+notGiven+`,"patient":{"reference":"Patient/p1"}}`)).Record.GetVaccinations()[0]
		if v.Given != nil || v.GetHeader().GetNegated() || !v.GetHeader().GetRetracted() {
			t.Errorf("a vaccination entered in error, notGiven %s: %v", notGiven, v)
		}
	}
}

func TestFindingAboutAnotherIsNotThePatients(t *testing.T) {
	pulse := func(focus string) *lhcrv1.InvestigationResult {
		return mapped(t, resource(t, `{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p1"},"focus":[`+focus+`],"valueInteger":150}`)).Record.GetInvestigationResults()[0]
	}
	for _, focus := range []string{`{"display":"Fetus 1"}`, `{"reference":"#f"}`, `{"reference":"Device/dev1"}`} {
		if r := pulse(focus); !hasFlag(r.GetHeader(), lhcrv1.Flag_FLAG_ABOUT_ANOTHER) || len(r.GetFinding().GetFocus()) != 1 {
			t.Errorf("%s: %v", focus, r)
		}
	}
	if r := pulse(`{"reference":"Patient/p1"}`); hasFlag(r.GetHeader(), lhcrv1.Flag_FLAG_ABOUT_ANOTHER) {
		t.Error("a finding whose focus is the patient reads as another's")
	}
}

func TestMaskedValueSaysSo(t *testing.T) {
	masked := `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`
	for _, value := range []string{`"_valueString":` + masked, `"valueQuantity":{"_value":` + masked + `,"unit":"mg"}`} {
		f := mapped(t, resource(t, `{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p1"},`+value+`}`)).Record.GetInvestigationResults()[0].GetFinding()
		if f.GetAbsentReason().GetDisplay() != "masked" {
			t.Errorf("%s: %v", value, f)
		}
	}
}

func TestRuleOfConsentIsKeptWithItsExceptions(t *testing.T) {
	r := mapped(t, inputs(t)["beyond.r4.json"]...).Record.GetLegalInformation()[0]
	for name, want := range map[string]string{
		"provision.type": "permit", "provision.provision.type": "deny", "provision.provision.provision.type": "permit",
	} {
		if got := attribute(r.GetAttributes(), name).GetText(); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestUnknownElementsAreBounded reads what is kept of elements that nobody knows.
func TestUnknownElementsAreBounded(t *testing.T) {
	deep := strings.Repeat(`{"x":`, 50) + `1` + strings.Repeat(`}`, 50)
	many := strings.TrimSuffix(strings.Repeat(`{"a":1},`, 1000), ",")
	out := mapped(t, resource(t, `{"resourceType":"RiskAssessment","id":"k","subject":{"reference":"Patient/p1"},"deep":`+deep+`,"long":"`+strings.Repeat("é", 20000)+`","many":[`+many+`]}`))
	list := out.Record.GetRisks()[0].GetAttributes()
	if len(list) != 201 || !strings.Contains(list[200].GetValue().GetText(), "see the source") {
		t.Errorf("%d properties, the last %v", len(list), list[len(list)-1])
	}
	if long := attribute(list, "long").GetText(); len(long) > 17<<10 || !strings.Contains(long, "see the source") {
		t.Errorf("%d bytes of one element", len(long))
	}
	if !strings.Contains(prototext.Format(out.Record.GetRisks()[0]), "there is more") {
		t.Error("what is too deep is lost silently")
	}
}

func TestUnknownElementNamesNoOtherPatient(t *testing.T) {
	out := mapped(t, resource(t, `{"resourceType":"RiskAssessment","id":"k","subject":{"reference":"Patient/p1"},
		"other":[{"reference":"Patient/9990000026"},{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"},"9990000026"]}`))
	if text := prototext.Format(out.Record.GetRisks()[0]) + fmt.Sprint(out.Links); strings.Contains(text, "9990000026") {
		t.Error("an NHS number came through an element that nobody knows")
	}
}

func TestDistrictAndStateStandSideBySide(t *testing.T) {
	r := whole(t, mapping.Options{}, parsed(t, []byte(`[{"resourceType":"Patient","multipleBirthInteger":2,"address":[{"district":"Leeds","state":"West Yorkshire"}]`+nhsNumber(asked)+`}]`)))
	p := r.GetRecord().GetPersonDemographics()[0]
	if p.GetAddresses()[0].GetDistrict() != "Leeds, West Yorkshire" || attribute(p.GetAttributes(), "multipleBirth").GetInteger() != "2" {
		t.Errorf("%v", p)
	}
}
