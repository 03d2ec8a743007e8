package fhir_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func kinds(o *lhcrv1.SectionOutcome) (warnings []lhcrv1.WarningCode, gaps []lhcrv1.GapKind) {
	for _, w := range o.GetWarnings() {
		warnings = append(warnings, w.GetCode())
	}
	for _, g := range o.GetGaps() {
		gaps = append(gaps, g.GetKind())
	}
	return warnings, gaps
}

const (
	transit      = lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT
	disagrees    = lhcrv1.WarningCode_WARNING_CODE_LIST_DISAGREES
	reasonless   = lhcrv1.WarningCode_WARNING_CODE_EMPTY_WITHOUT_REASON
	contradicted = lhcrv1.WarningCode_WARNING_CODE_ASSERTION_CONTRADICTED
	unread       = lhcrv1.WarningCode_WARNING_CODE_ELEMENTS_UNREAD
	impaired     = lhcrv1.WarningCode_WARNING_CODE_SOURCE_IMPAIRMENT

	failed      = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
	malformed   = lhcrv1.GapKind_GAP_KIND_MALFORMED
	missing     = lhcrv1.GapKind_GAP_KIND_ITEM_MISSING
	otherPerson = lhcrv1.GapKind_GAP_KIND_OTHER_PERSON
	unreadable  = lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE
)

