package answer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// TestEveryFailingIssueIsAGap forbids to lose a failure that stands behind another, and
// to take "not found" for "this patient has no record".
func TestEveryFailingIssueIsAGap(t *testing.T) {
	type seen struct {
		Kind     lhcrv1.GapKind
		NotFound bool
		Detail   string
	}
	const (
		timedOut = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
		failed   = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
		withheld = lhcrv1.GapKind_GAP_KIND_WITHHELD
		refused  = lhcrv1.GapKind_GAP_KIND_REFUSED
	)
	issue := func(severity, code string, details ...string) string {
		out := `{"severity":"` + severity + `","code":"` + code + `","details":{"coding":[`
		for i, d := range details {
			if i > 0 {
				out += ","
			}
			out += `{"code":"` + d + `"}`
		}
		return out + `]}}`
	}
	cases := []struct {
		name, issues string
		want         []seen
	}{
		{"a warning before a failure", issue("warning", "not-found") + "," + issue("error", "timeout"), []seen{{Kind: failed}, {Kind: timedOut}}},
		{"not knowing the patient before a failure", issue("warning", "not-found", "PATIENT_NOT_FOUND") + "," + issue("error", "timeout"),
			[]seen{{NotFound: true, Detail: "PATIENT_NOT_FOUND"}, {Kind: timedOut}}},
		{"information beside a failure", issue("information", "informational") + "," + issue("fatal", "exception"), []seen{{Kind: failed}}},
		{"one said twice", issue("error", "timeout") + "," + issue("error", "timeout"), []seen{{Kind: timedOut}}},
		{"not found", issue("error", "not-found"), []seen{{Kind: failed}}},
		{"a thing not found", issue("error", "not-found", "RESOURCE_NOT_FOUND"), []seen{{Kind: failed, Detail: "RESOURCE_NOT_FOUND"}}},
		{"no record", issue("error", "not-found", "NO_RECORD_FOUND"), []seen{{NotFound: true, Detail: "NO_RECORD_FOUND"}}},
		{"the detail is not the first", issue("error", "invalid", "404", "NO_RECORD_FOUND"), []seen{{NotFound: true, Detail: "NO_RECORD_FOUND"}}},
		{"an objection weighs more than not found", issue("error", "not-found", "NO_RECORD_FOUND", "NO_PATIENT_CONSENT"), []seen{{Kind: withheld, Detail: "NO_PATIENT_CONSENT"}}},
		{"a failure that calls itself not found", issue("error", "timeout", "PATIENT_NOT_FOUND"), []seen{{Kind: timedOut, Detail: "PATIENT_NOT_FOUND"}}},
		{"a refusal", issue("error", "processing", "ACCESS_DENIED"), []seen{{Kind: refused, Detail: "ACCESS_DENIED"}}},
		{"no severity", issue("", "timeout"), []seen{{Kind: timedOut}}},
		{"nothing at all", "", []seen{{Kind: failed}}},
		{"information", issue("information", "timeout"), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{}, `{"resourceType":"OperationOutcome","issue":[`+c.issues+`]}`)
			var got []seen
			for _, g := range a.Gaps() {
				got = append(got, seen{g.Kind, g.NotFound, g.Detail})
				if g.Entry == nil {
					t.Error("a gap of no resource")
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
