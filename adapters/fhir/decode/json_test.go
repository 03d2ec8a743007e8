package decode_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// read decodes one resource of type T and gives the problems as "path: reason".
func read[T any](t *testing.T, payload string) (*T, []string) {
	t.Helper()
	out, err := decode.JSON([]byte(payload), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Resources) != 1 {
		t.Fatalf("%d resources, want 1", len(out.Resources))
	}
	r, ok := any(out.Resources[0].Resource).(*T)
	if !ok {
		t.Fatalf("got a %T", out.Resources[0].Resource)
	}
	var problems []string
	for _, p := range out.Problems {
		problems = append(problems, p.Path+": "+p.Reason)
	}
	return r, problems
}

func TestLeniency(t *testing.T) {
	cases := []struct {
		name, payload string
		see           func(*model.MedicationRequest) any
		want          any
		problem       string
	}{
		{"one object where an array is due", `"basedOn":{"reference":"MedicationRequest/1"}`,
			func(m *model.MedicationRequest) any { return m.BasedOn[0].Reference }, "MedicationRequest/1", ""},
		{"an array where one object is due", `"priorPrescription":[{"reference":"MedicationRequest/2"}]`,
			func(m *model.MedicationRequest) any { return m.PriorPrescription.Reference }, "MedicationRequest/2", ""},
		{"several where one is due", `"priorPrescription":[{"reference":"a/1"},{"reference":"a/2"}]`,
			func(m *model.MedicationRequest) any { return m.PriorPrescription.Reference }, "a/1",
			"MedicationRequest.priorPrescription: " + decode.ReasonSeveral},
		{"a code where a CodeableConcept is due", `"courseOfTherapyType":"acute"`,
			func(m *model.MedicationRequest) any { return m.CourseOfTherapyType.Code() }, "acute", ""},
		{"a phrase where a CodeableConcept is due", `"courseOfTherapyType":"as and when"`,
			func(m *model.MedicationRequest) any { return m.CourseOfTherapyType.Text }, "as and when", ""},
		{"a Coding where a CodeableConcept is due", `"courseOfTherapyType":{"system":"s","code":"acute","display":"Acute"}`,
			func(m *model.MedicationRequest) any { return m.CourseOfTherapyType.Coding[0] },
			model.Coding{System: "s", Code: "acute", Display: "Acute"}, ""},
		{"one coding where an array is due", `"courseOfTherapyType":{"coding":{"code":"acute"}}`,
			func(m *model.MedicationRequest) any { return m.CourseOfTherapyType.Code() }, "acute", ""},
		{"a CodeableConcept where a code is due", `"status":{"coding":[{"code":"active"}]}`,
			func(m *model.MedicationRequest) any { return m.Status }, "active", ""},
		{"an array where a code is due", `"status":["active"]`,
			func(m *model.MedicationRequest) any { return m.Status }, "active", ""},
		{"an object where a code is due", `"status":{"x":1}`,
			func(m *model.MedicationRequest) any { return m.Status }, "", "MedicationRequest.status: " + decode.ReasonObject},
		{"a number as text", `"dispenseRequest":{"quantity":{"value":"28.50"}}`,
			func(m *model.MedicationRequest) any { return m.Dispense.Quantity.Value }, model.Number("28.50"), ""},
		{"a number keeps its digits", `"dispenseRequest":{"quantity":{"value":28.500}}`,
			func(m *model.MedicationRequest) any { return m.Dispense.Quantity.Value }, model.Number("28.500"), ""},
		{"a number where a quantity is due", `"dispenseRequest":{"quantity":28}`,
			func(m *model.MedicationRequest) any { return m.Dispense.Quantity.Value }, model.Number("28"), ""},
		{"text where a number is due is kept", `"dispenseRequest":{"quantity":{"value":"two"}}`,
			func(m *model.MedicationRequest) any { return m.Dispense.Quantity.Value }, model.Number("two"),
			"MedicationRequest.dispenseRequest.quantity.value: " + decode.ReasonNumber},
		{"a code in an array inside a quantity", `"dispenseRequest":{"expectedSupplyDuration":{"code":["d"]}}`,
			func(m *model.MedicationRequest) any { return m.Dispense.ExpectedDuration.Code }, "d", ""},
		{"a boolean as text", `"doNotPerform":"true"`,
			func(m *model.MedicationRequest) any { return m.DoNotPerform }, model.True, ""},
		{"a boolean that is none", `"doNotPerform":"perhaps"`,
			func(m *model.MedicationRequest) any { return m.DoNotPerform }, model.Unset,
			"MedicationRequest.doNotPerform: " + decode.ReasonBoolean},
		{"a reference as a string", `"recorder":"Practitioner/9"`,
			func(m *model.MedicationRequest) any { return m.Recorder.Reference }, "Practitioner/9", ""},
		{"a date that is none is kept", `"authoredOn":"93 March"`,
			func(m *model.MedicationRequest) any { return m.AuthoredOn }, model.When("93 March"), ""},
		{"a note as a string", `"note":["take care"]`,
			func(m *model.MedicationRequest) any { return m.Note[0].Text }, "take care", ""},
		{"a simple value where an object is due", `"dispenseRequest":7,"intent":"plan"`,
			func(m *model.MedicationRequest) any { return m.Intent }, "plan", "MedicationRequest.dispenseRequest: " + decode.ReasonSimple},
		{"null anywhere", `"status":null,"note":[null],"dispenseRequest":null,"intent":"plan"`,
			func(m *model.MedicationRequest) any { return m.Intent }, "plan", ""},
		{"unknown elements", `"fhir_comments":["x"],"_status":{"id":"1"},"foo":{"bar":[1,{"a":2}]},"intent":"plan"`,
			func(m *model.MedicationRequest) any { return m.Intent }, "plan", ""},
		{"an element twice", `"intent":"order","intent":"plan"`,
			func(m *model.MedicationRequest) any { return m.Intent }, "plan", "MedicationRequest.intent: " + decode.ReasonRepeated},
		{"two types of a choice", `"medicationReference":{"reference":"Medication/1"},"medicationCodeableConcept":{"text":"x"}`,
			func(m *model.MedicationRequest) any { return model.Of[model.Reference](m.Medication).Reference }, "Medication/1",
			"MedicationRequest.medicationCodeableConcept: " + decode.ReasonChoice},
		{"STU3's wrapped requester", `"requester":{"agent":{"reference":"Practitioner/1"},"onBehalfOf":{"reference":"Organization/1"}}`,
			func(m *model.MedicationRequest) any {
				return m.Requester.Who().Reference + " " + m.Requester.OnBehalfOf.Reference
			}, "Practitioner/1 Organization/1", ""},
		{"R4's plain requester", `"requester":{"reference":"PractitionerRole/1"}`,
			func(m *model.MedicationRequest) any { return m.Requester.Who().Reference }, "PractitionerRole/1", ""},
		{"escapes and surrogates", `"note":[{"text":"a\n\u00e9\ud83d\ude00\ud800"}]`,
			func(m *model.MedicationRequest) any { return m.Note[0].Text }, "a\né😀\ufffd", ""},
		{"invalid UTF-8", "\"note\":[{\"text\":\"a\xffb\"}]",
			func(m *model.MedicationRequest) any { return m.Note[0].Text }, "a\ufffdb", ""},
		{"a long list", `"note":[` + strings.Repeat(`{"text":"a"},`, 500) + `{"text":"last"}]`,
			func(m *model.MedicationRequest) any { return m.Note[0].Text + m.Note[500].Text }, "alast", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, problems := read[model.MedicationRequest](t, `{"resourceType":"MedicationRequest",`+c.payload+`}`)
			if d := cmp.Diff(c.want, c.see(got)); d != "" {
				t.Error(d)
			}
			if want := strings.Fields(c.problem); (len(want) == 0) != (len(problems) == 0) || len(want) > 0 && problems[0] != c.problem {
				t.Errorf("problems %q, want %q", problems, c.problem)
			}
		})
	}
}

