package show_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// wide keeps every cell on one line, so that tests can look for words.
var wide = show.View{Width: 400}

func header(id string) *lhcrv1.ItemHeader {
	return &lhcrv1.ItemHeader{RegionId: "dorset", ItemId: id, SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH}
}

func concept(words string) *lhcrv1.Concept { return &lhcrv1.Concept{Text: words, Display: words} }

// returned are outcomes of the sections, all returned by dorset.
func returned(sections ...lhcrv1.Section) []*lhcrv1.SectionOutcome {
	var all []*lhcrv1.SectionOutcome
	for _, s := range sections {
		all = append(all, &lhcrv1.SectionOutcome{RegionId: "dorset", Section: s, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED})
	}
	return all
}

func render(record *lhcrv1.Record, outcomes []*lhcrv1.SectionOutcome) string {
	answer := &lhcrv1.GetRecordResponse{Record: record, Outcomes: outcomes, Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE}
	var asked []lhcrv1.Section
	for _, o := range outcomes {
		asked = append(asked, o.GetSection())
	}
	return wide.Record(sdk.NewRecord(answer, asked...))
}

// section is what stands under one heading.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, "\n"+strings.ToUpper(heading)+"\n")
	if !found {
		t.Fatalf("there is no heading %q in\n%s", heading, page)
	}
	body, _, _ := strings.Cut(rest, "\n\n")
	return body
}

func mustSay(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(strings.ToLower(text), strings.ToLower(w)) {
			t.Errorf("%q is not said in\n%s", w, text)
		}
	}
}

const (
	allergies = lhcrv1.Section_SECTION_ALLERGIES
	medicines = lhcrv1.Section_SECTION_MEDICATIONS
	results   = lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
)

func TestNothingMissingIsShownAsNone(t *testing.T) {
	tests := map[lhcrv1.OutcomeStatus]string{
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:  "Nothing recorded.",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD:          "No record available.",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:     "No region asked gives this section.",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD:          "! dorset: withheld",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:           "! dorset: the region refused the request",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE:       "! dorset: the region gave no usable answer",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:           "! dorset: the region's answer is not whole",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH: "! dorset: the answer was not certainly about this patient",
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED:       "! dorset: the outcome is not known",
	}
	for status, want := range tests {
		t.Run(status.String(), func(t *testing.T) {
			page := render(&lhcrv1.Record{}, []*lhcrv1.SectionOutcome{{RegionId: "dorset", Section: allergies, Status: status}})
			said := section(t, page, "Allergies and adverse reactions")
			mustSay(t, said, want)
			if strings.Contains(strings.ToLower(said), "none") {
				t.Errorf("it reads as none: %s", said)
			}
		})
	}
}

// What a line of the heading has said is not said again below it, and text is no lack.
func TestWhatIsMissingIsSaidOnceInASection(t *testing.T) {
	answer := func(status lhcrv1.OutcomeStatus, change func(*lhcrv1.SectionOutcome)) string {
		o := &lhcrv1.SectionOutcome{RegionId: "dorset", Section: allergies, Status: status}
		change(o)
		return section(t, render(&lhcrv1.Record{}, []*lhcrv1.SectionOutcome{o}), "Allergies and adverse reactions")
	}
	tests := map[string]struct {
		shown string
		want  string
	}{
		"unavailable": {answer(lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, func(*lhcrv1.SectionOutcome) {}),
			"! dorset: the region gave no usable answer"},
		"text": {answer(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT, func(o *lhcrv1.SectionOutcome) {
			o.Narratives = []*lhcrv1.Narrative{{Text: "Penicillin"}}
		}), "! dorset: sent as text only: it must be read\n  No structured entries: read the text.\n  As text:\n    Penicillin"},
		"cut short": {answer(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, func(o *lhcrv1.SectionOutcome) { o.Truncated = true }),
			"! dorset: the list was cut short\n  Incomplete: something is missing."},
	}
	for name, test := range tests {
		if test.shown != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, test.shown, test.want)
		}
	}
}

