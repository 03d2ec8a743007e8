package documents_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/documents"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func person(numbers, birth string) string {
	var ids []string
	for _, n := range strings.Fields(numbers) {
		ids = append(ids, fmt.Sprintf(`{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q}`, n))
	}
	return fmt.Sprintf(`{"resource":{"resourceType":"Patient","identifier":[%s],"birthDate":%q}}`, strings.Join(ids, ","), birth)
}

func TestWhomADocumentIsAbout(t *testing.T) {
	const asked, other = "9990000018", "9990000026"
	for name, c := range map[string]struct {
		people, born string
		admitted     bool
	}{
		"the patient":                          {person(asked, "1950-01-02"), "1950-01-02", true},
		"born nobody says when":                {person(asked, "1950-01-02"), "", true},
		"born the document does not say when":  {person(asked, ""), "1950-01-02", true},
		"born in that year":                    {person(asked, "1950"), "1950-01-02", true},
		"born another day":                     {person(asked, "1950-01-03"), "1950-01-02", false},
		"born in another month, without a day": {person(asked, "1950-02"), "1950-01-02", false},
		"somebody else":                        {person(other, "1950-01-02"), "1950-01-02", false},
		"somebody else too":                    {person(asked, "") + "," + person(other, ""), "", false},
		"nobody's number":                      {person("", "1950-01-02"), "1950-01-02", false},
		"nobody":                               {`{"resource":{"resourceType":"Organization"}}`, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"resourceType":"Bundle","type":"document","entry":[` + c.people + `]}`
			gap := documents.Admit([]byte(body), &lhcrv1.PatientQuery{NhsNumber: asked, DateOfBirth: c.born}, time.Now())
			if (gap == nil) != c.admitted {
				t.Errorf("gap %v, want the document admitted: %v", gap, c.admitted)
			}
			if gap != nil && gap.GetKind() != lhcrv1.GapKind_GAP_KIND_OTHER_PERSON {
				t.Errorf("gap %v", gap)
			}
		})
	}
}