func TestProblemsNeverHoldValues(t *testing.T) {
	_, problems := read[model.Other](t, `{"resourceType":"9990000018 Smith","status":{"secret":"9990000018"}}`)
	if want := []string{"(unknown type).status: " + decode.ReasonObject}; !slices.Equal(problems, want) {
		t.Errorf("got %q", problems)
	}
}

func TestResourcesArriveInAnyFrame(t *testing.T) {
	patient := `{"resourceType":"Patient","id":"p"}`
	cases := map[string]string{
		"alone":                 patient,
		"after a byte mark":     "\xef\xbb\xbf" + patient,
		"type last":             `{"fhir_comments":["x"],"id":"p","resourceType":"Patient"}`,
		"type spelt in escapes": `{"resourceType":"\u0050atient","id":"p"}`,
		"an array":              `[null,` + patient + `]`,
		"a bundle":              `{"resourceType":"Bundle","entry":[{"resource":` + patient + `}]}`,
		"one entry, no array":   `{"resourceType":"Bundle","entry":{"resource":` + patient + `}}`,
		"parameters":            `{"resourceType":"Parameters","parameter":[{"name":"x","resource":` + patient + `}]}`,
		"lines":                 patient + "\n" + patient + "\n",
	}
	for name, payload := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := decode.JSON([]byte(payload), 0)
			if err != nil {
				t.Fatal(err)
			}
			c := out.Resources[0]
			switch r := c.Resource.(type) {
			case *model.Bundle:
				c = r.Entry[0].Resource
			case *model.Parameters:
				c = r.Parameter[0].Resource
			}
			if p, ok := c.Resource.(*model.Patient); !ok || p.ID != "p" || !json.Valid(c.Source) {
				t.Errorf("got %T from %s", c.Resource, c.Source)
			}
		})
	}
}

