package mapping_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// resource reads one resource from JSON.
func resource(t *testing.T, text string) any {
	t.Helper()
	var out any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// headings gives the heading of each item by its source id, with the further headings.
func headings(out *mapping.Result) map[string][]lhcrv1.Section {
	got := map[string][]lhcrv1.Section{}
	eachItem(out.Record, func(section lhcrv1.Section, h *lhcrv1.ItemHeader) {
		got[h.GetSourceId()] = append([]lhcrv1.Section{section}, h.GetAlsoUnder()...)
	})
	return got
}

func TestItemsStandUnderTheirHeading(t *testing.T) {
	const (
		contacts  = lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS
		admission = lhcrv1.Section_SECTION_ADMISSION_DETAILS
		discharge = lhcrv1.Section_SECTION_DISCHARGE_DETAILS
		results   = lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
		requested = lhcrv1.Section_SECTION_INVESTIGATIONS_REQUESTED
		referral  = lhcrv1.Section_SECTION_REFERRAL_DETAILS
		recall    = lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS
		plan      = lhcrv1.Section_SECTION_CARE_AND_SUPPORT_PLAN
		services  = lhcrv1.Section_SECTION_SERVICES_AND_CARE
	)
	for _, c := range []struct {
		name, text string
		want       []lhcrv1.Section
	}{
		{"ambulatory", `{"resourceType":"Encounter","class":{"code":"AMB"}}`, []lhcrv1.Section{contacts}},
		{"emergency attendance that ended", `{"resourceType":"Encounter","status":"finished","class":{"code":"EMER"},"period":{"end":"2020"}}`, []lhcrv1.Section{contacts}},
		{"inpatient still in", `{"resourceType":"Encounter","status":"in-progress","class":{"code":"IMP"}}`, []lhcrv1.Section{admission, contacts}},
		{"inpatient who left", `{"resourceType":"Encounter","status":"finished","class":{"code":"IMP"},"period":{"end":"2020"}}`, []lhcrv1.Section{discharge, admission, contacts}},
		{"admission by its source", `{"resourceType":"Encounter","hospitalization":{"admitSource":{"text":"home"}}}`, []lhcrv1.Section{admission, contacts}},
		{"vital sign", `{"resourceType":"Observation","category":[{"coding":[{"code":"vital-signs"}]}]}`, []lhcrv1.Section{lhcrv1.Section_SECTION_EXAMINATION_FINDINGS}},
		{"no category", `{"resourceType":"Observation","code":{"text":"x"}}`, []lhcrv1.Section{results}},
		{"unknown category", `{"resourceType":"Observation","category":[{"coding":[{"code":"therapy"}]}]}`, []lhcrv1.Section{results}},
		{"blood pressure without category", `{"resourceType":"Observation","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]}}`, []lhcrv1.Section{results, lhcrv1.Section_SECTION_EXAMINATION_FINDINGS}},
		{"coded in another system", `{"resourceType":"Observation","code":{"coding":[{"system":"http://read.info/ctv3","code":"85354-9"}]}}`, []lhcrv1.Section{results}},
		{"pregnancy", `{"resourceType":"Observation","code":{"coding":[{"system":"https://snomed.info/sct","code":"77386006"}]}}`, []lhcrv1.Section{results, lhcrv1.Section_SECTION_PREGNANCY_STATUS}},
		{"an allergy as a condition, by its code", `{"resourceType":"Condition","code":{"coding":[{"system":"http://snomed.info/sct","code":"91936005"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_ALLERGIES}},
		{"an allergy as a condition, by its words", `{"resourceType":"Condition","code":{"text":"Known Anaphylaxis to latex"}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_ALLERGIES}},
		{"an allergy as an alert", `{"resourceType":"Flag","code":{"coding":[{"display":"Severe allergic reaction"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_ALLERGIES}},
		{"no allergy as a condition", `{"resourceType":"Condition","code":{"text":"No known drug allergies"}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS}},
		{"no allergy as a condition, by its code", `{"resourceType":"Condition","code":{"text":"allergies: see notes","coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS}},
		{"a relative's allergy", `{"resourceType":"Condition","code":{"coding":[{"display":"FH: Allergy"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS}},
		{"a test for allergies", `{"resourceType":"Observation","code":{"text":"Allergen specific IgE"}}`, []lhcrv1.Section{results}},
		{"resuscitation as a condition", `{"resourceType":"Condition","code":{"coding":[{"system":"http://snomed.info/sct","code":"450476008"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_END_OF_LIFE_CARE}},
		{"child protection", `{"resourceType":"Condition","code":{"coding":[{"system":"http://snomed.info/sct","code":"342191000000101"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_SAFEGUARDING}},
		{"trial", `{"resourceType":"Condition","code":{"coding":[{"system":"http://snomed.info/sct","code":"428024001"}]}}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH}},
		{"order", `{"resourceType":"ProcedureRequest","intent":"order","code":{"text":"x"}}`, []lhcrv1.Section{requested}},
		{"diary entry", `{"resourceType":"ProcedureRequest","intent":"plan","code":{"text":"x"}}`, []lhcrv1.Section{recall}},
		{"referral by type", `{"resourceType":"ReferralRequest","intent":"plan"}`, []lhcrv1.Section{referral}},
		{"referral by category", `{"resourceType":"ServiceRequest","intent":"order","category":[{"coding":[{"code":"3457005"}]}]}`, []lhcrv1.Section{referral}},
		{"escalation plan", `{"resourceType":"CarePlan","category":[{"coding":[{"system":"http://snomed.info/sct","code":"735324008"}]}]}`, []lhcrv1.Section{lhcrv1.Section_SECTION_CONTINGENCY_PLANS, plan, lhcrv1.Section_SECTION_END_OF_LIFE_CARE}},
		{"any care plan", `{"resourceType":"CarePlan"}`, []lhcrv1.Section{plan}},
		{"drug alert", `{"resourceType":"Flag","category":[{"coding":[{"code":"drug"}]}]}`, []lhcrv1.Section{lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_ALLERGIES}},
		{"research subject", `{"resourceType":"ResearchSubject"}`, []lhcrv1.Section{lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH}},
		{"supply of a device", `{"resourceType":"SupplyDelivery"}`, []lhcrv1.Section{services, lhcrv1.Section_SECTION_MEDICATIONS}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := resource(t, c.text).(map[string]any)
			r["id"], r["subject"] = "x", map[string]any{"reference": "Patient/p1"}
			if diff := cmp.Diff(c.want, headings(mapped(t, r))["x"]); diff != "" {
				t.Errorf("headings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnotherPersonsItemIsNotDelivered(t *testing.T) {
	a, err := answer.Read([]byte(`{"resourceType":"Bundle","entry":[`+surroundings+`,
{"resource":{"resourceType":"Patient","id":"p2","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000026"}]}},
{"resource":{"resourceType":"DocumentReference","id":"theirs","subject":{"reference":"Patient/p2"}}},
{"resource":{"resourceType":"Observation","id":"ours","subject":{"reference":"Patient/p1"},"specimen":{"reference":"Specimen/theirs"},"code":{"text":"x"}}},
{"resource":{"resourceType":"Specimen","id":"theirs","subject":{"reference":"Patient/p2"},"type":{"text":"blood"}}}]}`), answer.Options{NHSNumber: "9990000018", Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	out := mapping.Map(a, mapping.Options{RegionID: "test"})
	if n := len(out.Record.GetDocuments()); n != 0 {
		t.Errorf("%d documents of another person delivered", n)
	}
	if n := out.OtherPerson[lhcrv1.Section_SECTION_DOCUMENTS]; n != 1 {
		t.Errorf("%d documents counted as another person's, want 1", n)
	}
	results := out.Record.GetInvestigationResults()
	if len(results) != 1 || results[0].GetSpecimen() != nil {
		t.Errorf("another person's specimen was delivered with %d results", len(results))
	}
}
