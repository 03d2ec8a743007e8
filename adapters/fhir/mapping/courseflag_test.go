package mapping_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// TestFlags shows each flag raised and, beside it, what must not raise it. The moment
// of reading is 6 May 2024.
func TestFlags(t *testing.T) {
	plan := basedOn("MedicationRequest/p")
	expiry := func(date string) string {
		return `"extension":[{"url":"x/Extension-UKCore-MedicationRepeatInformation","extension":[{"url":"authorisationExpiryDate","valueDateTime":"` + date + `"}]}]`
	}
	reason := func(words string) string {
		return `"extension":[{"url":"x/Extension-CareConnect-GPC-MedicationStatusReason-1","extension":[{"url":"statusReason","valueCodeableConcept":{"text":"` + words + `"}}]}]`
	}
	lastIssued := `"extension":[{"url":"x/Extension-CareConnect-GPC-MedicationStatementLastIssueDate-1","valueDateTime":"2020"}]`
	effective := func(end string) string { return `"effectivePeriod":{"start":"2019","end":"` + end + `"}` }
	list := func(lines string) string {
		return `{"resourceType":"List","code":{"coding":[{"system":"http://snomed.info/sct","code":"933361000000108"}]},"subject":{"reference":"Patient/p1"},"entry":[` + lines + `]}`
	}
	issues := mapping.Options{Courses: gpConnect, IssuesAskedFor: true}
	plain := mapping.Options{Courses: gpConnect}
	tests := []struct {
		name      string
		flag      lhcrv1.Flag
		options   mapping.Options
		resources []string
		flagged   string // ids of the items that carry the flag; the course carries it if any does
	}{
		{"period over", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p", validity("2019", "2024-05-05"))}, "p"},
		{"period over today", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p", validity("2019", "2024-05-06"))}, ""},
		{"period over this year, by its year", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p", validity("2019", "2024"))}, ""},
		{"period over last month, by its month", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p", validity("2019", "2024-04"))}, "p"},
		{"a statement's period", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p"), medicine("statement s", plan, effective("2024-05-06T07:00:00Z"))}, "s"},
		{"an ended plan's period", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p", status("completed"), validity("2019", "2020"))}, ""},
		{"an issue's period is over by its nature", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p"), medicine("order o", plan, validity("2019", "2020"))}, ""},
		{"an issue that is its own authorisation", lhcrv1.Flag_FLAG_PERIOD_LAPSED, mapping.Options{Courses: r4}, []string{medicine("order o", validity("2019", "2020"))}, "o"},
		{"an end that is no date", lhcrv1.Flag_FLAG_PERIOD_LAPSED, plain, []string{medicine("plan p", validity("2019", "19"))}, ""},
		{"authorisation over", lhcrv1.Flag_FLAG_AUTHORISATION_LAPSED, plain, []string{medicine("plan p", expiry("2024-05-05"))}, "p"},
		{"authorisation not over", lhcrv1.Flag_FLAG_AUTHORISATION_LAPSED, plain, []string{medicine("plan p", expiry("2024-05-07"))}, ""},
		{"issues exhausted", lhcrv1.Flag_FLAG_ISSUES_EXHAUSTED, plain, []string{medicine("plan p", repeats(6, 6))}, "p"},
		{"one issue left", lhcrv1.Flag_FLAG_ISSUES_EXHAUSTED, plain, []string{medicine("plan p", repeats(6, 5))}, ""},
		{"exhausted and stopped", lhcrv1.Flag_FLAG_ISSUES_EXHAUSTED, plain, []string{medicine("plan p", status("stopped"), repeats(6, 6))}, ""},
		{"never issued", lhcrv1.Flag_FLAG_NEVER_ISSUED, issues, []string{medicine("plan p")}, "p"},
		{"issues were not asked for", lhcrv1.Flag_FLAG_NEVER_ISSUED, plain, []string{medicine("plan p")}, ""},
		{"an issue is there", lhcrv1.Flag_FLAG_NEVER_ISSUED, issues, []string{medicine("plan p"), medicine("order o", plan)}, ""},
		{"the source counts issues", lhcrv1.Flag_FLAG_NEVER_ISSUED, issues, []string{medicine("plan p", repeats(6, 1))}, ""},
		{"the source knows a last issue", lhcrv1.Flag_FLAG_NEVER_ISSUED, issues, []string{medicine("plan p"), medicine("statement s", plan, lastIssued)}, ""},
		{"a supply is there", lhcrv1.Flag_FLAG_NEVER_ISSUED, issues, []string{medicine("plan p"), medicine("dispense d", authorised("MedicationRequest/p"))}, ""},
		{"never issued, by Graphnet's custom", lhcrv1.Flag_FLAG_NEVER_ISSUED, mapping.Options{Courses: graphnet, IssuesAskedFor: true}, []string{medicine("statement s")}, "s"},
		{"an issue without authorisation", lhcrv1.Flag_FLAG_UNAUTHORISED_ISSUE, plain, []string{medicine("order o")}, "o"},
		{"an acute order of Interweave", lhcrv1.Flag_FLAG_UNAUTHORISED_ISSUE, mapping.Options{Courses: interweave}, []string{medicine("order o")}, ""},
		{"two ends", lhcrv1.Flag_FLAG_ENDS_DIFFER, plain, []string{medicine("plan p", validity("2019", "2020-01-02")), medicine("statement s", plan, effective("2020-01-03"))}, "s"},
		{"one end in two precisions", lhcrv1.Flag_FLAG_ENDS_DIFFER, plain, []string{medicine("plan p", validity("2019", "2020-01-02")), medicine("statement s", plan, effective("2020-01-02T00:00:00Z"))}, ""},
		{"one end is not recorded", lhcrv1.Flag_FLAG_ENDS_DIFFER, plain, []string{medicine("plan p"), medicine("statement s", plan, effective("2020"))}, ""},
		{"a filler for a reason", lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER, plain, []string{medicine("plan p", status("stopped"), reason("Expired"))}, "p"},
		{"another filler", lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER, plain, []string{medicine("plan p", status("stopped"), reason("No information available"))}, "p"},
		{"somebody's reason", lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER, plain, []string{medicine("plan p", status("stopped"), reason("Expired before use, patient abroad"))}, ""},
		{"structure beside text", lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED, plain, []string{medicine("plan p", `"dosageInstruction":[{"text":"one daily","route":{"text":"oral"}}]`)}, "p"},
		{"text alone", lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED, plain, []string{medicine("plan p", `"dosageInstruction":[{"text":"one daily"}]`)}, ""},
		{"structure alone", lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED, plain, []string{medicine("plan p", `"dosageInstruction":[{"route":{"text":"oral"}}]`)}, ""},
		{"dose changed", lhcrv1.Flag_FLAG_DOSE_CHANGED, plain, []string{medicine("statement s", `"extension":[{"url":"x/Extension-CareConnect-GPC-DosageLastChanged-1","valueDateTime":"2020"}]`)}, "s"},
		{"dose recorded as unchanged", lhcrv1.Flag_FLAG_DOSE_CHANGED, plain, []string{medicine("statement s", `"extension":[{"url":"x/DosageChanged","valueBoolean":false}]`)}, ""},
		{"codings disagree", lhcrv1.Flag_FLAG_CODINGS_DISAGREE, plain, []string{medicine("plan p", `"medicationCodeableConcept":{"coding":[{"display":"Metformin 2g"},{"display":"Metformin 1g"}]}`)}, "p"},
		{"codings agree", lhcrv1.Flag_FLAG_CODINGS_DISAGREE, plain, []string{medicine("plan p", `"medicationCodeableConcept":{"coding":[{"display":"Metformin 1g"},{"display":"Metformin 1g"}]}`)}, ""},
		{"degraded by a transfer", lhcrv1.Flag_FLAG_DEGRADED, plain, []string{medicine("plan p", `"medicationCodeableConcept":{"text":"?","coding":[{"code":"196421000000109"}]}`)}, "p"},
		{"in no list", lhcrv1.Flag_FLAG_UNLISTED, plain, []string{medicine("statement s"), medicine("plan p"), list("")}, "s"},
		{"in the list", lhcrv1.Flag_FLAG_UNLISTED, plain, []string{medicine("statement s"), list(`{"item":{"reference":"MedicationStatement/s"}}`)}, ""},
		{"no list came", lhcrv1.Flag_FLAG_UNLISTED, plain, []string{medicine("statement s")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := answered(t, tt.options, tt.resources...).GetRecord()
			var got []string
			for _, m := range r.GetMedications() {
				if slices.Contains(m.GetHeader().GetFlags(), tt.flag) {
					got = append(got, m.GetHeader().GetSourceId())
				}
			}
			if strings.Join(got, " ") != tt.flagged {
				t.Errorf("%v is on %v, want it on %q", tt.flag, got, tt.flagged)
			}
			if tt.flag == lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED {
				return // of a dosage, not of a course
			}
			onCourse := slices.ContainsFunc(r.GetMedicationCourses(), func(c *lhcrv1.MedicationCourse) bool {
				return slices.Contains(c.GetFlags(), tt.flag)
			})
			if onCourse != (tt.flagged != "") {
				t.Errorf("%v on a course: %v", tt.flag, onCourse)
			}
		})
	}
}