func TestOnlyWhatIsNotJSONIsRefused(t *testing.T) {
	cases := []struct {
		name, payload string
		want          error
	}{
		{"comments", `{ // x` + "\n" + `"resourceType":"Patient"}`, decode.ErrNotJSON},
		{"rubbish inside an unknown element", `{"resourceType":"Patient","x":{oops}}`, decode.ErrNotJSON},
		{"a page of HTML", `<html></html>`, decode.ErrNotJSON},
		{"cut in an object", `{"resourceType":"Patient","id":"p"`, decode.ErrTruncated},
		{"cut in a string", `{"resourceType":"Patient","id":"p`, decode.ErrTruncated},
		{"cut before the type", `{"id":"p"`, decode.ErrTruncated},
		{"cut in a second line", `{"resourceType":"Patient"}` + "\n{", decode.ErrTruncated},
		{"empty", " \n", decode.ErrEmpty},
		{"too large", `{"resourceType":"Patient","id":"` + strings.Repeat("x", 200) + `"}`, decode.ErrTooLarge},
		{"depth without end", strings.Repeat(`{"a":`, 20000), decode.ErrNotJSON},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			limit := 0
			if errors.Is(c.want, decode.ErrTooLarge) {
				limit = 100
			}
			if _, err := decode.JSON([]byte(c.payload), limit); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestDepthIsBounded(t *testing.T) {
	nested := `{"resourceType":"Basic","id":"deep","extension":` + strings.Repeat(`[{"url":"u","extension":`, 500) + `[]` + strings.Repeat(`}]`, 500) + `}`
	_, problems := read[model.Other](t, nested)
	if len(problems) != 1 || !strings.HasSuffix(problems[0], decode.ReasonDeep) {
		t.Errorf("problems %.200q", problems)
	}
}

const large = "gpconnect-structured-stu3/pwtp/EMISPatientStructurede2eResponsePWTP4.json"

// BenchmarkJSON measures reading against encoding/json into any of the same
// bytes, in pairs, and reports the median ratio of the times.
func BenchmarkJSON(b *testing.B) {
	data, err := os.ReadFile(filepath.Join(os.Getenv("LHCR_TESTDATA"), large))
	if err != nil {
		b.Skip("LHCR_TESTDATA names no folder of published examples")
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var ratios []float64
	for b.Loop() {
		start := time.Now()
		if _, err := decode.JSON(data, 0); err != nil {
			b.Fatal(err)
		}
		ours := time.Since(start)
		b.StopTimer()
		ratios = append(ratios, float64(floor(b, data))/float64(ours))
		b.StartTimer()
	}
	slices.Sort(ratios)
	b.ReportMetric(ratios[len(ratios)/2], "of-floor")
}

func floor(b *testing.B, data []byte) time.Duration {
	start := time.Now()
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}