func TestTheBannerSaysHowCompleteTheRecordIs(t *testing.T) {
	whole := render(&lhcrv1.Record{}, returned(allergies))
	mustSay(t, whole, "COMPLETE: nothing is known to be missing from what was asked.")
	lame := returned(allergies, medicines)
	lame[1].Gaps = []*lhcrv1.Gap{{ProviderOdsCode: "RZZ", ProviderName: "Moorside Hospital", Message: "did not answer"}}
	page := render(&lhcrv1.Record{}, lame)
	mustSay(t, page, "PARTIAL: something is missing", "! Moorside Hospital (RZZ): did not answer — concerns medications")
	mustSay(t, section(t, page, "Medicines"), "! dorset: Moorside Hospital (RZZ): did not answer")
	if strings.Contains(section(t, page, "Allergies and adverse reactions"), "Moorside") {
		t.Error("the gap stands in a section that it does not concern")
	}
}

func TestTheBannerStandsAboveTheRecord(t *testing.T) {
	page := render(&lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{Header: header("a"), Code: concept("Penicillin")}}}, returned(allergies))
	if banner, item := strings.Index(page, "COMPLETE:"), strings.Index(page, "Penicillin"); banner < 0 || item < banner {
		t.Errorf("the banner stands at %d, the first item at %d", banner, item)
	}
}

func TestRetractedItemsAreStruckInWordsAndInkAlike(t *testing.T) {
	wrong := &lhcrv1.Allergy{Header: header("a"), Code: concept("Latex")}
	wrong.Header.Retracted = true
	answer := &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{wrong}}, Outcomes: returned(allergies)}
	plain := wide.Record(sdk.NewRecord(answer, allergies))
	mustSay(t, plain, "~~ Latex ~~", "ENTERED IN ERROR")
	ink := show.View{Width: 400, Paint: paint.Paint{Colour: true}}.Record(sdk.NewRecord(answer, allergies))
	mustSay(t, ink, "\x1b[9m~~ Latex ~~")
}

