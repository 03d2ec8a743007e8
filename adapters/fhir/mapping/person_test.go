package mapping_test

import (
	"fmt"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func person(t *testing.T, elements string) *lhcrv1.Person {
	t.Helper()
	r := whole(t, mapping.Options{}, parsed(t, []byte(`[{"resourceType":"Patient"`+elements+`}]`))).GetRecord()
	if len(r.GetPersonDemographics()) != 1 {
		t.Fatalf("%d persons", len(r.GetPersonDemographics()))
	}
	return r.GetPersonDemographics()[0]
}

func nhsNumber(value string) string {
	return fmt.Sprintf(`,"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q}]`, value)
}

func TestCheckDigitIsToldNotHidden(t *testing.T) {
	if p := person(t, nhsNumber(asked)); !p.GetNhsNumberValid() {
		t.Error("a right check digit is called wrong")
	}
	r := whole(t, mapping.Options{}, parsed(t, []byte(`[{"resourceType":"Patient"`+nhsNumber("1234567890")+`},{"resourceType":"Patient"`+nhsNumber(asked)+`}]`))).GetRecord()
	for _, p := range r.GetPersonDemographics() {
		if p.GetNhsNumberValid() != (p.GetNhsNumber() == asked) {
			t.Error("a wrong check digit is called right")
		}
	}
}

func TestNHSNumberStandsOnlyWhereItIsRedacted(t *testing.T) {
	p := person(t, `,"id":"9990000018"`+nhsNumber(asked))
	if p.GetNhsNumber() != asked || p.GetHeader().GetSourceId() != "" || len(p.GetHeader().GetIdentifiers()) != 0 || len(p.GetIdentifiers()) != 0 {
		t.Error("the NHS number stands in the header too")
	}
}

func TestDeceasedIsAsRecorded(t *testing.T) {
	tests := map[string]struct {
		said bool
		dead bool
		when string
	}{
		"": {}, `,"deceasedBoolean":false`: {said: true}, `,"deceasedBoolean":true`: {said: true, dead: true},
		`,"deceasedDateTime":"2020"`: {said: true, dead: true, when: "2020"},
	}
	for elements, want := range tests {
		p := person(t, nhsNumber(asked)+elements)
		if (p.Deceased != nil) != want.said || p.GetDeceased() != want.dead || p.GetDeceasedAt().GetOriginal() != want.when {
			t.Errorf("%s: %v, %v", elements, p.Deceased, p.GetDeceasedAt())
		}
	}
}

func TestHeadingsThatAPersonBelongsTo(t *testing.T) {
	tests := map[string][]lhcrv1.Section{
		"": nil,
		`,"generalPractitioner":[{"display":"Dr Penn"}]`:                             {lhcrv1.Section_SECTION_GP_PRACTICE},
		`,"contact":[{"name":{"text":"Cy"}}]`:                                        {lhcrv1.Section_SECTION_PERSONAL_CONTACTS},
		`,"extension":[{"url":"x/patient-interpreterRequired","valueBoolean":true}]`: {lhcrv1.Section_SECTION_INDIVIDUAL_REQUIREMENTS},
		`,"communication":[{"language":{"text":"English"}}]`:                         nil,
	}
	for elements, want := range tests {
		if got := person(t, nhsNumber(asked)+elements).GetHeader().GetAlsoUnder(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v", elements, got)
		}
	}
}

func TestRestrictedIsReadFromItsLabel(t *testing.T) {
	for label, want := range map[string]bool{"R": true, "V": true, "U": false} {
		if got := person(t, nhsNumber(asked)+`,"meta":{"security":[{"code":"`+label+`"}]}`).GetRestricted(); got != want {
			t.Errorf("label %s: restricted %v", label, got)
		}
	}
}
