package fhir_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// What stands where a resource is due may have been an allergy: beside it, an
// assertion that none is known asserts nothing.
func TestAnEntryThatIsNoResourceIsAGapOfEverySection(t *testing.T) {
	const known = `{"resource":{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}},
		{"resource":{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},
			"clinicalStatus":{"coding":[{"code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003","display":"No known allergy"}]}}}`
	deep := strings.Repeat(`{"resource":{"resourceType":"Bundle","entry":[`, 40) + strings.Repeat(`]}}`, 40)
	for name, entry := range map[string]string{
		"an array":     `[{"resource":{"resourceType":"AllergyIntolerance"}}]`,
		"a number":     `7`,
		"words":        `"x"`,
		"null":         `null`,
		"nothing":      `{}`,
		"far too deep": deep,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := fhir.Read(fhir.Input{RegionID: "test", Strict: true, Payloads: []fhir.Payload{{
				Body: []byte(`{"resourceType":"Bundle","type":"collection","entry":[` + known + `,` + entry + `]}`),
			}}})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_DOCUMENTS} {
				o := outcomeOf(t, got, s)
				if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(o.GetGaps()) == 0 {
					t.Errorf("%v is %v with %d gaps, want INVALID with one", s, o.GetStatus(), len(o.GetGaps()))
				}
			}
		})
	}
}