// TestAllergyOutcomes is rules 2 to 5 of the contract for the section where a mistake
// costs most: what came, what must be said of it.
func TestAllergyOutcomes(t *testing.T) {
	timeout := operationOutcome("error", "timeout", "")
	tests := []struct {
		name      string
		resources []string
		status    lhcrv1.OutcomeStatus
		warnings  []lhcrv1.WarningCode
		gaps      []lhcrv1.GapKind
	}{
		{"nothing and no list", nil, nothing, nil, nil},
		{"empty list with its reason", []string{allergyList(emptyReason)}, nothing, nil, nil},
		{"empty list without a reason", []string{allergyList("")}, nothing, []lhcrv1.WarningCode{reasonless}, nil},
		{"empty list with a warning", []string{allergyList(inTransit + emptyReason)}, nothing, []lhcrv1.WarningCode{transit}, nil},
		{"empty list that the source emptied", []string{allergyList(`,"emptyReason":{"coding":[{"code":"withheld"}]}`)}, withheld, nil, []lhcrv1.GapKind{lhcrv1.GapKind_GAP_KIND_WITHHELD}},
		{"empty list that says nil known is no assertion", []string{allergyList(`,"emptyReason":{"coding":[{"code":"nilknown"}]}`)}, nothing, nil, nil},
		{"an allergy", []string{allergy("1"), allergyList("", "AllergyIntolerance/1")}, returned, nil, nil},
		{"an allergy without any list", []string{allergy("1")}, returned, nil, nil},
		{"an allergy and a warning", []string{allergy("1"), allergyList(inTransit, "AllergyIntolerance/1")}, returned, []lhcrv1.WarningCode{transit}, nil},
		{"an allergy beside an empty list", []string{allergy("1"), allergyList(emptyReason)}, returned, []lhcrv1.WarningCode{disagrees}, nil},
		{"an allergy and one that did not come", []string{allergy("1"), allergyList("", "AllergyIntolerance/1", "AllergyIntolerance/2")}, invalid, nil, []lhcrv1.GapKind{missing}},
		{"only one that did not come", []string{allergyList("", "AllergyIntolerance/2")}, invalid, nil, []lhcrv1.GapKind{missing}},
		{"an allergy and a provider that failed", []string{allergy("1"), timeout}, invalid, nil, []lhcrv1.GapKind{lhcrv1.GapKind_GAP_KIND_TIMED_OUT}},
		{"an allergy and another person's", []string{allergy("1"), `{"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/b"},"code":{"text":"Theirs"}}`, patient("b", bob)}, invalid, nil, []lhcrv1.GapKind{otherPerson}},
		{"a resource of no type", []string{allergy("1"), `{"id":"x"}`}, invalid, nil, []lhcrv1.GapKind{unreadable}},
		{"an element that cannot be read", []string{allergy("1", `"onsetDateTime":{"a":1}`)}, returned, []lhcrv1.WarningCode{unread}, nil},

		{"an assertion alone", []string{noAllergy("n", noKnown)}, none, nil, nil},
		{"an assertion in its list", []string{noAllergy("n", noKnown), allergyList("", "AllergyIntolerance/n")}, none, nil, nil},
		{"no known drug allergy, within its own scope", []string{noAllergy("n", noKnownDrug)}, none, nil, nil},
		{"two assertions", []string{noAllergy("n", noKnown), noAllergy("m", noKnownDrug)}, none, nil, nil},
		{"an assertion that the list does not name", []string{noAllergy("n", noKnown), allergyList(emptyReason)}, returned, []lhcrv1.WarningCode{disagrees}, nil},
		{"an assertion beside an allergy", []string{noAllergy("n", noKnown), allergy("1")}, returned, []lhcrv1.WarningCode{contradicted}, nil},
		{"an assertion beside a resolved allergy", []string{noAllergy("n", noKnown), allergy("1", `"clinicalStatus":"resolved"`)}, returned, nil, nil},
		{"an assertion beside a retracted allergy", []string{noAllergy("n", noKnown), allergy("1", `"verificationStatus":"entered-in-error"`)}, returned, nil, nil},
		{"an assertion beside a refuted allergy", []string{noAllergy("n", noKnown), allergy("1", `"verificationStatus":"refuted"`)}, returned, nil, nil},
		{"a retracted assertion", []string{noAllergy("n", noKnown, `"verificationStatus":"entered-in-error"`)}, returned, nil, nil},
		{"a refuted assertion", []string{noAllergy("n", noKnown, `"verificationStatus":"refuted"`)}, returned, nil, nil},
		{"a resolved assertion", []string{noAllergy("n", noKnown, `"clinicalStatus":"resolved"`)}, returned, nil, nil},
		{"an assertion with a warning", []string{noAllergy("n", noKnown), allergyList(inTransit, "AllergyIntolerance/n")}, returned, []lhcrv1.WarningCode{transit}, nil},
		{"an assertion with a gap", []string{noAllergy("n", noKnown), timeout}, invalid, nil, []lhcrv1.GapKind{lhcrv1.GapKind_GAP_KIND_TIMED_OUT}},
		{"an assertion and an entry that did not come", []string{noAllergy("n", noKnown), allergyList("", "AllergyIntolerance/n", "AllergyIntolerance/1")}, invalid, nil, []lhcrv1.GapKind{missing}},
		{"an assertion of which something cannot be read", []string{noAllergy("n", noKnown, `"onsetDateTime":{"a":1}`)}, returned, []lhcrv1.WarningCode{unread}, nil},
		{"an assertion about nobody", []string{`{"resourceType":"AllergyIntolerance","clinicalStatus":"active","code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}}`}, returned, nil, nil},
		{"an assertion whose codings disagree", []string{of("AllergyIntolerance n", `"code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003","display":"No known allergy"},{"system":"http://snomed.info/sct","code":"91936005","display":"Penicillin"}]}`)}, returned, nil, nil},
		{"an assertion whose two codes are said in two ways", []string{of("AllergyIntolerance n", `"code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003","display":"No known allergy"},{"system":"http://snomed.info/sct","code":"160244002","display":"Penicillin"}]}`)}, returned, nil, nil},
		{"not allergic to latex is not none", []string{noAllergy("n", "1003774007")}, returned, nil, nil},
		{"an assertion in another code system is not read as one", []string{of("AllergyIntolerance n", `"code":{"coding":[{"system":"http://local.example","code":"716186003"}]}`)}, returned, nil, nil},
		{"a source that informs", []string{noAllergy("n", noKnown), operationOutcome("information", "informational", "")}, returned, []lhcrv1.WarningCode{impaired}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := read(t, input(sections(allergies), annsRecord(tt.resources...)))
			o := outcomeOf(t, got, allergies)
			warnings, gaps := kinds(o)
			if diff := cmp.Diff([]any{tt.status, tt.warnings, tt.gaps}, []any{o.GetStatus(), warnings, gaps}); diff != "" {
				t.Error(diff)
			}
			if tt.status == invalid && len(record(got).GetAllergies()) > 0 && o.GetMessage() == "" {
				t.Error("a partial list does not say that it is one")
			}
		})
	}
}

