package fhir_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	modified  = lhcrv1.WarningCode_WARNING_CODE_MODIFIER_UNREAD
	subset    = lhcrv1.WarningCode_WARNING_CODE_SOURCE_SUBSET
	reasoned  = lhcrv1.WarningCode_WARNING_CODE_EMPTY_FOR_A_REASON
	notWhole  = lhcrv1.WarningCode_WARNING_CODE_LIST_NOT_WHOLE
	maySay    = lhcrv1.WarningCode_WARNING_CODE_NARRATIVE_MAY_SAY_MORE
	secret    = lhcrv1.WarningCode_WARNING_CODE_CONFIDENTIAL_ITEMS
	kept      = lhcrv1.GapKind_GAP_KIND_WITHHELD
	page      = lhcrv1.GapKind_GAP_KIND_PAGE_MISSING
	timedOut  = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
	endedList = "1103671000000101"
)

// allergySection is a document whose section of allergies has a narrative of a status, or is
// empty for a reason.
func allergySection(content string) string {
	return of("Composition s", `"status":"final","section":[{"title":"Allergies","code":{"coding":[{"code":"allergies-and-adverse-reactions"}]},`+content+`}]`)
}

func narrated(status string) string {
	return allergySection(`"text":{"status":"` + status + `","div":"<div>Penicillin</div>"}`)
}

func emptied(code string) string { return `,"emptyReason":{"coding":[{"code":"` + code + `"}]}` }

func labelled(where, code string) string { return `"meta":{"` + where + `":[{"code":"` + code + `"}]}` }

const modifier = `"modifierExtension":[{"url":"https://a.example/negates","valueBoolean":true}]`

