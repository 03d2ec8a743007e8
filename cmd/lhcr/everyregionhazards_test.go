package main

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

const (
	withheld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	notSupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED

	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	problems    = lhcrv1.Section_SECTION_PROBLEMS
	procedures  = lhcrv1.Section_SECTION_PROCEDURES
	results     = lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
	documented  = lhcrv1.Section_SECTION_DOCUMENTS
	notes       = lhcrv1.Section_SECTION_CLINICAL_NOTES
	person      = lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS

	otherPerson = lhcrv1.GapKind_GAP_KIND_OTHER_PERSON
)

type (
	statuses = map[lhcrv1.Section]lhcrv1.OutcomeStatus
	gaps     = map[lhcrv1.Section]lhcrv1.GapKind
)

// glimpse is what must be seen of one patient in one region.
type glimpse struct {
	completeness lhcrv1.Completeness
	outcomes     statuses
	// gaps are kinds of gap that stand in a section, among others that may.
	gaps gaps
	// says and mayNot are words of the page that a pharmacist reads.
	says, mayNot []string
}

// mistaken is a region that answers with somebody else's record.
func mistaken(mayNot ...string) glimpse {
	return glimpse{
		completeness: noneAvailable,
		outcomes:     statuses{person: mismatch, allergies: mismatch, problems: mismatch},
		says:         []string{"the region answered about another NHS number: nothing of it is shown"}, mayNot: mayNot,
	}
}

// empty is a region that knows the patient and holds nothing else.
func empty(of statuses) glimpse {
	all := statuses{allergies: nothingRecorded, medications: nothingRecorded, problems: nothingRecorded}
	for section, status := range of {
		all[section] = status
	}
	return glimpse{completeness: complete, outcomes: all, mayNot: []string{"stated: none"}}
}

