package mapping_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Only another number replaces a number: a record that was merged into another of the
// same person is told to be that.
func TestARecordThatWasMergedKeepsItsNumber(t *testing.T) {
	const system = `"system":"https://fhir.nhs.uk/Id/nhs-number"`
	numbered := func(n string) string { return `"identifier":[{` + system + `,"value":"` + n + `"}],` }
	for name, c := range map[string]struct {
		minor, major, by string
		merged           bool
	}{
		"of the same number":    {numbered("9990000018"), numbered("9990000018"), "", true},
		"of no number":          {"", numbered("9990000018"), "", true},
		"into one of no number": {numbered("9990000018"), "", "", true},
		"replaced by another":   {numbered("9990000018"), numbered("9990000026"), "9990000026", false},
		"none, and another's":   {"", numbered("9990000026"), "9990000026", false},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := answer.Read([]byte(`{"resourceType":"Bundle","entry":[
				{"resource":{"resourceType":"Patient",`+c.minor+`"id":"minor","link":[{"type":"replaced-by","other":{"reference":"Patient/major"}}]}},
				{"resource":{"resourceType":"Patient",`+c.major+`"id":"major"}}]}`), answer.Options{NHSNumber: "9990000018", LinksAsserted: true, Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			var minor *lhcrv1.Person
			for _, p := range mapping.Map(a, mapping.Options{RegionID: "test"}).Record.GetPersonDemographics() {
				if p.GetHeader().GetSourceId() == "minor" {
					minor = p
				}
			}
			if minor.GetSupersededBy() != c.by || (len(minor.GetHeader().GetNotes()) == 1) != c.merged {
				t.Errorf("replaced by %q, notes %v", minor.GetSupersededBy(), minor.GetHeader().GetNotes())
			}
		})
	}
}