// TestNothingDoubtfulAssertsNone is rule 3 of the contract against what makes a record
// look as if nothing were known: each case leaves an assertion that must not be taken
// for "none", with what says so.
func TestNothingDoubtfulAssertsNone(t *testing.T) {
	assertion := noAllergy("n", noKnown)
	listed := allergyList("", "AllergyIntolerance/n")
	codes := func(list ...lhcrv1.WarningCode) []lhcrv1.WarningCode { return list }
	tests := []struct {
		name      string
		resources []string
		status    lhcrv1.OutcomeStatus
		warnings  []lhcrv1.WarningCode
		gaps      []lhcrv1.GapKind
	}{
		{"it has a modifier", []string{noAllergy("n", noKnown, modifier)}, returned, codes(modified), nil},
		{"it has rules of its own", []string{noAllergy("n", noKnown, `"implicitRules":"https://a.example/rules"`)}, returned, codes(modified), nil},
		{"its list has a modifier", []string{assertion, allergyList(","+modifier, "AllergyIntolerance/n")}, returned, codes(modified), nil},
		{"its practitioner has a modifier", []string{assertion, `{"resourceType":"Practitioner","id":"p",` + modifier + `}`}, returned, codes(modified), nil},
		{"an allergy beside it has a modifier", []string{assertion, allergy("1", modifier)}, returned, codes(modified, contradicted), nil},

		{"a part of it came", []string{noAllergy("n", noKnown, labelled("tag", "SUBSETTED"))}, returned, codes(subset), nil},
		{"a part of its list came", []string{assertion, allergyList(","+labelled("security", "REDACTED"), "AllergyIntolerance/n")}, returned, codes(subset), nil},

		{"a second list is withheld", []string{assertion, listed, list(endedList, emptied("withheld"))}, invalid, nil, []lhcrv1.GapKind{kept}},
		{"a second list could not be given", []string{assertion, listed, list(endedList, emptied("unavailable"))}, invalid, nil, []lhcrv1.GapKind{failed}},
		{"a second list is empty without a reason", []string{assertion, listed, list(endedList, "")}, returned, codes(reasonless), nil},
		{"nobody asked for a second list", []string{assertion, listed, list(endedList, emptied("notasked"))}, returned, codes(reasoned), nil},
		{"a second list was not started", []string{assertion, listed, list(endedList, emptied("notstarted"))}, returned, codes(reasoned), nil},
		{"a second list is closed", []string{assertion, listed, list(endedList, emptied("closed"))}, returned, codes(reasoned), nil},
		{"a second list is empty for a reason of tomorrow", []string{assertion, listed, list(endedList, emptied("whatever"))}, returned, codes(reasoned), nil},
		{"a second list is empty for a reason in words", []string{assertion, listed, list(endedList, `,"emptyReason":{"text":"see paper"}`)}, returned, codes(reasoned), nil},
		{"the worst of two reasons", []string{assertion, listed, list(endedList, `,"emptyReason":{"coding":[{"code":"no-content-recorded"},{"code":" WITHHELD"}]}`)}, invalid, nil, []lhcrv1.GapKind{kept}},
		{"a document withholds its section", []string{assertion, allergySection(strings.TrimPrefix(emptied("withheld"), ","))}, invalid, nil, []lhcrv1.GapKind{kept}},

		{"its entry is deleted", []string{assertion, list("886921000000105", `,"entry":[{"deleted":true,"item":{"reference":"AllergyIntolerance/n"}}]`+emptyReason)}, returned, codes(disagrees), nil},
		{"its list is retired", []string{assertion, allergyList(`,"status":"retired"`, "AllergyIntolerance/n")}, returned, codes(notWhole), nil},
		{"its list holds changes", []string{assertion, allergyList(`,"mode":"changes"`, "AllergyIntolerance/n")}, returned, codes(notWhole), nil},
		{"its only list was taken back", []string{assertion, allergyList(`,"status":"entered-in-error"`, "AllergyIntolerance/n")}, returned, codes(notWhole), nil},

		{"a text stands beside it", []string{assertion, narrated("additional")}, returned, codes(maySay), nil},
		{"a text that repeats the entries stands beside it", []string{assertion, narrated("generated")}, returned, nil, nil},
		{"it has a text of its own", []string{noAllergy("n", noKnown, `"text":{"status":"additional","div":"<div>but see penicillin</div>"}`)}, returned, codes(maySay), nil},

		{"another system's code names an allergy", []string{of("AllergyIntolerance n", `"clinicalStatus":"active","code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"},{"system":"http://read.info/readv2","code":"14L1.","display":"H/O: penicillin allergy"}]}`)}, returned, nil, nil},
		{"its words name an allergy", []string{of("AllergyIntolerance n", `"clinicalStatus":"active","code":{"text":"Allergy to penicillin","coding":[{"system":"http://snomed.info/sct","code":"716186003"}]}`)}, returned, nil, nil},
		{"it has a reaction", []string{noAllergy("n", noKnown, `"reaction":[{"description":"rash"}]`)}, returned, nil, nil},

		{"a problem is an allergy, by its code", []string{assertion, of("Condition c", `"clinicalStatus":"active","code":{"coding":[{"system":"http://snomed.info/sct","code":"91936005"}]}`)}, returned, codes(contradicted), nil},
		{"a problem is an allergy, by its words", []string{assertion, of("Condition c", `"clinicalStatus":"inactive","code":{"text":"Anaphylaxis after eating nuts"}`)}, returned, codes(contradicted), nil},
		{"an alert without a category is an allergy", []string{assertion, of("Flag f", `"status":"active","code":{"text":"severe peanut allergy"}`)}, returned, codes(contradicted), nil},
		{"a problem that was an allergy", []string{assertion, of("Condition c", `"clinicalStatus":"resolved","code":{"text":"Allergy to milk"}`)}, returned, nil, nil},
		{"an alert that was removed", []string{assertion, of("Flag f", `"status":"inactive","code":{"text":"peanut allergy"}`)}, returned, nil, nil},
		{"a refuted problem", []string{assertion, of("Condition c", `"verificationStatus":"refuted","code":{"text":"Allergy to milk"}`)}, returned, nil, nil},
		{"a retracted problem", []string{assertion, of("Condition c", `"verificationStatus":"entered-in-error","code":{"text":"Allergy to milk"}`)}, returned, nil, nil},

		{"a bare not found", []string{assertion, operationOutcome("error", "not-found", "")}, invalid, nil, []lhcrv1.GapKind{failed}},
		{"a failure behind a warning", []string{assertion, `{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"not-found","details":{"coding":[{"code":"PATIENT_NOT_FOUND"}]}},{"severity":"error","code":"timeout"}]}`}, invalid, nil, []lhcrv1.GapKind{timedOut}},
		{"an allergy of problems' own list did not come", []string{assertion, of("List l", `"code":{"coding":[{"code":"problems-allergies-related-to-problems"}]},"entry":[{"item":{"reference":"AllergyIntolerance/gone"}}]`)}, invalid, nil, []lhcrv1.GapKind{missing}},
		{"an allergy of a list that nobody knows did not come", []string{assertion, of("List l", `"title":"Mine","entry":[{"item":{"reference":"AllergyIntolerance/gone"}}]`)}, invalid, nil, []lhcrv1.GapKind{missing}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(tt.resources...))), allergies)
			warnings, gaps := kinds(o)
			if diff := cmp.Diff([]any{tt.status, tt.warnings, tt.gaps}, []any{o.GetStatus(), warnings, gaps}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWhatIsNoDoubtLeavesNoneAsserted keeps the rules from growing: none of these is a
// reason not to believe an assertion.
func TestWhatIsNoDoubtLeavesNoneAsserted(t *testing.T) {
	assertion := noAllergy("n", noKnown)
	listed := allergyList("", "AllergyIntolerance/n")
	for name, resources := range map[string][]string{
		"a second list is empty, as it says":            {assertion, listed, list(endedList, emptyReason)},
		"a second list says that nil is known":          {assertion, listed, list(endedList, emptied("nilknown"))},
		"a list was entered in error":                   {assertion, listed, list(endedList, `,"status":"entered-in-error"`+emptied("withheld"))},
		"its list is a working list":                    {assertion, allergyList(`,"mode":"working","status":"current"`, "AllergyIntolerance/n")},
		"its own text repeats it":                       {noAllergy("n", noKnown, `"text":{"status":"generated","div":"<div>No known allergies</div>"}`)},
		"a problem says the same":                       {assertion, of("Condition c", `"code":{"text":"No known allergies"}`)},
		"a relative's allergy":                          {assertion, of("Condition c", `"code":{"coding":[{"display":"FH: Drug allergy"}]}`)},
		"its status is written in capitals":             {noAllergy("n", noKnown, `"clinicalStatus":" Active"`)},
		"other codes and words say the same":            {of("AllergyIntolerance n", `"clinicalStatus":"active","code":{"text":"Patient has no known allergies","coding":[{"system":"http://snomed.info/sct","code":"716186003","display":"No known allergy (situation)"},{"system":"http://read.info/readv2","code":"1151.","display":"NKA"}]}`)},
		"a provider does not know the patient":          {assertion, operationOutcome("error", "not-found", `,"details":{"coding":[{"code":"PATIENT_NOT_FOUND"}]}`)},
		"a list of uncategorised data is in transit":    {assertion, list("826501000000100", inTransit+emptyReason)},
		"a list that nobody knows says things in words": {assertion, of("List l", `"title":"Mine","entry":[{"item":{"display":"Something"}}]`)},
	} {
		t.Run(name, func(t *testing.T) {
			o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(resources...))), allergies)
			if warnings, gaps := kinds(o); o.GetStatus() != none {
				t.Errorf("%v with %v and %v", o.GetStatus(), warnings, gaps)
			}
		})
	}
}

