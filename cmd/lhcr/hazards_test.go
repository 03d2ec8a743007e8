package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// sight is what must be seen of one patient, end to end.
type sight struct {
	completeness lhcrv1.Completeness
	// says and mayNot are words of the page that a pharmacist reads.
	says, mayNot []string
	// outcomes are statuses that a pharmacist's system must find, by region and section.
	outcomes map[place]lhcrv1.OutcomeStatus
}

type place struct {
	region  string
	section lhcrv1.Section
}

const (
	complete      = lhcrv1.Completeness_COMPLETENESS_COMPLETE
	partial       = lhcrv1.Completeness_COMPLETENESS_PARTIAL
	noRecordFound = lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND
	noneAvailable = lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE

	returned        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText          = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	assertedNone    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothingRecorded = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld         = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	invalid         = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	mismatch        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
	unavailable     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	refused         = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
)

var (
	dorsetAllergies     = place{"dorset", lhcrv1.Section_SECTION_ALLERGIES}
	dorsetMedicines     = place{"dorset", lhcrv1.Section_SECTION_MEDICATIONS}
	dorsetVaccinations  = place{"dorset", lhcrv1.Section_SECTION_VACCINATIONS}
	yorkshireAllergies  = place{"yorkshire", lhcrv1.Section_SECTION_ALLERGIES}
	yorkshireMedicines  = place{"yorkshire", lhcrv1.Section_SECTION_MEDICATIONS}
	yorkshireResults    = place{"yorkshire", lhcrv1.Section_SECTION_INVESTIGATION_RESULTS}
	yorkshireOutOfReach = map[place]lhcrv1.OutcomeStatus{yorkshireAllergies: notHeld}
)

// sights has a line for every patient of the sandbox. Words of a page are matched
// with their blanks as they stand in a page that is wide enough to wrap nothing.
var sights = map[string]sight{
	"aisha": {partial, []string{"may be missing", "did not say why it is empty"}, []string{"COMPLETE:"},
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: nothingRecorded, dorsetMedicines: nothingRecorded}},
	"brian": {partial, []string{"the allergy list is not whole: what is shown is not all of it", "Trimethoprim", "wasp sting"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: invalid}},
	"carol": {complete, []string{"Allergy to chocolate", "ENDED 2021-07-20, Tolerated at a supervised challenge", "ENDED 2019-06-30, Nausea, not an allergy"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: returned, yorkshireAllergies: returned}},
	"dennis": {partial, []string{"Kirkgate Practice (B99901) failed or could not be reached", "One allergy could not be shown", "failed the region's checks and was left out", "Results before 2015 are not available", "Allergy to peanuts"}, nil,
		map[place]lhcrv1.OutcomeStatus{yorkshireAllergies: invalid, yorkshireMedicines: returned, dorsetAllergies: notHeld}},
	"dilys": {complete, []string{"Co-trimoxazole: skin peeling, hospital admission 1998", "Shellfish: lip swelling", "trust the words, not the code"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: returned}},
	"edwin": {noneAvailable, []string{"the region answered about another NHS number: nothing of it is shown"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: mismatch, yorkshireAllergies: notHeld}},
	"farida": {partial, []string{"items about another person came and are not delivered", "(stated: none known)", "Levothyroxine"}, []string{"Zopiclone", "Nitrazepam", "Temazepam"},
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: assertedNone, dorsetMedicines: returned, yorkshireResults: returned}},
	"gwen-superseded": {noneAvailable, []string{"this NHS number was replaced by another", "the NHS number was replaced by 999 000 2061"}, []string{"TOLLER"},
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: mismatch}},
	"gwen": {complete, []string{"NHS number 999 000 2061", "NHS number not recorded", "Allergy to aspirin", "Chronic obstructive lung disease"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: returned}},
	"hugh": {complete, []string{"ALSO HELD BY YORKSHIRE, probably the same: Omeprazole", "One tablet twice a day", "Two tablets twice a day"},
		[]string{"probably the same: Metformin", "probably the same: Aspirin"}, nil},
	"ivy": {complete, []string{"Take FOUR tablets once a WEEK, on Mondays", "past (stopped)", "placeholder, nobody's decision", "Recorded of its change or end: Expired"}, nil, nil},
	"jarek": {complete, []string{"0.352 l/l", "contradict each other", "35.2%", ">=1000 ng/L", "200–900 normal; up to 140 deficient; 140–200 indeterminate",
		"ITS CODES SAY DIFFERENT THINGS", "(chosen by the user)", "48.0 mmol/mol", "no value: Error"}, nil, nil},
	"kezia":   {complete, []string{"born 1999-12,", "born 1999,", "2019-03", "2003"}, []string{"1999-01-01", "2003-01-01", "2019-03-01"}, nil},
	"leonard": {complete, []string{"~~ Allergy to penicillin ~~", "~~ Latex ~~", "~~ Morphine", "~~ Digoxin", "~~ Heart failure ~~", "~~ Serum potassium level ~~", "ENTERED IN ERROR"}, nil, nil},
	"maeve": {complete, []string{"(stated: none known)"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: assertedNone}},
	"margaret": {partial, []string{"Calder Ridge Community NHS Trust (RZY) did not answer in time", "Anaphylaxis", "Furosemide 40mg", "Furosemide 20mg",
		"Dose reduced from 40 mg to 20 mg", "past (stopped)", "ALSO HELD BY YORKSHIRE, probably the same: Digoxin", "3.5–5.3 mmol/L", "To fetch it:", "document get", "--region yorkshire"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetMedicines: returned, yorkshireMedicines: returned}},
	"niall": {partial, []string{"(stated: no DRUG allergy known; says nothing of others)", "severe peanut allergy", "stands beside a recorded allergy"}, nil, nil},
	"olive": {partial, []string{"Iodophore allergy", "own list does not name", "Amlodipine 10mg"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: returned}},
	"piotr": {complete, []string{"sent as text only: it must be read", "Apixaban 5mg tablets | One tablet twice a day | Started", "Codeine: severe constipation"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetMedicines: asText, dorsetAllergies: asText}},
	"queenie": {partial, []string{"NOT TO BE SHOWN TO THE PATIENT", "Confidential items were left out", "await review"}, nil, nil},
	"rowan":   {complete, []string{"RESTRICTED RECORD: an address may be missing"}, nil, map[place]lhcrv1.OutcomeStatus{dorsetAllergies: assertedNone}},
	"sadie": {complete, []string{"Nothing recorded."}, []string{"stated: none"},
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: nothingRecorded, yorkshireAllergies: nothingRecorded}},
	"tomasz": {complete, []string{"older ones that are not shown here", "Allergy to bisphosphonate"}, nil, yorkshireOutOfReach},
	"una":    {partial, []string{"nobody knows what they are", "Not shown: 1 × WearableReading", "Amlodipine 10mg", "“19”", "One note where a list is due"}, nil, nil},
	"vera": {partial, []string{"the region has another date of birth for this NHS number", "Allergy to penicillin"}, nil,
		map[place]lhcrv1.OutcomeStatus{dorsetAllergies: mismatch, dorsetVaccinations: mismatch, yorkshireAllergies: returned}},
	"walter": {complete, []string{"Emergency care plan", "Prefers to be cared for at home"}, nil,
		map[place]lhcrv1.OutcomeStatus{yorkshireMedicines: returned, dorsetMedicines: notHeld}},
}