func TestAllergiesSayWhatTheyMustNotHide(t *testing.T) {
	flagged := header("e")
	flagged.Flags = []lhcrv1.Flag{lhcrv1.Flag_FLAG_DEGRADED, lhcrv1.Flag_FLAG_UNLISTED}
	flagged.SubjectCheck = lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED
	flagged.Notes = []*lhcrv1.Note{{Text: "possible, not confirmed"}}
	denied := header("f")
	denied.Negated = true
	page := render(&lhcrv1.Record{Allergies: []*lhcrv1.Allergy{
		{Header: header("a"), Code: concept("No known drug allergy"), Absence: lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		{Header: header("b"), Code: concept("Chocolate"), ClinicalStatus: "resolved", Ended: &lhcrv1.AllergyEnd{Date: &lhcrv1.When{Original: "2019-05", Precision: lhcrv1.DatePrecision_DATE_PRECISION_MONTH}, Reason: "tolerated"}},
		{Header: header("c"), Code: concept("Aspirin"), Reactions: []*lhcrv1.AllergyReaction{{Manifestations: []*lhcrv1.Concept{concept("Wheeze")}, Severity: "severe"}}},
		{Header: flagged, Code: concept("Trimethoprim")},
		{Header: denied, Code: concept("Nuts")},
		{Header: header("g")},
	}}, returned(allergies))
	mustSay(t, section(t, page, "Allergies and adverse reactions"),
		"No known drug allergy (stated: no DRUG allergy known; says nothing of others)", "resolved, ENDED 2019-05, tolerated", "Wheeze (severe)",
		"trust the words, not the code", "its source's own list does not name it", "WHOSE RECORD THIS IS COULD NOT BE CHECKED", "Note: possible, not confirmed",
		"NOT: Nuts", "not recorded")
}

func TestAnAllergyRecordedElsewhereIsShownAmongTheAllergies(t *testing.T) {
	diet := &lhcrv1.Alert{Header: header("f"), Code: concept("Peanut-free diet")}
	diet.Header.Section, diet.Header.AlsoUnder = lhcrv1.Section_SECTION_ALERTS, []lhcrv1.Section{allergies}
	page := render(&lhcrv1.Record{Alerts: []*lhcrv1.Alert{diet}}, returned(allergies, lhcrv1.Section_SECTION_ALERTS))
	mustSay(t, section(t, page, "Allergies and adverse reactions"), "Recorded as alerts, belongs here too: Peanut-free diet (dorset)")
}

func TestNarrativeIsShownAndSaidToBeText(t *testing.T) {
	outcomes := returned(medicines)
	outcomes[0].Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	outcomes[0].Narratives = []*lhcrv1.Narrative{{Heading: "Repeat medication", Text: "Paracetamol 250mg/5ml\nlast issued 12-May-2020"}}
	page := render(&lhcrv1.Record{}, outcomes)
	mustSay(t, section(t, page, "Medicines"), "sent as text only: it must be read", "As text: Repeat medication", "Paracetamol 250mg/5ml", "last issued 12-May-2020")
}

func medicine(id string, kind lhcrv1.MedicationKind, name, dose string) *lhcrv1.Medication {
	return &lhcrv1.Medication{
		Header: header(id), Kind: kind, Product: &lhcrv1.Product{Code: concept(name)}, Dosages: []*lhcrv1.Dosage{{Text: dose}},
	}
}

func TestACourseShowsWhereItsRecordsDiffer(t *testing.T) {
	plan := medicine("plan", lhcrv1.MedicationKind_MEDICATION_KIND_PLAN, "Clarithromycin 500mg", "1 tablet, daily")
	statement := medicine("statement", lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT, "Clarithromycin 250mg", "changed: twice daily")
	plan.Change = &lhcrv1.MedicationChange{Reason: concept("Expired"), Date: &lhcrv1.When{Original: "2018-10-27", Precision: lhcrv1.DatePrecision_DATE_PRECISION_DAY}}
	plan.Header.Flags = []lhcrv1.Flag{lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER, lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED}
	plan.Product.Code.CodingsDisagree = true
	plan.Product.Code.Codings = []*lhcrv1.Coding{{Display: "2 g"}, {Display: "1 g", UserSelected: true}}
	statement.Reasons = []*lhcrv1.MedicationReason{{Reason: concept("Chest infection"), Basis: lhcrv1.ReasonBasis_REASON_BASIS_LINKED_PROBLEM}}
	statement.LastIssued = &lhcrv1.When{Original: "2020-01-28", Precision: lhcrv1.DatePrecision_DATE_PRECISION_DAY}
	page := render(&lhcrv1.Record{
		Medications: []*lhcrv1.Medication{plan, statement},
		MedicationCourses: []*lhcrv1.MedicationCourse{{
			RegionId: "dorset", CourseId: "c", RootItemId: "plan", PlanItemId: "plan", StatementItemIds: []string{"statement"},
			Listing: lhcrv1.CourseListing_COURSE_LISTING_ACTIVE, Status: "active", PlanStatus: "stopped", Display: "Clarithromycin 250mg",
		}},
	}, returned(medicines))
	mustSay(t, section(t, page, "Medicines"), "Clarithromycin 250mg", "current (active)", "changed: twice daily", "Chest infection (linked problem)", "2020-01-28",
		"Its plan names another product: Clarithromycin 500mg", "Its plan says another dose: 1 tablet, daily", "Its authorisation's own status: stopped",
		"Recorded of its change or end: Expired, 2018-10-27", "placeholder, nobody's decision",
		"ITS CODES SAY DIFFERENT THINGS: 2 g; 1 g (chosen by the user)")
}

func TestAMedicineOfTwoRegionsIsTiedAndNotMerged(t *testing.T) {
	here := medicine("here", lhcrv1.MedicationKind_MEDICATION_KIND_PLAN, "Amlodipine 5mg", "one each morning")
	there := medicine("there", lhcrv1.MedicationKind_MEDICATION_KIND_PLAN, "Amlodipine 10mg", "one each night")
	there.Header.RegionId = "yorkshire"
	answer := &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{Medications: []*lhcrv1.Medication{here, there}}, Outcomes: returned(medicines),
		Groups: []*lhcrv1.EquivalenceGroup{{Items: []*lhcrv1.ItemRef{{RegionId: "dorset", ItemId: "here"}, {RegionId: "yorkshire", ItemId: "there"}}}},
	}
	said := section(t, wide.Record(sdk.NewRecord(answer, medicines)), "Medicines")
	mustSay(t, said, "ALSO HELD BY YORKSHIRE, probably the same: Amlodipine 10mg, one each night", "ALSO HELD BY DORSET, probably the same: Amlodipine 5mg, one each morning")
}