// TestAFramesDoubtsAreThoseOfAllThatItHolds is for a bundle that is no plain fact, also
// an empty one.
func TestAFramesDoubtsAreThoseOfAllThatItHolds(t *testing.T) {
	for name, tt := range map[string]struct {
		element string
		want    lhcrv1.WarningCode
	}{
		"rules":  {`"implicitRules":"https://a.example/rules"`, modified},
		"subset": {labelled("tag", "SUBSETTED"), subset},
	} {
		t.Run(name, func(t *testing.T) {
			framed := func(body string) string { return strings.Replace(body, `"type"`, tt.element+`,"type"`, 1) }
			in := input(sections(allergies, problems, alerts), annsRecord(noAllergy("n", noKnown)), framed(`{"resourceType":"Bundle","type":"searchset","entry":[]}`))
			in.Payloads[0].Sections, in.Payloads[1].Sections = sections(allergies, alerts), sections(problems)
			got := read(t, in)
			for s, want := range map[lhcrv1.Section][]lhcrv1.WarningCode{allergies: nil, problems: {tt.want}, alerts: nil} {
				if warnings, _ := kinds(outcomeOf(t, got, s)); !slices.Equal(warnings, want) {
					t.Errorf("%v: %v, want %v", s, warnings, want)
				}
			}
			whole := read(t, input(sections(allergies), framed(annsRecord(noAllergy("n", noKnown)))))
			if warnings, _ := kinds(outcomeOf(t, whole, allergies)); !slices.Equal(warnings, []lhcrv1.WarningCode{tt.want}) {
				t.Errorf("what it holds: %v", warnings)
			}
		})
	}
}

