package fhir_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
)

// madeRecord is a made GP record of the published ones' size and shape: 97 courses with
// their plans, statements and issues, 75 products, lists that name them, and indentation.
func madeRecord(b testing.TB) []byte {
	b.Helper()
	resources := []string{patient("a", ann), `{"resourceType":"Organization","id":"org","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Z99999"}],"name":"Test Practice"}`}
	for i := range 8 {
		resources = append(resources, fmt.Sprintf(`{"resourceType":"Practitioner","id":"dr%d","identifier":[{"system":"https://fhir.nhs.uk/Id/sds-user-id","value":"%012d"}],"name":[{"family":"Doctor","given":["No"],"prefix":["Dr"]}]}`, i, 555000000000+i))
	}
	for i := range 75 {
		resources = append(resources, fmt.Sprintf(`{"resourceType":"Medication","id":%q,%s,"code":{"coding":[{"system":"https://fhir.hl7.org.uk/Id/emis-drug-codes","code":"ASDI%d","display":"Drug %d 75mg tablets","userSelected":true},{"system":"http://snomed.info/sct","code":"31977%d","display":"Drug %d 75mg tablets"}]}}`,
			id("med", i), profile("Medication"), i, i, i, i))
	}
	var statements []string
	for i := range 97 {
		resources = append(resources, made("plan", i, i), madeStatement(i), made("order", i, i))
		if i%2 == 0 {
			resources = append(resources, made("order", i+1000, i))
		}
		statements = append(statements, "MedicationStatement/"+id("statement", i))
	}
	resources = append(resources, list("933361000000108", "", statements...), allergyList("", "AllergyIntolerance/1"), allergy("1"))
	for i := range 30 {
		resources = append(resources, list("24781000000107", fmt.Sprintf(`,"title":"Heading %d"`, i), statements[i:i+8]...))
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(bundle(resources...)), "", "    "); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// id is a long id, as real ones are.
func id(kind string, i int) string {
	return strings.ToUpper(fmt.Sprintf("%08d-cb96-4c0b-a0f6-%012d-%s", i, i*7919, kind))
}

func profile(kind string) string {
	return `"meta":{"profile":["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-` + kind + `-1"]}`
}

func made(intent string, i, course int) string {
	more := ""
	if intent == "order" {
		more = `,"basedOn":[{"reference":"MedicationRequest/` + id("plan", course) + `"}]`
	}
	return fmt.Sprintf(`{"resourceType":"MedicationRequest","id":%q,%s,"extension":[
	{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-MedicationStatusReason-1","extension":[{"url":"statusReason","valueCodeableConcept":{"text":"No information available"}},{"url":"statusChangeDate","valueDateTime":"2010-01-14T00:00:00+00:00"}]},
	{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-PrescriptionType-1","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-PrescriptionType-1","code":"acute","display":"Acute"}]}}],
	"identifier":[{"system":"https://system.example/Z99999","value":%q}],"status":"stopped","intent":%q,"medicationReference":{"reference":"Medication/%s"},"subject":{"reference":"Patient/a"},
	"authoredOn":"2011-06-20T13:36:24.893+01:00","requester":{"agent":{"reference":"Practitioner/dr%d"}},"recorder":{"reference":"Practitioner/dr%d"},"dosageInstruction":[{"text":"One to be taken each day"}],
	"dispenseRequest":{"validityPeriod":{"start":"2010-01-14","end":"2010-02-14"},"quantity":{"value":28,"unit":"tablet"},"expectedSupplyDuration":{"value":28,"unit":"day","system":"http://unitsofmeasure.org","code":"d"}}%s}`,
		id(intent, i), profile("MedicationRequest"), strings.Repeat(id(intent, i), 2), intent, id("med", course%75), i%8, i%8, more)
}

func madeStatement(i int) string {
	return fmt.Sprintf(`{"resourceType":"MedicationStatement","id":%q,%s,"extension":[{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-PrescribingAgency-1","valueCodeableConcept":{"coding":[{"system":"https://fhir.nhs.uk/STU3/CodeSystem/CareConnect-PrescribingAgency-1","code":"prescribed-at-gp-practice","display":"Prescribed at GP practice"}]}}],
	"identifier":[{"system":"https://system.example/Z99999","value":%q}],"basedOn":[{"reference":"MedicationRequest/%s"}],"status":"stopped","medicationReference":{"reference":"Medication/%s"},"effectivePeriod":{"start":"2010-01-14","end":"2010-02-14"},
	"dateAsserted":"2011-06-20T13:36:24.893+01:00","subject":{"reference":"Patient/a"},"taken":"unk","dosage":[{"text":"One to be taken each day"}]}`,
		id("statement", i), profile("MedicationStatement"), strings.Repeat(id("statement", i), 2), id("plan", i), id("med", i%75))
}

// TestTheMadeRecordIsOneOfMedicines keeps the benchmark's record a record.
func TestTheMadeRecordIsOneOfMedicines(t *testing.T) {
	body := madeRecord(t)
	if len(body) < 1_200_000 || len(body) > 1_500_000 {
		t.Errorf("%d bytes, want about 1.3 MB", len(body))
	}
	in := input(nil, string(body))
	in.Courses = mapping.CourseRuleGPConnect
	r := record(read(t, in))
	if len(r.GetMedicationCourses()) != 97 || len(r.GetMedications()) != 97+97+97+49 {
		t.Errorf("%d medicines in %d courses", len(r.GetMedications()), len(r.GetMedicationCourses()))
	}
}
