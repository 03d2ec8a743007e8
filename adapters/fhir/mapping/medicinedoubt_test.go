package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// theMedicine is the only medicine that comes of resources.
func theMedicine(t *testing.T, resources ...string) *lhcrv1.Medication {
	t.Helper()
	list := answered(t, mapping.Options{}, resources...).GetRecord().GetMedications()
	if len(list) != 1 {
		t.Fatalf("%d medicines", len(list))
	}
	return list[0]
}

func noted(h *lhcrv1.ItemHeader) []string {
	var out []string
	for _, n := range h.GetNotes() {
		out = append(out, n.GetText())
	}
	return out
}

func TestAProductInDoubtMakesItsMedicineOne(t *testing.T) {
	const warfarin = `"medicationReference":{"reference":"Medication/w"}`
	product := func(id, more string) string {
		return `{"resourceType":"Medication","id":"` + id + `","code":{"text":"Warfarin"}` + more + `}`
	}
	const madeOf = `,"ingredient":[{"itemReference":{"reference":"Medication/i"}},{"itemReference":{"reference":"Medication/w"}}]`
	tests := []struct {
		name      string
		resources []string
		want      []lhcrv1.Flag
	}{
		{"plain", []string{product("w", "")}, nil},
		{"retracted", []string{product("w", `,"status":"Entered-in-Error "`)}, []lhcrv1.Flag{lhcrv1.Flag_FLAG_PART_RETRACTED}},
		{"modified", []string{product("w", `,"modifierExtension":[{"url":"x","valueBoolean":true}]`)}, []lhcrv1.Flag{lhcrv1.Flag_FLAG_MODIFIER_UNREAD}},
		{"made of what was retracted", []string{product("w", madeOf), product("i", `,"status":"entered-in-error"`)}, []lhcrv1.Flag{lhcrv1.Flag_FLAG_PART_RETRACTED}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := answered(t, mapping.Options{}, append(tt.resources, medicine("order o", warfarin))...).GetRecord()
			if diff := cmp.Diff(tt.want, record.GetMedications()[0].GetHeader().GetFlags()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.want, record.GetMedicationCourses()[0].GetFlags()); diff != "" {
				t.Errorf("the course: %s", diff)
			}
		})
	}
}

func TestAMedicineNobodyNames(t *testing.T) {
	record := answered(t, mapping.Options{}, medicine("order o", `"medicationReference":{"reference":"Medication/none"}`),
		medicine("order n", `"medicationReference":{"reference":"Medication/gone","display":"Warfarin 1mg"}`)).GetRecord()
	names := []string{record.GetMedicationCourses()[0].GetDisplay(), record.GetMedicationCourses()[1].GetDisplay()}
	if diff := cmp.Diff([]string{"medicine not named: its source's reference leads nowhere", "Warfarin 1mg"}, names); diff != "" {
		t.Error(diff)
	}
	if u := record.GetMedications()[0].GetProduct().GetUnresolved(); u != "Medication/none" {
		t.Errorf("the reference is not kept: %q", u)
	}
}

func TestCountsOfMedicines(t *testing.T) {
	repeats := func(allowed, issued string) string {
		return `"extension":[{"url":"https://fhir.nhs.uk/x/Extension-CareConnect-GPC-MedicationRepeatInformation-1","extension":[
			{"url":"numberOfRepeatPrescriptionsAllowed",` + allowed + `},{"url":"numberOfRepeatPrescriptionsIssued",` + issued + `}]}]`
	}
	m := theMedicine(t, medicine("plan p", repeats(`"valueDecimal":12.0`, `"valuePositiveInt":"6 issues"`),
		`"dosageInstruction":[{"text":"as told","timing":{"repeat":{"frequency":1.5,"period":1,"periodUnit":"d"}}}]`,
		`"dispenseRequest":{"numberOfRepeatsAllowed":"five"}`))
	if m.GetIssuesAllowed() != 12 || m.IssuesMade != nil || m.RepeatsAllowed != nil {
		t.Errorf("allowed %v, made %v, repeats %v", m.IssuesAllowed, m.IssuesMade, m.RepeatsAllowed)
	}
	for _, want := range []string{"6 issues", "1.5", "five"} {
		if !slices.ContainsFunc(noted(m.GetHeader()), func(n string) bool { return strings.Contains(n, want) }) {
			t.Errorf("no note keeps %q: %q", want, noted(m.GetHeader()))
		}
	}
}