// TestWhatIsKnownOfTheQuestionDecidesWhereNothingCame is rule 2 for what the adapter
// knows before the answer is read.
func TestWhatIsKnownOfTheQuestionDecidesWhereNothingCame(t *testing.T) {
	gap := []*lhcrv1.Gap{{Kind: failed}}
	tests := []struct {
		name      string
		asked     fhir.Asked
		resources []string
		status    lhcrv1.OutcomeStatus
		gaps      int
	}{
		{"answered", fhir.Asked{}, nil, nothing, 0},
		{"refused", fhir.Asked{Failure: refused}, nil, refused, 0},
		{"unavailable", fhir.Asked{Failure: unavailable, Gaps: gap}, nil, unavailable, 1},
		{"not held", fhir.Asked{Failure: notHeld}, nil, notHeld, 0},
		{"not supported", fhir.Asked{Failure: unsupported}, nil, unsupported, 0},
		{"withheld", fhir.Asked{Failure: withheld}, nil, withheld, 0},
		{"a page is missing and nothing came", fhir.Asked{Gaps: gap}, nil, invalid, 1},
		{"cut short and nothing came", fhir.Asked{Truncated: true}, nil, invalid, 0},
		{"only withheld gaps", fhir.Asked{Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_WITHHELD}}}, nil, withheld, 1},
		{"only refused gaps", fhir.Asked{Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_REFUSED}}}, nil, refused, 1},
		{"refused and failed gaps", fhir.Asked{Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_REFUSED}, {Kind: failed}}}, nil, invalid, 2},
		{"something came despite a failure", fhir.Asked{Failure: unavailable}, []string{of("Condition c")}, returned, 1},
		{"something came with a gap", fhir.Asked{Failure: unavailable, Gaps: gap}, []string{of("Condition c")}, returned, 1},
		{"something came that is not supported", fhir.Asked{Failure: unsupported}, []string{of("Condition c")}, returned, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input(sections(problems), annsRecord(tt.resources...))
			in.Asked = map[lhcrv1.Section]fhir.Asked{problems: tt.asked}
			o := outcomeOf(t, read(t, in), problems)
			if o.GetStatus() != tt.status || len(o.GetGaps()) != tt.gaps {
				t.Errorf("%v with %d gaps, want %v with %d", o.GetStatus(), len(o.GetGaps()), tt.status, tt.gaps)
			}
		})
	}
}

func TestPartialAllergiesAreInvalidWhateverMadeThemSo(t *testing.T) {
	for name, asked := range map[string]fhir.Asked{
		"a gap": {Gaps: []*lhcrv1.Gap{{Kind: failed}}}, "truncation": {Truncated: true}, "a failure": {Failure: unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(sections(allergies), annsRecord(allergy("1"), noAllergy("n", noKnown)))
			in.Asked = map[lhcrv1.Section]fhir.Asked{allergies: asked}
			got := read(t, in)
			if o := outcomeOf(t, got, allergies); o.GetStatus() != invalid || len(record(got).GetAllergies()) != 2 {
				t.Errorf("%v with %d entries, want INVALID and both", o.GetStatus(), len(record(got).GetAllergies()))
			}
		})
	}
}