// TestOnePracticesAssertionNeedsItsList is docs/adr/0009: GP Connect always sends a list.
func TestOnePracticesAssertionNeedsItsList(t *testing.T) {
	assertion := noAllergy("n", noKnown)
	tests := []struct {
		name      string
		resources []string
		status    lhcrv1.OutcomeStatus
		warnings  []lhcrv1.WarningCode
	}{
		{"in its list", []string{assertion, allergyList("", "AllergyIntolerance/n")}, none, nil},
		{"without any list", []string{assertion}, returned, []lhcrv1.WarningCode{notWhole}},
		{"in a list that does not name it", []string{assertion, allergyList(emptyReason)}, returned, []lhcrv1.WarningCode{disagrees}},
		{"in a list of another kind", []string{assertion, of("List l", `"title":"Topic","code":{"coding":[{"code":"25851000000105"}]},"entry":[{"item":{"reference":"AllergyIntolerance/n"}}]`)}, returned, []lhcrv1.WarningCode{notWhole}},
		{"an allergy needs no list", []string{allergy("1")}, returned, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input(sections(allergies), annsRecord(tt.resources...))
			in.Courses, in.SourceIsPatientsPractice = mapping.CourseRuleGPConnect, true
			o := outcomeOf(t, read(t, in), allergies)
			if warnings, _ := kinds(o); o.GetStatus() != tt.status || !slices.Equal(warnings, tt.warnings) {
				t.Errorf("%v with %v", o.GetStatus(), warnings)
			}
		})
	}
}

func TestNarrativesBesideItems(t *testing.T) {
	for status, want := range map[string]int{"additional": 1, "extensions": 1, "": 1, "generated": 0, "empty": 0} {
		o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(allergy("1"), narrated(status)))), allergies)
		if warnings, _ := kinds(o); o.GetStatus() != returned || len(warnings) != want {
			t.Errorf("%q: %v with %v", status, o.GetStatus(), warnings)
		}
	}
	if o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(narrated("additional")))), allergies); len(o.GetWarnings()) != 0 || o.GetStatus() != asText {
		t.Errorf("alone: %v with %v", o.GetStatus(), o.GetWarnings())
	}
}

func TestListsWithoutASectionOfTheirOwnAreHeard(t *testing.T) {
	confidential := `,"extension":[{"url":"x/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"confidential-items"}]`
	findings, results, contacts := lhcrv1.Section_SECTION_EXAMINATION_FINDINGS, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS
	tests := []struct {
		name, list string
		want       []lhcrv1.Section
	}{
		{"uncategorised data", list("826501000000100", confidential+emptyReason), sections(results, findings)},
		{"uncategorised data of problems", of("List l", `"code":{"coding":[{"code":"problems-uncategorised-data-related-to-problems"}]}`+confidential), sections(results, findings)},
		{"allergies of problems", of("List l", `"code":{"coding":[{"code":"problems-allergies-related-to-problems"}]}`+confidential), sections(allergies)},
		{"a consultation", list("325851000000107", confidential), sections(contacts)},
		{"a list that nobody knows", of("List l", `"title":"Mine"`+confidential), sections(allergies, results, findings, contacts)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var warned []lhcrv1.Section
			for _, o := range read(t, input(sections(allergies, results, findings, contacts), annsRecord(tt.list))).Response.GetOutcomes() {
				if warnings, _ := kinds(o); slices.Contains(warnings, secret) {
					warned = append(warned, o.GetSection())
				}
			}
			if diff := cmp.Diff(tt.want, warned); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAListThatNobodyKnowsKeepsItsWords(t *testing.T) {
	notes := lhcrv1.Section_SECTION_CLINICAL_NOTES
	o := outcomeOf(t, read(t, input(sections(notes), annsRecord(of("List l", `"title":"Repeats","entry":[{"item":{"display":"Salbutamol (2/6)"}},{}]`)))), notes)
	if len(o.GetNotes()) != 1 || o.GetNotes()[0].GetText() != "Repeats: Salbutamol (2/6)" || len(o.GetGaps()) != 0 {
		t.Errorf("notes %v, gaps %v", o.GetNotes(), o.GetGaps())
	}
}

func TestARetractedEntryDoesNotDisagreeWithItsList(t *testing.T) {
	retracted := allergy("2", `"verificationStatus":"entered-in-error"`)
	o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(allergy("1"), retracted, allergyList("", "AllergyIntolerance/1")))), allergies)
	if len(o.GetWarnings()) != 0 || o.GetStatus() != returned {
		t.Errorf("%v with %v", o.GetStatus(), o.GetWarnings())
	}
}

func TestAFirstPageIsNotAll(t *testing.T) {
	searchset := func(element string) string {
		return strings.Replace(annsRecord(of("Condition c")), `"type":"searchset"`, `"type":"searchset",`+element, 1)
	}
	for name, element := range map[string]string{
		"a next page": `"link":[{"relation":"next","url":"https://region.example/more?p=2"}]`, "more than what came": `"total":9`,
	} {
		t.Run(name, func(t *testing.T) {
			in := input(sections(problems), searchset(element))
			if _, gaps := kinds(outcomeOf(t, read(t, in), problems)); !slices.Equal(gaps, []lhcrv1.GapKind{page}) {
				t.Errorf("gaps %v", gaps)
			}
			in.PagesFollowed = true
			if _, gaps := kinds(outcomeOf(t, read(t, in), problems)); len(gaps) != 0 {
				t.Errorf("followed: gaps %v", gaps)
			}
		})
	}
}

