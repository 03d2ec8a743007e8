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

// marked is a person with one more identifier, of a number that is marked somehow.
func marked(numbers, birth, number, mark string) string {
	more := fmt.Sprintf(`{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q,%s}`, number, mark)
	return strings.Replace(strings.Replace(person(numbers, birth), `"identifier":[`, `"identifier":[`+more+`,`, 1), ",]", "]", 1)
}

// untraced is the mark of a number that nobody traced.
const untraced = `"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus","valueCodeableConcept":{"text":"not traced"}}]`

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
		"of two numbers, the other last":       {person(asked+" "+other, "1950-01-02"), "1950-01-02", false},
		"of two numbers, the other first":      {person(other+" "+asked, "1950-01-02"), "1950-01-02", false},
		"of a former number too":               {marked(asked, "", other, `"use":"old"`), "", true},
		"of that number formerly":              {marked(other, "", asked, `"use":"old"`), "", false},
		"of a number not traced":               {marked("", "", asked, untraced), "1950-01-02", false},
		"of a number not traced, and the year": {marked("", "1950", asked, untraced), "1950-01-02", false},
		"of a number traced and not traced":    {marked(asked, "", asked, untraced), "", true},
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

func TestANumberThatWasNotTracedIsNotCertain(t *testing.T) {
	const asked = "9990000018"
	body := `{"resourceType":"Bundle","type":"document","entry":[` + marked("", "1950-01-02", asked, untraced) + `]}`
	gap := documents.Admit([]byte(body), &lhcrv1.PatientQuery{NhsNumber: asked, DateOfBirth: "1950-01-02"}, time.Now())
	if gap.GetKind() != lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE {
		t.Errorf("gap %v", gap)
	}
	born := strings.NewReplacer("2.16.840.1.113883.2.1.4.1", "2.16.840.1.113883.2.1.3.2.4.18.23", `<birthTime value="19500102"/>`, `<birthTime value="1950"/>`)
	const whole = `<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="2.999.1"/><recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/>` +
		`<patient><birthTime value="19500102"/></patient></patientRole></recordTarget></ClinicalDocument>`
	who := &lhcrv1.PatientQuery{NhsNumber: asked, DateOfBirth: "1950-01-02"}
	if document, gap := documents.Read([]byte(born.Replace(whole)), who, time.Now()); document.Read != nil || gap == nil {
		t.Errorf("a number not traced and a year: %v", gap)
	}
	untracedOnly := strings.Replace(whole, "2.16.840.1.113883.2.1.4.1", "2.16.840.1.113883.2.1.3.2.4.18.23", 1)
	if document, gap := documents.Read([]byte(untracedOnly), who, time.Now()); document.Read == nil || gap == nil {
		t.Errorf("a number not traced and the day: %v", gap)
	}
}

func TestADocumentWithoutSectionsIsALetter(t *testing.T) {
	head, _, _ := strings.Cut(summary, "<component>")
	for name, c := range map[string]struct {
		body string
		want bool
	}{
		"sections": {summary, false},
		"no body":  {head + "</ClinicalDocument>", true},
		"a text":   {head + `<component><nonXMLBody><text mediaType="text/plain">Allergic to penicillin</text></nonXMLBody></component></ClinicalDocument>`, true},
	} {
		got, gap := documents.Listed{}.ReadOrNote([]byte(c.body), &lhcrv1.PatientQuery{NhsNumber: "9990000018"}, time.Now())
		if gap != nil || got.Payload.Read == nil || got.Letter != c.want {
			t.Errorf("%s: a letter %v, want %v (%v)", name, got.Letter, c.want, gap)
		}
	}
}