func TestOutcomeCarriesItsCircumstances(t *testing.T) {
	applied := &lhcrv1.AppliedQuery{IssuesIncluded: true, SourceTypes: []string{"AllergyIntolerance"}}
	in := input(sections(allergies), annsRecord(allergy("1"), allergy("2"),
		allergyList(inTransit+emptyReason+`,"note":[{"text":"Some data is on its way.","time":"2024"}]`, "AllergyIntolerance/1", "AllergyIntolerance/3")))
	in.Asked = map[lhcrv1.Section]fhir.Asked{allergies: {Applied: applied, RetryAfter: 7e9, Truncated: true}}
	got := outcomeOf(t, read(t, in), allergies)
	if got.GetRetryAfter().AsDuration() != 7e9 || !got.GetRetrievedAt().AsTime().Equal(now) || got.GetRegionId() != "test" {
		t.Error("retry after, retrieved at or region is wrong")
	}
	want := &lhcrv1.SectionOutcome{
		Section: allergies, Status: invalid, Message: got.GetMessage(), Truncated: true, Applied: applied,
		Warnings: []*lhcrv1.Warning{
			{
				Code: transit, Text: "Some data is on its way.", SourceCode: "data-in-transit",
				Date: &lhcrv1.When{Original: "2024-01-01", Precision: lhcrv1.DatePrecision_DATE_PRECISION_DAY},
			},
			{Code: disagrees, Text: "items came that the source's own list does not name: 1"},
		},
		Gaps:        []*lhcrv1.Gap{{Kind: missing, Count: 1, Message: "the source's list names items that did not come"}},
		EmptyReason: &lhcrv1.Concept{Display: "No content recorded", Codings: []*lhcrv1.Coding{{Code: "no-content-recorded", Display: "No content recorded"}}},
		Notes:       []*lhcrv1.Note{{Text: "Some data is on its way.", Written: &lhcrv1.When{Original: "2024", Precision: lhcrv1.DatePrecision_DATE_PRECISION_YEAR}}},
		Counts:      &lhcrv1.ListCounts{Listed: 2, Present: 1, Unresolved: 1, Unlisted: 1},
	}
	got.RetryAfter, got.RetrievedAt, got.RegionId = nil, nil, ""
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestListWarningsKeepTheirCode(t *testing.T) {
	for code, want := range map[string]lhcrv1.WarningCode{
		"data-in-transit": transit, "confidential-items": lhcrv1.WarningCode_WARNING_CODE_CONFIDENTIAL_ITEMS,
		"data-awaiting-filing": lhcrv1.WarningCode_WARNING_CODE_DATA_AWAITING_FILING, "new-one": lhcrv1.WarningCode_WARNING_CODE_UNSPECIFIED,
	} {
		warning := `,"extension":[{"url":"x/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"` + code + `"}]`
		o := outcomeOf(t, read(t, input(sections(problems), annsRecord(list("717711000000103", warning+emptyReason)))), problems)
		if len(o.GetWarnings()) != 1 || o.GetWarnings()[0].GetCode() != want || o.GetWarnings()[0].GetSourceCode() != code {
			t.Errorf("%s: %v", code, o.GetWarnings())
		}
	}
}

func TestNarrativeAloneIsReturnedAsText(t *testing.T) {
	composition := of("Composition c", `"section":[{"title":"Medications","code":{"coding":[{"system":"http://snomed.info/sct","code":"933361000000108"}]},
		"text":{"status":"additional","div":"<div><p>Paracetamol as needed</p></div>"}}]`)
	got := read(t, input(sections(medications), annsRecord(composition)))
	o := outcomeOf(t, got, medications)
	if o.GetStatus() != asText || len(o.GetNarratives()) != 1 || o.GetNarratives()[0].GetText() != "Paracetamol as needed" {
		t.Errorf("%v with %d narratives", o.GetStatus(), len(o.GetNarratives()))
	}
}

func TestEverySectionAskedForHasOneOutcome(t *testing.T) {
	for name, asked := range map[string][]lhcrv1.Section{
		"some": {allergies, problems}, "twice": {allergies, problems, allergies}, "all": nil,
	} {
		t.Run(name, func(t *testing.T) {
			var got []lhcrv1.Section
			for _, o := range read(t, input(asked, annsRecord())).Response.GetOutcomes() {
				got = append(got, o.GetSection())
			}
			want := sections(allergies, problems)
			if asked == nil {
				want = nil
				for n := range lhcrv1.Section_name {
					if n != 0 {
						want = append(want, lhcrv1.Section(n))
					}
				}
				slices.Sort(want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnreadElementsAreNamedWithoutTheirValues(t *testing.T) {
	o := outcomeOf(t, read(t, input(sections(problems), annsRecord(of("Condition c", `"code":"x","onsetDateTime":{"secret":"Quillfeather"}`)))), problems)
	want := []*lhcrv1.Warning{{Code: unread, Text: "some elements could not be read and are missing: Condition.onsetDateTime (1)"}}
	if diff := cmp.Diff(want, o.GetWarnings(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}