// glimpses has a line for every patient of every region beyond the pair, by region and patient.
var glimpses = map[string]map[string]glimpse{
	"cheshire-merseyside": {
		"cerys": {partial, statuses{allergies: returned, documented: returned}, nil,
			[]string{"Latex allergy", "Allergy to amoxicillin", "not read for entries"}, nil},
		"dennis": {partial, statuses{allergies: invalid, medications: returned, results: invalid, documented: returned},
			gaps{allergies: otherPerson, medications: otherPerson, results: otherPerson, documented: otherPerson},
			[]string{"Codeine allergy", "Allergy to peanuts", "documents about another person are listed and are not read"},
			[]string{"Amlodipine", "misfiled"}},
		"edwin": mistaken(),
		"jarek": {complete, statuses{allergies: returned, documented: nothingRecorded}, nil, []string{"Allergy to penicillin"}, nil},
		"kezia": {partial, statuses{problems: returned, documented: returned}, nil,
			[]string{"Epilepsy  active  2003 ", "2019-03"}, []string{"2003-01-01", "2019-03-01"}},
		"margaret": {partial, statuses{allergies: returned, medications: returned, documented: returned}, nil,
			[]string{"Allergy to penicillin", "not read for entries"}, nil},
		"queenie": {partial, statuses{medications: returned, documented: returned}, nil, []string{"Sertraline 100mg"}, nil},
		"sadie":   empty(statuses{documented: nothingRecorded}),
		"vera":    {completeness: noRecordFound, outcomes: statuses{allergies: notHeld, documented: notHeld}},
	},
	"chie": {
		"callum": {complete, statuses{allergies: returned, results: returned, documented: notSupported}, nil,
			[]string{"No issue of it came", "and 25 older ones that are not shown here"}, nil},
		"dilys": {complete, statuses{allergies: returned}, nil,
			[]string{"Allergy to trimethoprim (transferred)", "trust the words, not the code"}, nil},
		"edwin": mistaken("Hypertensive"),
		"gwen": {complete, statuses{allergies: returned, problems: returned}, nil,
			[]string{"NHS number not recorded", "Iodine allergy", "Allergy to sticking plaster", "links as one person's"}, nil},
		"niall": {partial, statuses{allergies: returned}, nil,
			[]string{"no DRUG allergy known", "Severe peanut allergy", "stands beside a recorded allergy"}, []string{"(stated: none known)"}},
		"sadie": empty(nil),
	},
	"great-north": {
		"edwin": mistaken(),
		"leonard": {complete, statuses{allergies: returned, problems: returned}, nil,
			[]string{"~~ Allergy to penicillin ~~", "~~ Myocardial infarction ~~", "ENTERED IN ERROR", "Amoxicillin allergy"}, nil},
		"nora": {complete, statuses{allergies: returned, medications: returned, results: returned}, nil, []string{"Allergy to penicillin", "Apixaban 5mg tablets"}, nil},
		"rowan": {noneAvailable, statuses{person: withheld, allergies: withheld, documented: withheld}, gaps{allergies: lhcrv1.GapKind_GAP_KIND_WITHHELD},
			[]string{"withheld"}, []string{"Allergy to penicillin", "Durweston", "DURWESTON"}},
		"sadie": empty(statuses{documented: nothingRecorded}),
	},
	"greater-manchester": {
		"carol": {complete, statuses{allergies: returned, documented: nothingRecorded}, nil, []string{"Allergy to edible egg"}, nil},
		"edwin": mistaken(),
		"greta": {partial, statuses{allergies: returned, documented: returned}, nil,
			[]string{"H/O: erythromycin allergy", "Allergy to penicillin", "ENDED 2025-09-18", "Its source lists it among ended entries"}, nil},
		"jarek": {partial, statuses{results: returned, documented: returned}, gaps{documented: otherPerson},
			[]string{"0.352 l/l", "about another person"}, []string{"Methotrexate", "somebody else"}},
		"margaret": {partial, statuses{person: returned, allergies: returned, procedures: returned, documented: returned}, nil,
			[]string{"NHS number not recorded", "Cefaclor allergy", "The region holds 3 records that it links as one person's", "application/pdf"}, nil},
		"sadie": empty(statuses{documented: nothingRecorded}),
	},
	"lancashire-south-cumbria": {
		"brian": {partial, statuses{allergies: invalid, problems: invalid, documented: returned},
			gaps{allergies: lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, problems: lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, medications: lhcrv1.GapKind_GAP_KIND_ITEM_MISSING},
			[]string{"Trimethoprim adverse reaction", "the allergy list is not whole", "Allergy clinic letter"}, []string{"itrofurantoin"}},
		"dilys": {partial, statuses{problems: returned, procedures: returned}, nil, []string{"NOT: Pneumococcal vaccine", "Colonoscopy, 2015"}, nil},
		"farida": {partial, statuses{allergies: invalid, medications: returned, documented: returned},
			gaps{allergies: otherPerson, medications: otherPerson, problems: otherPerson, documented: otherPerson},
			[]string{"Levothyroxine", "the allergy list is not whole"}, []string{"Zopiclone", "Nitrazepam", "Allergy to aspirin", "Sleep clinic"}},
		"kezia": {completeness: noRecordFound, outcomes: statuses{allergies: notHeld, documented: notHeld}, says: []string{"no record"}},
		"leonard": {partial, statuses{allergies: returned, documented: returned}, nil,
			[]string{"Allergic reaction to wasp sting", "Amoxicillin 500mg", "Discharge summary, corrected"}, []string{"Allergy to penicillin", "Clarithromycin"}},
		"margaret": {partial, statuses{allergies: returned, medications: returned, results: returned, documented: returned}, nil,
			[]string{"Allergy to iodinated contrast medium", "Digoxin 62.5microgram", "past (stopped)", "application/pdf", "not read for entries"}, nil},
		"piotr": {complete, statuses{allergies: asText, medications: asText, problems: nothingRecorded, documented: returned}, nil,
			[]string{"Chlorhexidine: anaphylaxis in theatre 2019", "Apixaban 5mg tablets | One tablet twice a day", "not read for entries"}, nil},
		"queenie": {partial, statuses{problems: returned, documented: returned}, nil, []string{"Psychological medicine letter", "Domestic abuse of adult"}, nil},
		"sadie":   empty(statuses{documented: nothingRecorded}),
		"tomasz": {partial, statuses{allergies: invalid, problems: invalid, medications: returned, documented: returned},
			gaps{allergies: lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, medications: lhcrv1.GapKind_GAP_KIND_PAGE_MISSING},
			[]string{"there are more documents than are read", "the list was cut short"}, []string{"sulfonamide"}},
		"una": {partial, statuses{allergies: invalid, problems: returned, notes: invalid, documented: returned}, nil,
			[]string{"the document's bytes are not those that the record lists", "a document could not be read", "Ménière disease", "Allergy to food", "Letter that breaks off"},
			[]string{"Allergy to amoxicillin"}},
		"walter": {partial, statuses{allergies: returned, documented: returned}, nil,
			[]string{"Allergy to warfarin", "application/pdf", "not read for entries"}, nil},
	},
	"london": {
		"brian": {partial, statuses{allergies: invalid, problems: invalid, documented: returned}, nil,
			[]string{"names items that did not come", "a document could not be read for its entries", "Allergy to penicillin"}, []string{"itrofurantoin"}},
		"edwin": mistaken(),
		"lola": {partial, statuses{allergies: returned, documented: returned}, nil,
			[]string{"Morphine allergy", "oxycodone, not morphine", "Oxycodone 10mg/1ml", "Crisis card"}, nil},
		"margaret": {partial, statuses{allergies: returned, documented: returned}, nil, []string{"Allergy to penicillin", "Letter of the eye casualty"}, nil},
		"niall":    {complete, statuses{allergies: returned, documented: nothingRecorded}, nil, []string{"Allergy to peanut"}, nil},
		"sadie":    empty(statuses{documented: nothingRecorded}),
	},
	"scr": {
		"carol": {noneAvailable, statuses{allergies: withheld, medications: withheld}, gaps{allergies: lhcrv1.GapKind_GAP_KIND_WITHHELD},
			[]string{"must be asked for permission to view"}, nil},
		"edwin": mistaken(),
		"hugh": {complete, statuses{allergies: asText, medications: asText, problems: returned}, nil,
			[]string{"Adverse reaction to codeine", "WHOSE RECORD THIS IS COULD NOT BE CHECKED"}, []string{"stated: none"}},
		"maeve": {noneAvailable, statuses{allergies: withheld, medications: withheld}, gaps{allergies: lhcrv1.GapKind_GAP_KIND_WITHHELD},
			[]string{"does not permit"}, nil},
		"margaret": {complete, statuses{allergies: asText, medications: asText}, nil, []string{"Rash and swelling of the face", "Furosemide 40mg tablets"}, nil},
	},
	"south-west": {
		"edwin": mistaken(),
		"gwen": {complete, statuses{allergies: returned}, nil,
			[]string{"NHS number not recorded", "Allergy to sticking plaster", "links as one person's"}, nil},
		"ivy":   {complete, statuses{allergies: returned}, nil, []string{"Sulfasalazine allergy", "SIX tablets once a WEEK on Monday"}, nil},
		"sadie": empty(statuses{documented: nothingRecorded}),
		"silas": {complete, statuses{allergies: returned, documented: returned}, nil, []string{"Cefaclor allergy", "text/plain Diabetic eye clinic letter"}, nil},
	},
	"thames-valley-surrey": {
		"carol": {complete, statuses{allergies: returned, documented: notSupported}, nil,
			[]string{"Latex allergy", "Codeine allergy", "Allergy to edible egg", "WHOSE RECORD THIS IS COULD NOT BE CHECKED"}, nil},
		"edwin": mistaken(),
		"hugh": {partial, statuses{allergies: invalid, medications: returned, problems: invalid}, gaps{person: otherPerson, allergies: lhcrv1.GapKind_GAP_KIND_LINKED_RECORD, problems: lhcrv1.GapKind_GAP_KIND_LINKED_RECORD},
			[]string{"records under another NHS number, or of another date of birth, which the region links to this person, are left", "Aspirin allergy"}, []string{"Allergy to penicillin"}},
		"kezia": {complete, statuses{allergies: returned}, nil, []string{"Trimethoprim allergy", "Allergy to peanut", "born 1999-12,", "links as one person's"}, nil},
		"leonard": {complete, statuses{allergies: returned, medications: returned, results: returned}, nil,
			[]string{"~~ Allergy to penicillin ~~", "~~ Aspirin 75mg dispersible tablets ~~", "~~ Serum creatinine level ~~", "~~ Myocardial infarction ~~"}, nil},
		"sadie": empty(nil),
		"thea": {complete, statuses{allergies: returned, medications: returned}, nil,
			[]string{"Metformin 500mg tablets", "Falls assessment", "FH: Osteoporosis", "The date until which it may be issued has passed"}, nil},
	},
}

