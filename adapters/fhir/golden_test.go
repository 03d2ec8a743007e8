package fhir_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// testdata is the folder of published records, or skips the test.
func testdata(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("LHCR_TESTDATA")
	if dir == "" {
		t.Skip("LHCR_TESTDATA names no folder of published records")
	}
	return dir
}

// reads reads one published record as GP Connect.
func reads(t testing.TB, path string) *fhir.Reading {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(testdata(t), path))
	if err != nil {
		t.Fatal(err)
	}
	rule := mapping.CourseRuleR4
	if strings.HasPrefix(path, gp) {
		rule = mapping.CourseRuleGPConnect
	}
	got, err := fhir.Read(fhir.Input{
		RegionID: "test", Payloads: []fhir.Payload{{Body: body}}, Courses: rule, Strict: true,
		SourceIsPatientsPractice: rule == mapping.CourseRuleGPConnect,
		Now:                      time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

const gp = "gpconnect-structured-stu3/"

func record(r *fhir.Reading) *lhcrv1.Record { return r.Response.GetRecord() }

func outcomeOf(t testing.TB, r *fhir.Reading, s lhcrv1.Section) *lhcrv1.SectionOutcome {
	t.Helper()
	for _, o := range r.Response.GetOutcomes() {
		if o.GetSection() == s {
			return o
		}
	}
	t.Fatalf("no outcome for %v", s)
	return nil
}

// find gives the items of which the predicate holds.
func find[T any](list []T, is func(T) bool) []T {
	var out []T
	for _, x := range list {
		if is(x) {
			out = append(out, x)
		}
	}
	return out
}

func named(word string) func(*lhcrv1.Medication) bool {
	return func(m *lhcrv1.Medication) bool {
		return strings.Contains(strings.ToLower(m.GetProduct().GetCode().GetDisplay()), word)
	}
}

func flagged(h *lhcrv1.ItemHeader, f lhcrv1.Flag) bool {
	return len(find(h.GetFlags(), func(x lhcrv1.Flag) bool { return x == f })) > 0
}

func TestPlansAndIssuesMakeOneCourseEach(t *testing.T) {
	r := record(reads(t, gp+"xhuma/9690937472.json"))
	byStatus := map[string]int{}
	for _, c := range r.GetMedicationCourses() {
		byStatus[c.GetStatus()]++
	}
	want := map[string]int{"active": 16, "completed": 6, "stopped": 6}
	for status, n := range want {
		if byStatus[status] != n {
			t.Errorf("%d courses are %s, want %d", byStatus[status], status, n)
		}
	}
	if n := len(r.GetMedicationCourses()); n != 28 {
		t.Errorf("%d courses, want 28", n)
	}
	kinds := map[lhcrv1.MedicationKind]int{}
	for _, m := range r.GetMedications() {
		kinds[m.GetKind()]++
	}
	if kinds[lhcrv1.MedicationKind_MEDICATION_KIND_PLAN] != 28 || kinds[lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE] != 39 {
		t.Errorf("kinds %v, want 28 plans and 39 issues", kinds)
	}
}

func TestMedicineInNoListIsFlaggedAndTheSectionWarns(t *testing.T) {
	got := reads(t, gp+"xhuma/9690937472.json")
	unlisted := find(record(got).GetMedications(), func(m *lhcrv1.Medication) bool {
		return flagged(m.GetHeader(), lhcrv1.Flag_FLAG_UNLISTED)
	})
	if len(unlisted) != 1 || !named("amlodipine 10mg")(unlisted[0]) {
		t.Errorf("unlisted: %d items, want the one of amlodipine 10 mg", len(unlisted))
	}
	o := outcomeOf(t, got, lhcrv1.Section_SECTION_MEDICATIONS)
	if !warns(o, lhcrv1.WarningCode_WARNING_CODE_LIST_DISAGREES) {
		t.Error("the section does not warn that list and items disagree")
	}
}

func warns(o *lhcrv1.SectionOutcome, code lhcrv1.WarningCode) bool {
	return len(find(o.GetWarnings(), func(w *lhcrv1.Warning) bool { return w.GetCode() == code })) > 0
}

func TestStopReasonIsKeptVerbatim(t *testing.T) {
	r := record(reads(t, gp+"xhuma/9690937472.json"))
	stopped := find(r.GetMedications(), func(m *lhcrv1.Medication) bool {
		return named("rosuvastatin 20mg")(m) && m.GetChange() != nil
	})
	if len(stopped) != 1 {
		t.Fatalf("%d changes of rosuvastatin 20 mg, want 1", len(stopped))
	}
	c := stopped[0].GetChange()
	if c.GetReason().GetDisplay() != "Patient Preference (Switch back to Atorvastatin)" || !strings.HasPrefix(c.GetDate().GetOriginal(), "2020-02-10") {
		t.Errorf("stopped %q for %q", c.GetDate().GetOriginal(), c.GetReason().GetDisplay())
	}
}

func TestExpiredIsAReasonVerbatimAndFlaggedAsPlaceholder(t *testing.T) {
	r := record(reads(t, gp+"xhuma/9690937472.json"))
	stopped := find(r.GetMedications(), func(m *lhcrv1.Medication) bool {
		return named("cilazapril")(m) && m.GetChange() != nil
	})
	if len(stopped) != 1 {
		t.Fatalf("%d changes of cilazapril, want 1", len(stopped))
	}
	m := stopped[0]
	if m.GetChange().GetReason().GetDisplay() != "Expired" || !strings.HasPrefix(m.GetChange().GetDate().GetOriginal(), "2018-10-27") {
		t.Errorf("stopped %q for %q", m.GetChange().GetDate().GetOriginal(), m.GetChange().GetReason().GetDisplay())
	}
	if m.GetHeader().GetStatus() != "stopped" || !flagged(m.GetHeader(), lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER) {
		t.Errorf("status %q, flags %v: want stopped, flagged as a placeholder", m.GetHeader().GetStatus(), m.GetHeader().GetFlags())
	}
}

func TestTwoActiveStrengthsAreTwoCourses(t *testing.T) {
	r := record(reads(t, gp+"xhuma/9690937472.json"))
	for _, strength := range []string{"atorvastatin 20mg", "atorvastatin 30mg"} {
		active := find(r.GetMedications(), func(m *lhcrv1.Medication) bool {
			return named(strength)(m) && m.GetKind() == lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT &&
				m.GetHeader().GetStatus() == "active" && strings.HasPrefix(m.GetEffective().GetStart().GetOriginal(), "2019-07-01")
		})
		if len(active) != 1 {
			t.Errorf("%d active statements of %s from 2019-07-01, want 1", len(active), strength)
		}
	}
}

func TestStatementAndPlanKeepTheirOwnDosage(t *testing.T) {
	r := record(reads(t, gp+"xhuma/9690937472.json"))
	texts := map[lhcrv1.MedicationKind]string{}
	for _, m := range find(r.GetMedications(), named("clarithromycin")) {
		for _, d := range m.GetDosages() {
			texts[m.GetKind()] += d.GetText()
		}
	}
	statement, plan := texts[lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT], texts[lhcrv1.MedicationKind_MEDICATION_KIND_PLAN]
	if !strings.Contains(statement, "2020") || !strings.Contains(plan, "1 tablet, daily") || strings.Contains(plan, "2020") {
		t.Errorf("statement says %q, plan says %q", statement, plan)
	}
}

func TestCodingsOfTwoStrengthsDisagree(t *testing.T) {
	r := record(reads(t, gp+"xhuma/9690937286.json"))
	list := find(r.GetMedications(), named("metformin"))
	if len(list) == 0 {
		t.Fatal("no metformin")
	}
	for _, m := range list {
		code := m.GetProduct().GetCode()
		if !code.GetCodingsDisagree() || !flagged(m.GetHeader(), lhcrv1.Flag_FLAG_CODINGS_DISAGREE) {
			t.Errorf("%v of 2 g and 1 g is not marked", m.GetKind())
		}
		if code.GetDisplay() != "Metformin 1g modified release tablets" {
			t.Errorf("shows %q, want what the user selected", code.GetDisplay())
		}
	}
}

func TestVaccinationBesideAnEmptyList(t *testing.T) {
	got := reads(t, gp+"xhuma/9690937286.json")
	list := find(record(got).GetVaccinations(), func(i *lhcrv1.Immunisation) bool { return i.GetLotNumber() == "AAJN11K" })
	if len(list) != 1 {
		t.Fatalf("%d vaccinations of lot AAJN11K, want 1", len(list))
	}
	v := list[0]
	p := v.GetProtocols()
	if len(p) != 1 || p[0].GetDoseNumber() != "1" || p[0].GetSeriesDoses() != "3" {
		t.Errorf("protocols %d, want dose 1 of 3", len(p))
	}
	if !strings.Contains(strings.ToLower(v.GetProcedure().GetDisplay()), "hepatitis a") || v.GetVaccine().GetCodings()[0].GetCode() != "UNK" {
		t.Errorf("procedure %q, vaccine %q", v.GetProcedure().GetDisplay(), v.GetVaccine().GetDisplay())
	}
	o := outcomeOf(t, got, lhcrv1.Section_SECTION_VACCINATIONS)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || !warns(o, lhcrv1.WarningCode_WARNING_CODE_LIST_DISAGREES) {
		t.Errorf("status %v, want RETURNED with a warning that the list disagrees", o.GetStatus())
	}
}

func TestActiveAllergyBesideAnEmptyList(t *testing.T) {
	got := reads(t, gp+"wiremock/correctPatientNoDocsStructuredRecordResponse.json")
	list := find(record(got).GetAllergies(), func(a *lhcrv1.Allergy) bool {
		return strings.Contains(strings.ToLower(a.GetCode().GetDisplay()), "iodophor")
	})
	if len(list) != 1 || list[0].GetClinicalStatus() != "active" || !flagged(list[0].GetHeader(), lhcrv1.Flag_FLAG_UNLISTED) {
		t.Fatalf("%d allergies to iodophore, want one, active and unlisted", len(list))
	}
	o := outcomeOf(t, got, lhcrv1.Section_SECTION_ALLERGIES)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || !warns(o, lhcrv1.WarningCode_WARNING_CODE_LIST_DISAGREES) {
		t.Errorf("status %v with warnings %v", o.GetStatus(), o.GetWarnings())
	}
}

func TestEndedAllergiesAreNeverActive(t *testing.T) {
	r := record(reads(t, gp+"wiremock/correctAllergiesContainedResourceResponse.json"))
	active := find(r.GetAllergies(), func(a *lhcrv1.Allergy) bool { return a.GetEnded() == nil })
	ended := find(r.GetAllergies(), func(a *lhcrv1.Allergy) bool {
		return a.GetEnded() != nil && a.GetClinicalStatus() == "resolved" && strings.Contains(a.GetCode().GetDisplay(), "hocolate")
	})
	listed := find(ended, func(a *lhcrv1.Allergy) bool {
		return len(find(a.GetHeader().GetLists(), func(l *lhcrv1.ListMembership) bool { return l.GetPrimary() || l.GetTitle() != "" })) > 0
	})
	if len(active) != 0 || len(ended) != 2 || len(listed) != 1 {
		t.Errorf("%d active, %d ended chocolate, %d of them listed: want 0, 2, 1", len(active), len(ended), len(listed))
	}
}

func TestPartialAllergyListIsInvalidAndDelivered(t *testing.T) {
	got := reads(t, gp+"gpconnect-spec/allergies_response1.json")
	o := outcomeOf(t, got, lhcrv1.Section_SECTION_ALLERGIES)
	active := find(record(got).GetAllergies(), func(a *lhcrv1.Allergy) bool { return a.GetEnded() == nil })
	if len(active) != 3 || o.GetCounts().GetUnresolved() != 1 {
		t.Errorf("%d active, %d unresolved: want 3 and 1", len(active), o.GetCounts().GetUnresolved())
	}
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || len(o.GetGaps()) == 0 {
		t.Errorf("status %v with %d gaps, want INVALID with one", o.GetStatus(), len(o.GetGaps()))
	}
	aspirin := find(record(got).GetAllergies(), func(a *lhcrv1.Allergy) bool {
		return strings.Contains(strings.ToLower(a.GetCode().GetDisplay()), "aspirin")
	})
	if len(aspirin) != 1 || aspirin[0].GetClinicalStatus() != "resolved" || aspirin[0].GetEnded() == nil {
		t.Errorf("%d entries of aspirin, want one, resolved", len(aspirin))
	}
}

func TestOnsetOfAYearStaysAYear(t *testing.T) {
	r := record(reads(t, gp+"emis-uat/9465698679_Gainsford_full_20210602.json"))
	active := find(r.GetAllergies(), func(a *lhcrv1.Allergy) bool { return a.GetClinicalStatus() == "active" })
	if len(active) != 24 {
		t.Errorf("%d active allergies, want 24", len(active))
	}
	list := find(active, func(a *lhcrv1.Allergy) bool {
		return strings.Contains(strings.ToLower(a.GetCode().GetDisplay()), "trimethoprim")
	})
	if len(list) != 1 || list[0].GetOnset().GetOriginal() != "2018" || list[0].GetOnset().GetPrecision() != lhcrv1.DatePrecision_DATE_PRECISION_YEAR {
		t.Errorf("%d entries of trimethoprim, want one since 2018", len(list))
	}
}

func TestResultKeepsComparatorAndEveryRange(t *testing.T) {
	got := reads(t, gp+"emis-uat/9465700088_Mold_full_20210602.json")
	list := find(record(got).GetInvestigationResults(), func(i *lhcrv1.InvestigationResult) bool {
		return i.GetFinding().GetValue().GetQuantity().GetComparator() == ">=" && strings.Contains(i.GetCode().GetDisplay(), "12")
	})
	if len(list) == 0 {
		t.Fatal("no vitamin B12 with a comparator")
	}
	q := list[0].GetFinding().GetValue().GetQuantity()
	// The published digits are 1000.000, and digits stay as sent.
	if q.GetValue() != "1000.000" || q.GetUnit() != "ng/L" || len(list[0].GetFinding().GetRanges()) != 3 {
		t.Errorf("%s %s with %d ranges, want 1000.000 ng/L with 3", q.GetValue(), q.GetUnit(), len(list[0].GetFinding().GetRanges()))
	}
}

func TestEmptyAllergiesInTransitAreNotNone(t *testing.T) {
	got := reads(t, gp+"emis-uat/9465700088_Mold_full_20210602.json")
	o := outcomeOf(t, got, lhcrv1.Section_SECTION_ALLERGIES)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED || !warns(o, lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT) {
		t.Errorf("status %v, want NOTHING_RECORDED with data in transit", o.GetStatus())
	}
}

func TestCompletedSupplyCanBePartial(t *testing.T) {
	r := record(reads(t, "eps-medicines-r4/medicines-ig/dispense-1st-event-with-dispenser.json"))
	list := find(r.GetMedications(), func(m *lhcrv1.Medication) bool {
		return m.GetKind() == lhcrv1.MedicationKind_MEDICATION_KIND_DISPENSE && named("paracetamol")(m)
	})
	if len(list) != 1 {
		t.Fatalf("%d supplies of paracetamol, want 1", len(list))
	}
	m := list[0]
	if m.GetQuantity().GetValue() != "60" || m.GetHeader().GetStatus() != "completed" ||
		!strings.Contains(m.GetSupply().GetOutcome().GetDisplay(), "partial") {
		t.Errorf("%s, %s, %s", m.GetQuantity().GetValue(), m.GetHeader().GetStatus(), m.GetSupply().GetOutcome().GetDisplay())
	}
}

func TestUnitWordsAndCodeStayAsRecordedAndAreFlagged(t *testing.T) {
	r := record(reads(t, "pathology-r4/json-derived/path-R4-example-bundle-FBC-report.json"))
	list := find(r.GetInvestigationResults(), func(i *lhcrv1.InvestigationResult) bool {
		return i.GetFinding().GetValue().GetQuantity().GetUnit() == "l/l"
	})
	if len(list) != 1 {
		t.Fatalf("%d results in l/l, want 1", len(list))
	}
	q := list[0].GetFinding().GetValue().GetQuantity()
	if q.GetValue() != "0.352" || q.GetCode() != "%" || !flagged(list[0].GetHeader(), lhcrv1.Flag_FLAG_UNIT_CODE_DIFFERS) {
		t.Errorf("%s %s coded %s, flags %v", q.GetValue(), q.GetUnit(), q.GetCode(), list[0].GetHeader().GetFlags())
	}
}

func TestMedicinesAsTextAreReturnedAsText(t *testing.T) {
	got := reads(t, "scr-r4/GetScrBundle.json")
	o := outcomeOf(t, got, lhcrv1.Section_SECTION_MEDICATIONS)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT || len(record(got).GetMedications()) != 0 {
		t.Fatalf("status %v with %d items, want RETURNED_AS_TEXT with none", o.GetStatus(), len(record(got).GetMedications()))
	}
	words := ""
	for _, n := range o.GetNarratives() {
		words += n.GetText() + "\n"
	}
	for _, want := range []string{"Paracetamol 250mg/5ml oral suspension", "Last Issued: 12-May-2020"} {
		if !strings.Contains(words, want) {
			t.Errorf("the narrative lacks %q", want)
		}
	}
}
