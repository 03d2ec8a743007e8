package fhir_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
)

// number is a run of ten digits, as an NHS number is written.
var number = regexp.MustCompile(`\d{3}[ -]?\d{3}[ -]?\d{4}`)

// FuzzRead reads anything: it must neither panic nor hang, the account must balance,
// every section asked for has one outcome, and no message, gap or reason holds a number.
func FuzzRead(f *testing.F) {
	seeds := []string{
		annsRecord(allergy("1"), allergyList(inTransit, "AllergyIntolerance/1", "AllergyIntolerance/2"), noAllergy("n", noKnown)),
		annsRecord(of("MedicationRequest p", `"intent":"plan","basedOn":{"reference":"MedicationRequest/p"},"medicationReference":{"reference":"#m"},"contained":[{"resourceType":"Medication","id":"m","ingredient":[{"itemReference":{"reference":"#m"}}]}]`),
			of("MedicationStatement s", `"basedOn":[{"reference":"MedicationRequest/p"}],"dosage":[{"text":"one","doseQuantity":{"value":1.0}}]`)),
		bundle(patient("a", ann), patient("b", bob), operationOutcome("error", "timeout", `,"diagnostics":"9990000018","details":{"text":"999 000 0018"}`)),
		annsRecord(of("Observation o", `"hasMember":[{"reference":"Observation/o"}],"valueQuantity":{"value":"x","unit":"l/l","code":"%"}`),
			of("DiagnosticReport r", `"result":[{"reference":"Observation/o"}],"specimen":[{"reference":"#s"}]`), of("Encounter e"),
			of("List l", `"code":{"coding":[{"code":"325851000000107"}]},"encounter":{"reference":"Encounter/e"},"entry":[{"item":{"reference":"List/l"}}]`)),
		annsRecord(of("Composition c", `"section":[{"title":"x","text":{"div":"<div><b>x"},"section":[{"entry":[{"reference":"Condition/c"}]}]}]`), of("Condition c")),
		`[{"resourceType":"9990000018"},{"id":"9990000018"}]`, `{"resourceType":"Parameters","parameter":[{"resource":` + annsRecord() + `}]}`, "{}", "null",
	}
	for _, s := range seeds[:5] {
		seeds = append(seeds, string(asXML(f, []byte(s))))
	}
	for _, s := range seeds {
		f.Add([]byte(s), uint8(len(s)))
	}
	f.Fuzz(func(t *testing.T, body []byte, custom uint8) {
		got, err := fhir.Read(fhir.Input{
			RegionID: "test", NHSNumber: ann, Now: now, Payloads: []fhir.Payload{{Body: body}}, Strict: true,
			Courses: mapping.CourseRule(custom % 4), IncludeSource: custom&4 != 0, LinksAsserted: custom&8 != 0, SourceIsPatientsPractice: custom&16 != 0,
		})
		if err != nil {
			if number.MatchString(err.Error()) {
				t.Error("the error holds a number")
			}
			return
		}
		wellFormed(t, "fuzzed", got)
		if said := spoken(got); number.MatchString(said) {
			t.Errorf("a number is told: %q", said)
		}
	})
}

// spoken is all that a reading says in words of its own.
func spoken(r *fhir.Reading) string {
	var out []string
	for _, o := range r.Response.GetOutcomes() {
		out = append(out, o.GetMessage())
		for _, g := range o.GetGaps() {
			out = append(out, g.GetMessage())
		}
	}
	for _, x := range r.Account.Reasons {
		out = append(out, x.Type, x.Reason)
	}
	for _, x := range r.Response.GetReported() {
		out = append(out, x.GetSourceType(), x.GetReason())
	}
	return strings.Join(out, "\n")
}