func TestAPartialSupplyIsNotShownAsDone(t *testing.T) {
	supply := medicine("s", lhcrv1.MedicationKind_MEDICATION_KIND_DISPENSE, "Paracetamol 500mg", "two when needed")
	supply.Header.Status, supply.Quantity = "completed", &lhcrv1.Quantity{Value: "60", Unit: "tablet"}
	supply.Supply = &lhcrv1.Supply{Outcome: concept("Item dispensed - partial")}
	page := render(&lhcrv1.Record{Medications: []*lhcrv1.Medication{supply}}, returned(medicines))
	mustSay(t, section(t, page, "Medicines"), "60 tablet, completed, Item dispensed - partial")
}

func result(id, name, date string, value *lhcrv1.Value) *lhcrv1.InvestigationResult {
	return &lhcrv1.InvestigationResult{Header: header(id), Code: concept(name), Finding: &lhcrv1.Finding{
		Value: value, Effective: &lhcrv1.When{Original: date, Precision: lhcrv1.DatePrecision_DATE_PRECISION_INSTANT},
	}}
}

func amount(value, unit string) *lhcrv1.Quantity { return &lhcrv1.Quantity{Value: value, Unit: unit} }

func TestResultsKeepComparatorUnitAndEveryRange(t *testing.T) {
	b12 := result("a", "Vitamin B12", "2021-06-02T00:00:00+01:00", &lhcrv1.Value{Kind: &lhcrv1.Value_Quantity{Quantity: &lhcrv1.Quantity{Value: "1000", Comparator: ">=", Unit: "ng/L"}}})
	b12.Finding.Ranges = []*lhcrv1.ReferenceRange{
		{Low: amount("197", "ng/L"), High: amount("771", "ng/L")}, {Text: "deficient below 150"}, {High: amount("2.5", "nmol/L")},
	}
	odd := result("b", "Haematocrit", "2020-01-01T10:00:00Z", &lhcrv1.Value{Kind: &lhcrv1.Value_Quantity{Quantity: &lhcrv1.Quantity{Value: "0.352", Unit: "l/l", Code: "%"}}})
	odd.Header.Flags = []lhcrv1.Flag{lhcrv1.Flag_FLAG_UNIT_CODE_DIFFERS}
	comment := result("c", "Urine culture", "2019-01-01T10:00:00Z", nil)
	comment.Header.Notes = []*lhcrv1.Note{{Text: "no growth"}}
	page := render(&lhcrv1.Record{InvestigationResults: []*lhcrv1.InvestigationResult{comment, odd, b12}}, returned(results))
	said := section(t, page, "Results, newest first")
	mustSay(t, said, ">=1000 ng/L", "197–771 ng/L; deficient below 150; up to 2.5 nmol/L", "2021-06-02 00:00", "0.352 l/l", "the unit's words and code contradict each other", "Note: no growth")
	if strings.Index(said, "Vitamin B12") > strings.Index(said, "Haematocrit") {
		t.Error("the newest result does not stand first")
	}
}

func TestResultsThatAreLeftOutAreCounted(t *testing.T) {
	var all []*lhcrv1.InvestigationResult
	for range 23 {
		all = append(all, result("r", "Sodium", "2020-01-01T10:00:00Z", nil))
	}
	mustSay(t, render(&lhcrv1.Record{InvestigationResults: all}, returned(results)), "… and 3 older ones that are not shown here.")
}

func TestDatesKeepTheirPrecision(t *testing.T) {
	problem := func(id, date string, p lhcrv1.DatePrecision) *lhcrv1.Problem {
		return &lhcrv1.Problem{Header: header(id), Code: concept("Problem " + id), Onset: &lhcrv1.When{Original: date, Precision: p}}
	}
	page := render(&lhcrv1.Record{Problems: []*lhcrv1.Problem{
		problem("year", "2018", lhcrv1.DatePrecision_DATE_PRECISION_YEAR),
		problem("month", "2018-03", lhcrv1.DatePrecision_DATE_PRECISION_MONTH),
		problem("midnight", "2018-03-07T00:00:00+01:00", lhcrv1.DatePrecision_DATE_PRECISION_INSTANT),
		problem("odd", "1993-02-93", lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED),
	}}, returned(lhcrv1.Section_SECTION_PROBLEMS))
	said := section(t, page, "Problems")
	mustSay(t, said, "2018-03 ", "2018-03-07 ", "“1993-02-93”")
	if strings.Contains(said, "2018-01") {
		t.Error("a precision was invented")
	}
}

