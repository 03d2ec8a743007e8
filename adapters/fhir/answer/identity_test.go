package answer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
)

// numbered is a patient with the identifiers given as attributes and value.
func numbered(numbers ...string) string {
	out := `"resourceType":"Patient","id":"a","identifier":[`
	for i := 0; i < len(numbers); i += 2 {
		if i > 0 {
			out += ","
		}
		out += `{` + numbers[i] + `"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + numbers[i+1] + `"}`
	}
	return out + `]`
}

const old = `"use":"old",`

// TestAFormerNumberIsNotThePatients forbids to take a number that is marked as old for
// the patient's own.
func TestAFormerNumberIsNotThePatients(t *testing.T) {
	ended := func(end string) string { return `"period":{"end":"` + end + `"},` }
	cases := []struct {
		name, patient string
		check         answer.Check
		superseded    bool
		by            string
	}{
		{"present", numbered("", ann), answer.Match, false, ""},
		{"old", numbered(old, ann), answer.Mismatch, true, ""},
		{"old, beside the present one", numbered("", bob, old, ann), answer.Mismatch, true, bob},
		{"present, beside an old one", numbered(old, bob, "", ann), answer.Match, false, ""},
		{"ended last year", numbered(ended("2023"), ann, "", bob), answer.Mismatch, true, bob},
		{"ended yesterday", numbered(ended("2024-05-31"), ann), answer.Mismatch, true, ""},
		{"ends today", numbered(ended("2024-06-01"), ann), answer.Match, false, ""},
		{"ends in this month", numbered(ended("2024-06"), ann), answer.Match, false, ""},
		{"ends in this year", numbered(ended("2024"), ann), answer.Match, false, ""},
		{"an end that is no date", numbered(ended("soon"), ann), answer.Match, false, ""},
		{"another's", numbered("", bob), answer.Mismatch, false, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			options := answer.Options{NHSNumber: ann, Now: time.Date(2024, 6, 1, 12, 0, 0, 0, time.UTC)}
			a := read(t, options, bundle(c.patient, `"resourceType":"Flag","subject":{"reference":"Patient/a"}`))
			p := a.Patients()[0]
			got := []any{a.Subject(a.Of("Flag")[0]), p.Superseded, p.SupersededBy, p.Has(ann)}
			if d := cmp.Diff([]any{c.check, c.superseded, c.by, c.name != "another's"}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestNumbersInsideReferences(t *testing.T) {
	const system = `"system":"https://fhir.nhs.uk/Id/nhs-number",`
	cases := []struct {
		name, subject string
		want          answer.Check
	}{
		{"without a system", `"type":"Patient","identifier":{"value":"` + ann + `"}`, answer.Match},
		{"another's without a system", `"type":"Patient","identifier":{"value":"` + bob + `"}`, answer.Mismatch},
		{"another's without a system or type", `"identifier":{"value":"` + bob + `"}`, answer.Mismatch},
		{"what is no number, without a system", `"identifier":{"value":"1234567890"}`, answer.Unresolved},
		{"another's in another system", `"identifier":{"system":"https://local.example/id","value":"` + bob + `"}`, answer.Unresolved},
		{"a former one of the patient's", `"identifier":{` + system + `"value":"9990000034"}`, answer.Unresolved},
		{"another's", `"identifier":{` + system + `"value":"` + bob + `"}`, answer.Mismatch},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{NHSNumber: ann}, bundle(numbered("", ann, old, "9990000034"), `"resourceType":"Flag","subject":{`+c.subject+`}`))
			if got := a.Subject(a.Of("Flag")[0]); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestADocumentsSourcePatient(t *testing.T) {
	const system = `"system":"https://fhir.nhs.uk/Id/nhs-number",`
	cases := []struct {
		name, source string
		want         answer.Check
	}{
		{"none", `{}`, answer.Match},
		{"the same number", `{"identifier":{` + system + `"value":"` + ann + `"}}`, answer.Match},
		{"another number", `{"identifier":{` + system + `"value":"` + bob + `"}}`, answer.Mismatch},
		{"a contained patient of another number", `{"reference":"#s"}`, answer.Mismatch},
		{"an id of the source's own", `{"reference":"Patient/local"}`, answer.Match},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{NHSNumber: ann}, bundle(patient("a", ann),
				`"resourceType":"DocumentReference","subject":{"reference":"Patient/a"},"contained":[{`+patient("s", bob)+`}],"context":{"sourcePatientInfo":`+c.source+`}`))
			if got := a.Subject(a.Of("DocumentReference")[0]); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