func TestNothingOfAMedicineIsLostBesideAnother(t *testing.T) {
	tests := []struct {
		name, resource string
		notes          []string
	}{
		{"a second reason for its status", medicine("statement s", `"statusReason":[{"text":"Rash"},{"text":"Cost"}]`), []string{"statusReason: Cost"}},
		{"a reason beside the extension's", medicine("statement s", `"statusReason":[{"text":"Rash"}]`,
			`"extension":[{"url":"x/Extension-CareConnect-GPC-MedicationStatusReason-1","extension":[{"url":"statusReason","valueCodeableConcept":{"text":"Expired"}}]}]`), []string{"statusReason: Rash"}},
		{"a course of therapy beside the extension", medicine("order o", `"courseOfTherapyType":{"coding":[{"code":"continuous"}]}`,
			`"extension":[{"url":"x/Extension-CareConnect-GPC-PrescriptionType-1","valueCodeableConcept":{"coding":[{"code":"acute"}]}}]`), []string{"courseOfTherapyType: continuous"}},
		{"a first fill", medicine("order o", `"dispenseRequest":{"initialFill":{"quantity":{"value":7,"unit":"tablet"}},"dispenseInterval":{"value":28,"unit":"day"}}`), []string{"7 tablet", "28 day"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(noted(theMedicine(t, tt.resource).GetHeader()), "\n")
			for _, want := range tt.notes {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in %q", want, got)
				}
			}
		})
	}
}

func TestTwoPrescriptionTypesThatDifferAreNone(t *testing.T) {
	both := func(ofTherapy, extension string) *lhcrv1.Medication {
		return theMedicine(t, medicine("order o", `"courseOfTherapyType":{"coding":[{"code":"`+ofTherapy+`"}]}`,
			`"extension":[{"url":"x/Extension-CareConnect-GPC-PrescriptionType-1","valueCodeableConcept":{"coding":[{"code":"`+extension+`"}]}}]`))
	}
	for _, tt := range []struct {
		ofTherapy, extension string
		want                 lhcrv1.PrescriptionType
	}{
		{"continuous", "acute", lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_UNSPECIFIED},
		{"continuous", "repeat", lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_REPEAT},
		{"0101", "repeat", lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_REPEAT},
		{"acute", "0101", lhcrv1.PrescriptionType_PRESCRIPTION_TYPE_ACUTE},
	} {
		if m := both(tt.ofTherapy, tt.extension); m.GetPrescriptionType() != tt.want || m.GetPrescriptionTypeRecorded().GetCodings()[0].GetCode() != tt.extension {
			t.Errorf("%s beside %s: %v, recorded %v", tt.ofTherapy, tt.extension, m.GetPrescriptionType(), m.GetPrescriptionTypeRecorded())
		}
	}
}

func TestWhoReportedAMedicineIsKept(t *testing.T) {
	m := theMedicine(t, medicine("order o", `"reportedReference":{"display":"Her daughter"}`))
	if !slices.ContainsFunc(m.GetHeader().GetParticipants(), func(p *lhcrv1.Participant) bool {
		return p.GetRole().GetText() == "reported" && (p.GetActor().GetName() == "Her daughter" || p.GetActor().GetUnresolved() == "Her daughter")
	}) {
		t.Errorf("participants %v", m.GetHeader().GetParticipants())
	}
}