func TestEntriesThatHoldNothingAreGaps(t *testing.T) {
	for name, entry := range map[string]string{
		"a part of a batch that failed": `{"response":{"status":"500 Internal Server Error"}}`,
		"an entry without a resource":   `{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000009"}`,
		"a resource that is null":       `{"resource":null}`,
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(annsRecord(of("Condition c")), `"entry":[`, `"entry":[`+entry+`,`, 1)
			o := outcomeOf(t, read(t, input(sections(problems), body)), problems)
			if len(o.GetGaps()) != 1 || o.GetGaps()[0].GetMessage() == "" || o.GetStatus() != returned {
				t.Errorf("%v with %v", o.GetStatus(), o.GetGaps())
			}
		})
	}
}

// TestTheWordsOfAFailureAreOurs lets nothing of a source's words into a message: what is
// quoted stands among the notes, without the patient's name, numbers and dates.
func TestTheWordsOfAFailureAreOurs(t *testing.T) {
	tagged := func(name, issue string) string {
		return `{"resourceType":"OperationOutcome","meta":{"tag":[{"system":"https://yhcr.nhs.uk/Provenance","code":"RCB","display":"` + name + `"}]},"issue":[` + issue + `]}`
	}
	tests := []struct{ name, outcome, message, note string }{
		{"words", tagged("York", `{"severity":"error","code":"timeout","details":{"text":"Record of ANN QUILLFEATHER born 4 March 1948"}}`),
			"York did not answer in time: what it holds of this section is missing", "Record of [name] [name] born [date]"},
		{"a known code", tagged("York", `{"severity":"error","code":"forbidden","details":{"coding":[{"code":"NO_PATIENT_CONSENT"}]}}`),
			"York withholds something (NO_PATIENT_CONSENT)", ""},
		{"words in a code's place", tagged("York", `{"severity":"error","code":"exception","details":{"coding":[{"code":"JOHN_SMITH"}]}}`),
			"York failed or could not be reached: what it holds of this section is missing", ""},
		{"nobody's name", operationOutcome("error", "structure", ""), "an item of a provider behind the region failed the region's checks and was left out", ""},
		{"a name that holds a number", tagged("Ann 9990000018", `{"severity":"error","code":"too-long"}`), "a part is larger than a provider behind the region delivers", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := outcomeOf(t, read(t, input(sections(problems), annsRecord(of("Condition c"), tt.outcome))), problems)
			if len(o.GetGaps()) != 1 || o.GetGaps()[0].GetMessage() != tt.message {
				t.Fatalf("gaps %v", o.GetGaps())
			}
			note := ""
			for _, n := range o.GetNotes() {
				note += n.GetText()
			}
			if note != tt.note {
				t.Errorf("note %q", note)
			}
		})
	}
}

func TestWarningsQuoteCodesOnly(t *testing.T) {
	for code, want := range map[string]string{"new-one": "new-one", "Ann Quillfeather": "", "9990000018": "", strings.Repeat("x", 41): ""} {
		warning := `,"extension":[{"url":"x/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"` + code + `"}]`
		o := outcomeOf(t, read(t, input(sections(problems), annsRecord(list("717711000000103", warning+emptyReason)))), problems)
		if len(o.GetWarnings()) != 1 || o.GetWarnings()[0].GetSourceCode() != want {
			t.Errorf("%q: %v", code, o.GetWarnings())
		}
	}
}

func TestAMedicineWithoutANameWarnsItsSection(t *testing.T) {
	lost := of("MedicationRequest m", `"intent":"order","status":"active","medicationReference":{"reference":"Medication/none"}`)
	got := read(t, input(sections(medications), annsRecord(lost)))
	o := outcomeOf(t, got, medications)
	want := "some elements could not be read and are missing: MedicationRequest.medicationReference (1)"
	if len(o.GetWarnings()) != 1 || o.GetWarnings()[0].GetText() != want {
		t.Errorf("%v", o.GetWarnings())
	}
	if name := record(got).GetMedicationCourses()[0].GetDisplay(); !strings.HasPrefix(name, "medicine not named") {
		t.Errorf("named %q", name)
	}
}