func TestEachPatientsHazardsAreSeenInEveryRegion(t *testing.T) {
	client := supplier(t, all(t))
	for _, region := range beyondPair(t) {
		for _, p := range everybody(t) {
			if !holds(t, region, p) {
				continue
			}
			t.Run(region+"/"+p.Slug, func(t *testing.T) {
				want, ok := glimpses[region][p.Slug]
				if !ok {
					t.Fatal("nothing says what must be seen of this patient here: add a line to glimpses")
				}
				judgeGlimpse(t, region, mustLookup(t, client, agreeing(p, region)), want)
			})
		}
	}
}

func judgeGlimpse(t *testing.T, region string, record *sdk.Record, want glimpse) {
	t.Helper()
	if got := record.Completeness(); got != want.completeness {
		t.Errorf("completeness %v, want %v", got, want.completeness)
	}
	for section, status := range want.outcomes {
		if got := outcomeAt(record, place{region, section}); got != status {
			t.Errorf("%s: %v, want %v", section, got, status)
		}
	}
	for _, o := range record.Outcomes() {
		if kind, ok := want.gaps[o.GetSection()]; ok && !hasGap(o, kind) {
			t.Errorf("%s: no gap of kind %v among %v", o.GetSection(), kind, o.GetGaps())
		}
	}
	page := show.View{Width: 2000}.Record(record)
	mustSay(t, page, want.says...)
	mustNotSay(t, page, want.mayNot...)
}

// beyondPair are the simulated regions that most tests of the whole house leave out.
func beyondPair(t testing.TB) []string {
	t.Helper()
	return slices.DeleteFunc(simulated(t), func(id string) bool { return slices.Contains(demo.Pair(), id) })
}

// holds tells whether a region has anything of a patient.
func holds(t testing.TB, region string, p sandbox.Patient) bool {
	t.Helper()
	files, err := p.Files(region)
	if err != nil {
		t.Fatal(err)
	}
	return files != nil || slices.Contains(p.Regions(), region)
}

// agreeing asks one region for everything of a patient who consents where that is needed.
func agreeing(p sandbox.Patient, region string) sdk.Query {
	q := everything(p)
	q.Regions = sdk.OnlyRegions(region)
	q.Access.Consents = []*lhcrv1.PeriodOfCareConsent{consent(nil)}
	return q
}

// consent is one that is in force in the Great North, changed.
func consent(change func(*lhcrv1.PeriodOfCareConsent)) *lhcrv1.PeriodOfCareConsent {
	c := &lhcrv1.PeriodOfCareConsent{RegionId: "great-north", Reference: "consent-17", From: "2026-11-01"}
	if change != nil {
		change(c)
	}
	return c
}
