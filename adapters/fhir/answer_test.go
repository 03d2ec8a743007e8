package fhir_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	ann = "9990000018" // the person asked for
	bob = "9990000026" // another
)

// now is the moment of reading.
var now = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	problems    = lhcrv1.Section_SECTION_PROBLEMS
	alerts      = lhcrv1.Section_SECTION_ALERTS
	vaccinated  = lhcrv1.Section_SECTION_VACCINATIONS
)

// the statuses, by their short names.
const (
	returned    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	none        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	unsupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
	withheld    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	refused     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	invalid     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
)

// bundle frames resources.
func bundle(resources ...string) string {
	return `{"resourceType":"Bundle","type":"searchset","entry":[{"resource":` + strings.Join(resources, `},{"resource":`) + `}]}`
}

// record is a bundle that begins with Ann's Patient.
func annsRecord(resources ...string) string {
	return bundle(append([]string{patient("a", ann)}, resources...)...)
}

func patient(id, number string) string {
	return fmt.Sprintf(`{"resourceType":"Patient","id":%q,"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q}],"name":[{"family":"Quillfeather","given":["Ann"]}],"birthDate":"1948-03-04"}`, id, number)
}

// of is a resource about Ann: a type and an id ("Flag f"), and further elements.
func of(what string, elements ...string) string {
	kind, id, _ := strings.Cut(what, " ")
	subject := "subject"
	if kind == "AllergyIntolerance" || kind == "Immunization" {
		subject = "patient"
	}
	body := fmt.Sprintf(`{"resourceType":%q,"id":%q,%q:{"reference":"Patient/a"}`, kind, id, subject)
	return strings.Join(append([]string{body}, elements...), ",") + "}"
}

func allergy(id string, elements ...string) string {
	return of("AllergyIntolerance "+id, active(append([]string{`"code":{"text":"Penicillin"}`}, elements...))...)
}

// active adds a clinical status unless there is one.
func active(elements []string) []string {
	if strings.Contains(strings.Join(elements, ","), "clinicalStatus") {
		return elements
	}
	return append(elements, `"clinicalStatus":"active"`)
}

// noAllergy asserts that none is known, by its SNOMED CT code.
func noAllergy(id, code string, elements ...string) string {
	return of("AllergyIntolerance "+id, active(append([]string{`"code":{"coding":[{"system":"http://snomed.info/sct","code":"` + code + `","display":"` + denials[code] + `"}]}`}, elements...))...)
}

// denials are the words of codes that state an absence.
var denials = map[string]string{
	noKnown: "No known allergies", noKnownDrug: "No known drug allergy (situation)", "1003774007": "No known latex allergy",
}

const noKnown, noKnownDrug = "716186003", "409137002"

// list is the primary list of a code, with further elements and the references it names.
func list(code, elements string, refs ...string) string {
	lines := make([]string, len(refs))
	for i, ref := range refs {
		lines[i] = `{"item":{"reference":"` + ref + `"}}`
	}
	return of("List "+code, `"code":{"coding":[{"system":"http://snomed.info/sct","code":"`+code+`"}]}`, `"entry":[`+strings.Join(lines, ",")+`]`+elements)
}

func allergyList(elements string, refs ...string) string {
	return list("886921000000105", elements, refs...)
}

const (
	inTransit   = `,"date":"2024-01-01","extension":[{"url":"x/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"data-in-transit"}]`
	emptyReason = `,"emptyReason":{"coding":[{"code":"no-content-recorded","display":"No content recorded"}]}`
)

// outcome is an OperationOutcome of one issue.
func operationOutcome(severity, code, more string) string {
	return fmt.Sprintf(`{"resourceType":"OperationOutcome","issue":[{"severity":%q,"code":%q%s}]}`, severity, code, more)
}

// input asks for sections of Ann's record and is answered with bodies for all of them.
func input(sections []lhcrv1.Section, bodies ...string) fhir.Input {
	in := fhir.Input{RegionID: "test", Sections: sections, NHSNumber: ann, Now: now, Strict: true}
	for _, b := range bodies {
		in.Payloads = append(in.Payloads, fhir.Payload{Body: []byte(b)})
	}
	return in
}

func read(t testing.TB, in fhir.Input) *fhir.Reading {
	t.Helper()
	got, err := fhir.Read(in)
	if err != nil {
		t.Fatal(err)
	}
	a := got.Account
	if a.Resources != a.Items+a.Supporting+a.Reported {
		t.Errorf("%d resources, %d items, %d supporting, %d reported", a.Resources, a.Items, a.Supporting, a.Reported)
	}
	return got
}

func sections(list ...lhcrv1.Section) []lhcrv1.Section { return list }