func TestEachPatientsHazardsAreSeenEndToEnd(t *testing.T) {
	client := supplier(t, house(t, leisurely()))
	for _, p := range everybody(t) {
		t.Run(p.Slug, func(t *testing.T) {
			want, ok := sights[p.Slug]
			switch {
			case !ok && !heldByPair(p):
				want = sight{completeness: noRecordFound, says: []string{"no record"}}
			case !ok:
				t.Fatal("nothing says what must be seen of this patient: add a line to sights")
			}
			record := mustLookup(t, client, everything(p))
			if got := record.Completeness(); got != want.completeness {
				t.Errorf("completeness %v, want %v", got, want.completeness)
			}
			for where, status := range want.outcomes {
				if got := outcomeAt(record, where); got != status {
					t.Errorf("%s in %s: %v, want %v", where.section, where.region, got, status)
				}
			}
			page := show.View{Width: 2000}.Record(record)
			mustSay(t, page, want.says...)
			mustNotSay(t, page, want.mayNot...)
		})
	}
}

// heldByPair tells whether a region of this house holds the patient. The other regions' tests see to the rest.
func heldByPair(p sandbox.Patient) bool {
	return slices.ContainsFunc(demo.Pair(), func(region string) bool { return slices.Contains(p.Regions(), region) })
}

func outcomeAt(r *sdk.Record, where place) lhcrv1.OutcomeStatus {
	for _, o := range r.Outcomes() {
		if o.GetRegionId() == where.region && o.GetSection() == where.section {
			return o.GetStatus()
		}
	}
	return lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED
}

// Every answer must have one outcome for each region and section.
func TestEveryAnswerIsWholeInItsOutcomes(t *testing.T) {
	client := supplier(t, house(t, leisurely()))
	sections := len(lhcrv1.Section_name) - 1
	for _, p := range everybody(t) {
		record := mustLookup(t, client, everything(p))
		seen := map[place]int{}
		for _, o := range record.Outcomes() {
			seen[place{o.GetRegionId(), o.GetSection()}]++
		}
		for _, region := range []string{"dorset", "yorkshire"} {
			n := 0
			for where, times := range seen {
				if where.region == region && times == 1 {
					n++
				}
			}
			if n != sections {
				t.Errorf("%s: %s has one outcome for %d sections, want %d", p.Slug, region, n, sections)
			}
		}
	}
}

// Seven courses of one antibiotic are seven, however alike they are.
func TestNothingIsDroppedAsADuplicate(t *testing.T) {
	record := mustLookup(t, supplier(t, house(t, leisurely())), everything(patient(t, "walter")))
	courses, _ := record.MedicationCourses().WithGaps()
	amoxicillin := slices.DeleteFunc(courses, func(c *sdk.Course) bool { return !strings.HasPrefix(c.Name(), "Amoxicillin") })
	if len(amoxicillin) != 7 {
		t.Errorf("%d courses of amoxicillin, want 7", len(amoxicillin))
	}
}

// The SDK does not hand out the items of a section that is not whole as if it were.
func TestASectionWithAGapCannotBeReadAsComplete(t *testing.T) {
	record := mustLookup(t, supplier(t, house(t, leisurely())), everything(patient(t, "margaret")))
	if _, err := record.MedicationCourses().Complete(); err == nil || !strings.Contains(err.Error(), "yorkshire") {
		t.Errorf("medicines: %v", err)
	}
	if allergies, err := record.Allergies().Complete(); err != nil || len(allergies) != 4 {
		t.Errorf("allergies: %d, %v", len(allergies), err)
	}
}
