package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
)

// TestLinksThatLeadNowhereSayWhatWasWritten reads the link of an order to what it is
// based on.
func TestLinksThatLeadNowhereSayWhatWasWritten(t *testing.T) {
	tests := []struct{ name, basedOn, want string }{
		{"a dangling reference", `{"reference":"CarePlan/gone"}`, "CarePlan/gone"},
		{"a sentence", `{"reference":"discussed with the ward on Monday"}`, "discussed with the ward on Monday"},
		{"a display", `{"reference":"CarePlan/gone","display":"Plan of May"}`, "Plan of May"},
		{"an identifier", `{"identifier":{"system":"s","value":"ABC-1"}}`, "ABC-1"},
		{"the patient", `{"reference":"Patient/elsewhere","display":"Mrs Ann Test"}`, ""},
		{"the patient, by type", `{"type":"Patient","display":"Mrs Ann Test"}`, ""},
		{"the patient, by address", `{"reference":"https://x.example/Patient/1","display":"Mrs Ann Test"}`, ""},
		{"the patient's number", `{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},"display":"Mrs Ann Test"}`, ""},
		{"a number without a system", `{"identifier":{"value":"999 000 0018"}}`, ""},
		{"a number among words", `{"display":"see 999-000-0018 for more"}`, ""},
		{"a number in an address", `{"reference":"urn:nhs:9990000018"}`, ""},
		{"ten digits that are no NHS number", `{"display":"order 9990000019"}`, "order 9990000019"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out := answered(t, mapping.Options{}, medicine("order o", `"basedOn":[`+tt.basedOn+`]`))
			var got string
			for _, l := range out.GetLinks() {
				got += l.GetUnresolved()
			}
			if got != tt.want {
				t.Errorf("unresolved %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLinksNameItemsOnly(t *testing.T) {
	theirs := strings.Replace(alert(`,"id":"theirs"`), "p1", "p2", 1)
	out := answered(t, mapping.Options{},
		medicine("order o", `"basedOn":[{"reference":"Flag/theirs","display":"their flag"},{"reference":"Organization/org1","display":"org"},{"reference":"Flag/ours"}]`),
		theirs, alert(`,"id":"ours"`))
	ids := map[string]string{}
	for _, a := range out.GetRecord().GetAlerts() {
		ids[a.GetHeader().GetItemId()] = a.GetHeader().GetSourceId()
	}
	var got []string
	for _, l := range out.GetLinks() {
		got = append(got, ids[l.GetToItemId()]+l.GetUnresolved())
	}
	if diff := cmp.Diff([]string{"ours"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestNobodyElseIsNamed keeps people of another patient's life, and the reason that is
// another person's problem, out of an item.
func TestNobodyElseIsNamed(t *testing.T) {
	out := answered(t, mapping.Options{},
		medicine("statement s", `"informationSource":{"reference":"RelatedPerson/r"},"reasonReference":[{"reference":"Condition/c"}]`),
		`{"resourceType":"RelatedPerson","id":"r","patient":{"reference":"Patient/p2"},"name":[{"text":"Their Mother"}]}`,
		`{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p2"},"code":{"text":"Their problem"}}`)
	m := out.GetRecord().GetMedications()[0]
	if len(m.GetHeader().GetParticipants()) != 0 || len(m.GetReasons()) != 0 || len(out.GetLinks()) != 0 {
		t.Errorf("another person shows: %d participants, %d reasons, %d links", len(m.GetHeader().GetParticipants()), len(m.GetReasons()), len(out.GetLinks()))
	}
}

// TestWhatNamesItselfEnds holds resources that lead back to themselves.
func TestWhatNamesItselfEnds(t *testing.T) {
	out := answered(t, mapping.Options{},
		medicine("order o", `"requester":{"reference":"PractitionerRole/r"},"medicationReference":{"reference":"Medication/m"}`),
		`{"resourceType":"PractitionerRole","id":"r","practitioner":{"reference":"PractitionerRole/r"},"organization":{"reference":"PractitionerRole/r"},"code":[{"text":"Role"}]}`,
		`{"resourceType":"Medication","id":"m","code":{"text":"Mixture"},"manufacturer":{"reference":"Medication/m"},"ingredient":[{"itemReference":{"reference":"Medication/m"}}]}`)
	if got := out.GetRecord().GetMedications()[0].GetProduct().GetIngredients()[0].GetCode().GetDisplay(); got != "Mixture" {
		t.Errorf("ingredient %q", got)
	}
}
