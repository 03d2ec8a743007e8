package sdk_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/reflect/protoreflect"
)

func TestCompletenessIsNeverBetterThanTheOutcomes(t *testing.T) {
	one := func(status lhcrv1.OutcomeStatus) []*lhcrv1.SectionOutcome {
		return []*lhcrv1.SectionOutcome{outcome("dorset", allergies, status)}
	}
	tests := map[string]struct {
		stated   lhcrv1.Completeness
		outcomes []*lhcrv1.SectionOutcome
		want     lhcrv1.Completeness
	}{
		"complete":              {lhcrv1.Completeness_COMPLETENESS_COMPLETE, one(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED), lhcrv1.Completeness_COMPLETENESS_COMPLETE},
		"complete over a gap":   {lhcrv1.Completeness_COMPLETENESS_COMPLETE, one(lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE), lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE},
		"complete over nothing": {lhcrv1.Completeness_COMPLETENESS_COMPLETE, nil, lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"complete, not held":    {lhcrv1.Completeness_COMPLETENESS_COMPLETE, one(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD), lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND},
		"unspecified":           {lhcrv1.Completeness_COMPLETENESS_UNSPECIFIED, one(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED), lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"partial":               {lhcrv1.Completeness_COMPLETENESS_PARTIAL, one(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED), lhcrv1.Completeness_COMPLETENESS_PARTIAL},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			record := sdk.NewRecord(&lhcrv1.GetRecordResponse{Completeness: test.stated, Outcomes: test.outcomes}, allergies)
			if got := record.Completeness(); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

// Each section's accessor must give what stands in the section's own field.
func TestEachSectionHasItsAccessor(t *testing.T) {
	fields := (&lhcrv1.Record{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if field.Number() > 100 {
			continue
		}
		section := lhcrv1.Section(field.Number())
		t.Run(section.String(), func(t *testing.T) {
			record := &lhcrv1.Record{}
			list := record.ProtoReflect().Mutable(field).List()
			item := list.NewElement()
			item.Message().Set(item.Message().Descriptor().Fields().ByName("header"), protoreflect.ValueOfMessage(header("dorset", "x", section).ProtoReflect()))
			list.Append(item)
			answer := &lhcrv1.GetRecordResponse{Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome("dorset", section, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)}}
			if got := countOf(sdk.NewRecord(answer, section), section); got != 1 {
				t.Errorf("the accessor gave %d items, want 1", got)
			}
		})
	}
}

func count[T any](s sdk.Section[T]) int {
	items, err := s.Complete()
	if err != nil {
		return -1
	}
	return len(items)
}

func countOf(r *sdk.Record, section lhcrv1.Section) int {
	return map[lhcrv1.Section]func() int{
		1: func() int { return count(r.PersonDemographics()) }, 2: func() int { return count(r.GPPractice()) },
		3: func() int { return count(r.PersonalContacts()) }, 4: func() int { return count(r.ProfessionalContacts()) },
		5: func() int { return count(r.AboutMe()) }, 6: func() int { return count(r.IndividualRequirements()) },
		7: func() int { return count(r.Alerts()) }, 8: func() int { return count(r.Allergies()) },
		9: func() int { return count(r.Medications()) }, 10: func() int { return count(r.Vaccinations()) },
		11: func() int { return count(r.Problems()) }, 12: func() int { return count(r.Procedures()) },
		13: func() int { return count(r.InvestigationResults()) }, 14: func() int { return count(r.InvestigationsRequested()) },
		15: func() int { return count(r.ExaminationFindings()) }, 16: func() int { return count(r.Assessments()) },
		17: func() int { return count(r.Risks()) }, 18: func() int { return count(r.Safeguarding()) },
		19: func() int { return count(r.LegalInformation()) }, 20: func() int { return count(r.FamilyHistory()) },
		21: func() int { return count(r.SocialContext()) }, 22: func() int { return count(r.CareAndSupportPlans()) },
		23: func() int { return count(r.AdditionalSupportingPlans()) }, 24: func() int { return count(r.ContingencyPlans()) },
		25: func() int { return count(r.EndOfLifeCare()) }, 26: func() int { return count(r.ReferralDetails()) },
		27: func() int { return count(r.ContactsWithProfessionals()) }, 28: func() int { return count(r.AdmissionDetails()) },
		29: func() int { return count(r.DischargeDetails()) }, 30: func() int { return count(r.FutureAppointments()) },
		31: func() int { return count(r.ServicesAndCare()) }, 32: func() int { return count(r.PlanAndRequestedActions()) },
		33: func() int { return count(r.Goals()) }, 34: func() int { return count(r.Formulation()) },
		35: func() int { return count(r.PregnancyStatus()) }, 36: func() int { return count(r.ParticipationInResearch()) },
		37: func() int { return count(r.Documents()) }, 38: func() int { return count(r.ClinicalNotes()) },
	}[section]()
}

func medicine(region, id string, kind lhcrv1.MedicationKind, words string) *lhcrv1.Medication {
	return &lhcrv1.Medication{
		Header:  header(region, id, lhcrv1.Section_SECTION_MEDICATIONS),
		Kind:    kind,
		Product: &lhcrv1.Product{Code: &lhcrv1.Concept{Display: words}},
	}
}

func medicines() *sdk.Record {
	plan := medicine("dorset", "plan", lhcrv1.MedicationKind_MEDICATION_KIND_PLAN, "Amlodipine 5mg")
	statement := medicine("dorset", "statement", lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT, "Amlodipine 10mg")
	issue := medicine("dorset", "issue", lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE, "Amlodipine 10mg")
	supply := medicine("dorset", "supply", lhcrv1.MedicationKind_MEDICATION_KIND_DISPENSE, "Amlodipine 10mg")
	option := medicine("dorset", "option", lhcrv1.MedicationKind_MEDICATION_KIND_OPTION, "Aspirin 75mg")
	other := medicine("yorkshire", "plan", lhcrv1.MedicationKind_MEDICATION_KIND_PLAN, "Amlodipine 10mg")
	mistake := medicine("yorkshire", "mistake", lhcrv1.MedicationKind_MEDICATION_KIND_PLAN, "Methotrexate 10mg")
	mistake.Header.Retracted = true
	return sdk.NewRecord(&lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{
			Medications: []*lhcrv1.Medication{plan, statement, issue, supply, option, other, mistake},
			MedicationCourses: []*lhcrv1.MedicationCourse{
				{
					CourseId: "1", RegionId: "dorset", RootItemId: "plan", PlanItemId: "plan", Display: "Amlodipine 10mg",
					StatementItemIds: []string{"statement"}, IssueItemIds: []string{"issue", "lost"}, SupplyItemIds: []string{"supply"},
				},
				{CourseId: "1", RegionId: "yorkshire", RootItemId: "plan", PlanItemId: "plan", Display: "Amlodipine 10mg"},
				{CourseId: "2", RegionId: "yorkshire", RootItemId: "mistake", PlanItemId: "mistake", Display: "Methotrexate 10mg"},
			},
		},
		Outcomes: []*lhcrv1.SectionOutcome{
			outcome("dorset", lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED),
			outcome("yorkshire", lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED),
		},
		Groups: []*lhcrv1.EquivalenceGroup{{Items: []*lhcrv1.ItemRef{
			{RegionId: "dorset", ItemId: "plan"}, {RegionId: "yorkshire", ItemId: "plan"}, {RegionId: "yorkshire", ItemId: "not here"},
		}}},
		Links:   []*lhcrv1.ItemLink{{RegionId: "dorset", FromItemId: "issue", ToItemId: "plan", Kind: lhcrv1.LinkKind_LINK_KIND_BASED_ON}},
		Sources: []*lhcrv1.SourceResource{{RegionId: "dorset", ItemId: "plan", Content: []byte("{}")}},
	}, lhcrv1.Section_SECTION_MEDICATIONS)
}

func ids(items ...*lhcrv1.Medication) []string {
	var got []string
	for _, m := range items {
		got = append(got, m.GetHeader().GetRegionId()+"/"+m.GetHeader().GetItemId())
	}
	return got
}

func TestCoursesAreJoinedWithinTheirRegion(t *testing.T) {
	courses, err := medicines().MedicationCourses().Complete()
	if err != nil || len(courses) != 3 {
		t.Fatalf("%d courses, error %v; want 3", len(courses), err)
	}
	dorset, yorkshire, alone := courses[0], courses[1], courses[2]
	if diff := cmp.Diff([]string{"dorset/plan", "dorset/statement", "dorset/issue", "dorset/supply"}, ids(dorset.Items()...)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"lost"}, dorset.Missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	if got := dorset.Stated().GetHeader().GetItemId(); got != "statement" {
		t.Errorf("the course is stated by %q, want the statement", got)
	}
	if diff := cmp.Diff([]string{"yorkshire/plan"}, ids(yorkshire.Items()...)); diff != "" {
		t.Errorf("yorkshire's items (-want +got):\n%s", diff)
	}
	if alone.Name() != "Aspirin 75mg" || alone.RegionID() != "dorset" || alone.Alone == nil {
		t.Errorf("the option does not stand alone: %q in %q", alone.Name(), alone.RegionID())
	}
}

func TestCourseEnteredInErrorIsRetracted(t *testing.T) {
	retracted := medicines().MedicationCourses().Retracted()
	if len(retracted) != 1 || retracted[0].Name() != "Methotrexate 10mg" {
		t.Errorf("%d retracted courses", len(retracted))
	}
}

func TestWhatMayBeTheSameIsFoundAcrossRegions(t *testing.T) {
	record := medicines()
	plan := record.Item("dorset", "plan")
	same := record.MayBeSame(plan)
	if len(same) != 1 || same[0] != record.Item("yorkshire", "plan") {
		t.Errorf("%d items may be the same, want yorkshire's plan alone", len(same))
	}
	if got := record.MayBeSame(record.Item("dorset", "option")); got != nil {
		t.Errorf("%d items may be the same as the option", len(got))
	}
}

func TestLinksAndSourcesAreFoundByItem(t *testing.T) {
	record := medicines()
	links := record.Links(record.Item("dorset", "issue"))
	if len(links) != 1 || links[0].GetToItemId() != "plan" {
		t.Errorf("%d links of the issue", len(links))
	}
	if got := record.Source(record.Item("dorset", "plan")); string(got.GetContent()) != "{}" {
		t.Error("the plan's source is not there")
	}
	if got := record.Source(record.Item("yorkshire", "plan")); got != nil {
		t.Error("the source of another region's plan came")
	}
}

func TestReportsBringTheirResults(t *testing.T) {
	const section = lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
	result := &lhcrv1.InvestigationResult{Header: header("dorset", "r1", section)}
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{
			InvestigationResults: []*lhcrv1.InvestigationResult{result, {Header: header("dorset", "r2", section)}},
			InvestigationReports: []*lhcrv1.InvestigationReport{{Header: header("dorset", "report", section)}},
		},
		Links:    []*lhcrv1.ItemLink{{RegionId: "dorset", FromItemId: "report", ToItemId: "r1", Kind: lhcrv1.LinkKind_LINK_KIND_HAS_MEMBER}},
		Outcomes: []*lhcrv1.SectionOutcome{outcome("dorset", section, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)},
	}, section)
	reports, err := record.InvestigationReports().Complete()
	if err != nil || len(reports) != 1 || len(reports[0].Results) != 1 || reports[0].Results[0] != result {
		t.Errorf("%d reports, error %v", len(reports), err)
	}
}