func TestVaccinationsSayWhetherTheyWereGiven(t *testing.T) {
	yes, no := true, false
	page := render(&lhcrv1.Record{Vaccinations: []*lhcrv1.Immunisation{
		{Header: header("a"), Procedure: concept("Hepatitis A vaccination"), Vaccine: concept("UNK"), Given: &yes, LotNumber: "AAJN11K", Protocols: []*lhcrv1.ImmunisationProtocol{{DoseNumber: "1", SeriesDoses: "3"}}},
		{Header: header("b"), Procedure: concept("Influenza vaccination"), Given: &no, ReasonsNotGiven: []*lhcrv1.Concept{concept("declined")}},
		{Header: header("c"), Procedure: concept("MMR")},
	}}, returned(lhcrv1.Section_SECTION_VACCINATIONS))
	mustSay(t, section(t, page, "Vaccinations"), "Hepatitis A vaccination — UNK", "1 of 3", "AAJN11K", "NOT GIVEN", "Reason for not giving it, as recorded: declined", "not recorded")
}

func TestItemsNotForThePatientSaySo(t *testing.T) {
	hidden := &lhcrv1.Problem{Header: header("a"), Code: concept("Safeguarding concern")}
	hidden.Header.NotForPatient = true
	mustSay(t, render(&lhcrv1.Record{Problems: []*lhcrv1.Problem{hidden}}, returned(lhcrv1.Section_SECTION_PROBLEMS)), "NOT TO BE SHOWN TO THE PATIENT")
}

func TestThePersonsHeaderSaysWhatIsSpecial(t *testing.T) {
	dead := true
	page := render(&lhcrv1.Record{PersonDemographics: []*lhcrv1.Person{{
		Header: header("p"), NhsNumber: "9990000018", NhsNumberValid: true, Names: []*lhcrv1.HumanName{{Given: []string{"Ada"}, Family: "Example"}},
		BirthDate: &lhcrv1.When{Original: "1951", Precision: lhcrv1.DatePrecision_DATE_PRECISION_YEAR}, Restricted: true, Deceased: &dead,
	}}}, returned(lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS))
	mustSay(t, page, "Ada EXAMPLE, born 1951, NHS number 999 000 0018", "RECORDED AS DECEASED", "RESTRICTED RECORD")
}

func TestEverySectionThatAnswersIsNamed(t *testing.T) {
	var outcomes []*lhcrv1.SectionOutcome
	for number := range lhcrv1.Section_name {
		if number != 0 {
			outcomes = append(outcomes, &lhcrv1.SectionOutcome{RegionId: "dorset", Section: lhcrv1.Section(number), Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED})
		}
	}
	page := strings.ToLower(render(&lhcrv1.Record{}, outcomes))
	own := map[lhcrv1.Section]string{
		1: "person:", 7: "alerts", 8: "allergies", 9: "medicines", 10: "vaccinations", 11: "problems", 13: "results, newest first", 37: "documents",
	}
	_, rest, _ := strings.Cut(page, "other sections")
	for _, o := range outcomes {
		if words, ok := own[o.GetSection()]; ok {
			mustSay(t, page, words)
			continue
		}
		mustSay(t, strings.Join(strings.Fields(rest), " "), sdk.SectionName(o.GetSection()))
	}
}

func TestSectionsThatWereNotAskedForTakeNoRoom(t *testing.T) {
	page := render(&lhcrv1.Record{}, returned(allergies))
	mustSay(t, page, "Sections that were not asked for are not shown.")
	if strings.Contains(page, "MEDICINES") {
		t.Error("a section that was not asked for has a block")
	}
}

func TestSourceObjectsThatDidNotBecomeItemsAreCounted(t *testing.T) {
	answer := &lhcrv1.GetRecordResponse{Outcomes: returned(allergies), Regions: []*lhcrv1.RegionReport{{
		RegionId: "dorset", Name: "Dorset Care Record", Notes: []string{"leaves out sexual health"},
		Reported: []*lhcrv1.ReportedResources{{SourceType: "Basic", Count: 2, Reason: "no section knows it"}},
	}}}
	mustSay(t, wide.Record(sdk.NewRecord(answer, allergies)), "dorset: Dorset Care Record", "Not shown: 2 × Basic (no section knows it)", "Always so: leaves out sexual health")
}
