package fhir_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// statuses are the outcomes' statuses by section.
func statuses(r *fhir.Reading) map[lhcrv1.Section]lhcrv1.OutcomeStatus {
	out := map[lhcrv1.Section]lhcrv1.OutcomeStatus{}
	for _, o := range r.Response.GetOutcomes() {
		out[o.GetSection()] = o.GetStatus()
	}
	return out
}

// both asks for problems and alerts, each answered by a body of its own.
func both(bodyOfProblems, bodyOfAlerts string) fhir.Input {
	in := input(sections(problems, alerts), annsRecord(), bodyOfProblems, bodyOfAlerts)
	in.Payloads[0].Sections = sections(lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS)
	in.Payloads[1].Sections = sections(problems)
	in.Payloads[2].Sections = sections(alerts)
	return in
}

func TestAFailureInsideASuccessIsAGapOfItsOwnSectionsOnly(t *testing.T) {
	failure := `{"resourceType":"OperationOutcome","meta":{"tag":[
		{"system":"https://yhcr.nhs.uk/Provenance","code":"RCB","display":"York"},{"system":"https://yhcr.nhs.uk/RequestId","code":"req-1"}]},
		"issue":[{"severity":"error","code":"timeout","details":{"text":"too slow"}}]}`
	got := read(t, both(bundle(of("Condition c"), failure), bundle(of("Flag f"))))
	want := []*lhcrv1.Gap{{
		Kind: lhcrv1.GapKind_GAP_KIND_TIMED_OUT, ProviderOdsCode: "RCB", ProviderName: "York", Retryable: true, SourceRequestId: "req-1",
		Message: "York did not answer in time: what it holds of this section is missing",
	}}
	if diff := cmp.Diff(want, outcomeOf(t, got, problems).GetGaps(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if gaps := outcomeOf(t, got, alerts).GetGaps(); len(gaps) != 0 {
		t.Errorf("%d gaps in a section that was answered", len(gaps))
	}
}

func TestMalformedPages(t *testing.T) {
	good := bundle(of("Condition c"))
	for name, bad := range map[string]string{
		"not JSON": "<html>", "cut short": good[:len(good)-9], "empty": "", "null": "null", "a number": "7", "a string": `"sorry"`, "an empty list": "[]",
		"an empty object": "{}", "JSON of something else": `{"message":"internal error","status":500}`, "a resource of no known type": `{"resourceType":"Nonsense"}`,
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, both(good, bad))
			want := map[lhcrv1.Section]lhcrv1.OutcomeStatus{problems: returned, alerts: invalid}
			if diff := cmp.Diff(want, statuses(got)); diff != "" {
				t.Error(diff)
			}
			if _, gaps := kinds(outcomeOf(t, got, alerts)); !cmp.Equal(gaps, []lhcrv1.GapKind{malformed}) {
				t.Errorf("gaps %v", gaps)
			}
			if gaps := outcomeOf(t, got, problems).GetGaps(); len(gaps) != 0 {
				t.Errorf("%d gaps in a section that was answered", len(gaps))
			}
			second := input(sections(problems), annsRecord(of("Condition c")), bad)
			if o := outcomeOf(t, read(t, second), problems); o.GetStatus() != returned || len(o.GetGaps()) != 1 {
				t.Errorf("a second page: %v with %d gaps", o.GetStatus(), len(o.GetGaps()))
			}
		})
	}
}

func TestNothingReadableIsAnError(t *testing.T) {
	_, err := fhir.Read(input(sections(problems), "<html>", `{"resourceType":"Bundle","entry":[`))
	if !errors.Is(err, decode.ErrNotJSON) || !errors.Is(err, decode.ErrTruncated) {
		t.Errorf("%v", err)
	}
	if strings.Contains(err.Error(), "html") {
		t.Error("the error quotes the answer")
	}
}

// TestASectionThatNobodyAnsweredIsNotEmpty forbids to take silence for emptiness.
func TestASectionThatNobodyAnsweredIsNotEmpty(t *testing.T) {
	in := input(sections(problems, alerts), annsRecord())
	in.Payloads[0].Sections = sections(problems)
	want := map[lhcrv1.Section]lhcrv1.OutcomeStatus{problems: nothing, alerts: unavailable}
	if diff := cmp.Diff(want, statuses(read(t, in))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[lhcrv1.Section]lhcrv1.OutcomeStatus{problems: unavailable}, statuses(read(t, input(sections(problems))))); diff != "" {
		t.Error(diff)
	}
}

func TestNotFound(t *testing.T) {
	unknown := operationOutcome("error", "not-found", `,"details":{"coding":[{"code":"PATIENT_NOT_FOUND"}]}`)
	tests := []struct {
		name      string
		resources []string
		status    lhcrv1.OutcomeStatus
		gaps      int
	}{
		{"nothing but not found", []string{unknown}, notHeld, 0},
		{"two that do not know the patient", []string{unknown, operationOutcome("error", "invalid", `,"details":{"coding":[{"code":"NO_RECORD_FOUND"}]}`)}, notHeld, 0},
		{"one does not know, one failed", []string{unknown, operationOutcome("error", "exception", "")}, invalid, 1},
		{"one does not know, one has the patient", []string{unknown, patient("a", ann)}, nothing, 0},
		{"one does not know, one has a problem", []string{unknown, patient("a", ann), of("Condition c")}, returned, 0},
		{"something, nobody says what, was not found", []string{operationOutcome("error", "not-found", "")}, invalid, 1},
		{"a warning that the patient is not known hides no failure", []string{
			`{"resourceType":"OperationOutcome","issue":[{"severity":"warning","code":"not-found","details":{"coding":[{"code":"PATIENT_NOT_FOUND"}]}},{"severity":"error","code":"timeout"}]}`,
		}, invalid, 1},
		{"one that failed", []string{operationOutcome("error", "exception", "")}, invalid, 1},
		{"a success that informs", []string{operationOutcome("information", "informational", "")}, nothing, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := outcomeOf(t, read(t, input(sections(problems), bundle(tt.resources...))), problems)
			if o.GetStatus() != tt.status || len(o.GetGaps()) != tt.gaps {
				t.Errorf("%v with %d gaps, want %v with %d", o.GetStatus(), len(o.GetGaps()), tt.status, tt.gaps)
			}
		})
	}
}

func TestInformationIsAWarningNotAGap(t *testing.T) {
	o := outcomeOf(t, read(t, input(sections(problems), annsRecord(of("Condition c"),
		operationOutcome("information", "informational", `,"details":{"text":"Codes were mapped for Ann Quillfeather"}`)))), problems)
	want := []*lhcrv1.Warning{{Code: impaired, SourceCode: "informational", Text: "the source says that there is something to know of its answer: see the notes"}}
	if diff := cmp.Diff(want, o.GetWarnings(), protocmp.Transform()); diff != "" || len(o.GetGaps()) != 0 {
		t.Error(diff, len(o.GetGaps()))
	}
	if diff := cmp.Diff([]*lhcrv1.Note{{Text: "Codes were mapped for [name] [name]"}}, o.GetNotes(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestAnItemReplacedByAnOutcomeIsAGap(t *testing.T) {
	o := outcomeOf(t, read(t, input(sections(problems), annsRecord(of("Condition c"), operationOutcome("error", "structure", "")))), problems)
	if _, gaps := kinds(o); o.GetStatus() != returned || !cmp.Equal(gaps, []lhcrv1.GapKind{lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE}) {
		t.Errorf("%v, %v", o.GetStatus(), gaps)
	}
}

// TestMessagesNameNobody puts a patient's particulars wherever a source has room for words.
func TestMessagesNameNobody(t *testing.T) {
	words := `"Patient Ann QUILLFEATHER 999 000 0018 born 1948-03-04, see https://a.example/Patient/9990000018"`
	for _, issue := range []string{
		operationOutcome("error", "exception", `,"diagnostics":`+words), operationOutcome("error", "exception", `,"details":{"text":`+words+`}`),
		operationOutcome("fatal", "9990000018", ""), operationOutcome("information", "9990000018", `,"details":{"text":`+words+`}`),
	} {
		got := read(t, input(sections(problems), annsRecord(issue, `{"resourceType":"9990000018"}`)))
		said := ""
		o := outcomeOf(t, got, problems)
		for _, g := range o.GetGaps() {
			said += g.GetMessage() + "\n"
		}
		for _, w := range o.GetWarnings() {
			said += w.GetText() + w.GetSourceCode() + "\n"
		}
		for _, r := range got.Response.GetReported() {
			said += r.GetReason() + r.GetSourceType() + "\n"
		}
		for _, secret := range []string{"999", "1948", "example", "uillfeather", "UILLFEATHER", "Ann"} {
			if strings.Contains(said, secret) {
				t.Errorf("%q is told in %q", secret, said)
			}
		}
	}
}

func TestOnlySectionsAskedForAreDelivered(t *testing.T) {
	// A Flag about an allergy belongs to the allergies too.
	flag := of("Flag f", `"category":{"coding":[{"code":"diet"}]},"code":{"text":"severe peanut allergy"}`,
		`"encounter":{"reference":"Encounter/e"}`)
	condition := of("Condition c", `"context":{"reference":"Encounter/e"}`)
	body := annsRecord(flag, condition, of("Encounter e"), of("MedicationRequest m", `"intent":"plan","status":"active","medicationCodeableConcept":{"text":"Drug"}`))
	ask := func(wanted ...lhcrv1.Section) (items int, got *fhir.Reading) {
		in := input(wanted, body)
		in.IncludeSource = true
		got = read(t, in)
		r := record(got)
		return len(r.GetAlerts())*1000 + len(r.GetProblems())*100 + len(r.GetContactsWithProfessionals())*10 + len(r.GetMedications()) + len(r.GetMedicationCourses()), got
	}
	encounters := lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS
	tests := []struct {
		name                  string
		asked                 []lhcrv1.Section
		items, links, sources int
	}{
		{"all", nil, 1112, 2, 5},
		{"problems", sections(problems), 100, 0, 1},
		{"problems and encounters", sections(problems, encounters), 110, 1, 2},
		{"medications with their courses", sections(medications), 2, 0, 1},
		{"alerts", sections(alerts), 1000, 0, 1},
		{"allergies, of which an alert is one", sections(allergies), 1000, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items, got := ask(tt.asked...)
			if items != tt.items || len(got.Response.GetLinks()) != tt.links || len(got.Response.GetSources()) != tt.sources {
				t.Errorf("%d items, %d links, %d sources: want %d, %d, %d", items, len(got.Response.GetLinks()), len(got.Response.GetSources()), tt.items, tt.links, tt.sources)
			}
			if got.Account.Items != 5 {
				t.Errorf("the account has %d items: it is of what came, not of what was asked for", got.Account.Items)
			}
		})
	}
	_, got := ask(allergies)
	if o := outcomeOf(t, got, allergies); o.GetStatus() != returned {
		t.Errorf("%v, though an alert says that there is an allergy", o.GetStatus())
	}
}

func TestAnAlertThatIsAnAllergyContradictsNone(t *testing.T) {
	flag := of("Flag f", `"category":{"coding":[{"code":"diet"}]},"code":{"text":"severe peanut allergy"}`)
	o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(flag, noAllergy("n", noKnown)))), allergies)
	if warnings, _ := kinds(o); o.GetStatus() != returned || !cmp.Equal(warnings, []lhcrv1.WarningCode{contradicted}) {
		t.Errorf("%v with %v", o.GetStatus(), warnings)
	}
}

func TestAnotherPersonsItemsAreAGapWithACount(t *testing.T) {
	theirs := func(id string) string {
		return strings.Replace(of("Condition "+id), "Patient/a", "Patient/b", 1)
	}
	got := read(t, input(sections(problems, alerts), annsRecord(of("Condition c"), patient("b", bob), theirs("x"), theirs("y"))))
	want := []*lhcrv1.Gap{{Kind: otherPerson, Count: 2, Message: "items about another person came and are not delivered"}}
	if diff := cmp.Diff(want, outcomeOf(t, got, problems).GetGaps(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if len(record(got).GetProblems()) != 1 || len(outcomeOf(t, got, alerts).GetGaps()) != 0 {
		t.Error("another person's problem is delivered, or is a gap of other sections")
	}
	if len(got.Response.GetPatients()) != 2 {
		t.Error("the identity check must see every patient who came")
	}
}

func TestTwoPatientsWhoShareEveryIDStayApart(t *testing.T) {
	plan := func(p, drug string) string {
		return strings.Replace(of("MedicationRequest m", `"intent":"plan","status":"active","medicationCodeableConcept":{"text":"`+drug+`"}`), "Patient/a", "Patient/"+p, 1)
	}
	statement := func(p string) string {
		return strings.Replace(of("MedicationStatement s", `"status":"active","basedOn":[{"reference":"MedicationRequest/m"}],"medicationCodeableConcept":{"text":"Drug"}`), "Patient/a", "Patient/"+p, 1)
	}
	in := input(sections(medications), bundle(patient("b", bob), plan("b", "Theirs"), statement("b"), patient("a", ann), plan("a", "Ours"), statement("a")))
	in.Courses = mapping.CourseRuleGPConnect
	r := record(read(t, in))
	if len(r.GetMedications()) != 2 || len(r.GetMedicationCourses()) != 1 || r.GetMedications()[0].GetProduct().GetCode().GetDisplay() != "Ours" {
		t.Errorf("%d medicines in %d courses", len(r.GetMedications()), len(r.GetMedicationCourses()))
	}
}

func TestSourcesAreKeptByteForByte(t *testing.T) {
	condition := `{ "resourceType" : "Condition","id":"c" , "subject":{"reference":"Patient/a"},"code":{"text":"caf\u00e9"} }`
	for version, media := range map[fhir.Version]string{
		fhir.STU3: "application/fhir+json; fhirVersion=3.0", fhir.R4: "application/fhir+json; fhirVersion=4.0", fhir.VersionUnstated: "application/fhir+json",
	} {
		in := input(sections(problems), annsRecord(condition))
		in.IncludeSource, in.Version = true, version
		got := read(t, in)
		want := []*lhcrv1.SourceResource{{RegionId: "test", ItemId: record(got).GetProblems()[0].GetHeader().GetItemId(), MediaType: media, Content: []byte(condition)}}
		if diff := cmp.Diff(want, got.Response.GetSources(), protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestThePatientsWhoMatchedAreTold(t *testing.T) {
	superseded := `{"resourceType":"Patient","id":"old","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + bob + `"},{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + ann + `"}],
		"birthDate":"1948","link":[{"type":"replaced-by","other":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + bob + `"}}}]}`
	in := input(sections(problems), bundle(superseded, `{"resourceType":"Patient","id":"without"}`))
	in.LinksAsserted = true
	want := []*adapterv1.MatchedPatient{
		{NhsNumber: ann, BirthDate: &lhcrv1.When{Original: "1948", Precision: lhcrv1.DatePrecision_DATE_PRECISION_YEAR}, SupersededBy: bob, Superseded: true, LinkedByRegion: true, SourceId: "old"},
		{LinkedByRegion: true, SourceId: "without"},
	}
	if diff := cmp.Diff(want, read(t, in).Response.GetPatients(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestTheAccountSaysWhatBecameOfEveryResource(t *testing.T) {
	body := annsRecord(of("Condition c"), of("Condition c"), `{"resourceType":"Organization","id":"o"}`, operationOutcome("error", "exception", ""),
		strings.Replace(of("Flag f"), "Patient/a", "Patient/b", 1), patient("b", bob), `{"resourceType":"ValueSet"}`, `{"resourceType":"Nonsense"}`)
	got := read(t, input(nil, body)).Account
	want := fhir.Account{Resources: 9, Items: 3, Supporting: 2, Reported: 4, Reasons: []fhir.Reason{
		{Type: "Flag", Count: 1, Reason: "it is about another person"}, {Type: "Nonsense", Count: 1, Reason: "its type is not known"},
		{Type: "Patient", Count: 1, Reason: "it is about another person"}, {Type: "ValueSet", Count: 1, Reason: "its type is no part of a patient's record"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNeverIssuedNeedsAWholeAnswer keeps the flag off where issues may only be missing.
func TestNeverIssuedNeedsAWholeAnswer(t *testing.T) {
	plan := of("MedicationRequest m", `"intent":"plan","status":"active","medicationCodeableConcept":{"text":"Drug"}`)
	window := &lhcrv1.TimeWindow{}
	for name, tt := range map[string]struct {
		asked   fhir.Asked
		more    string
		flagged bool
	}{
		"whole":             {flagged: true},
		"issues asked for":  {asked: fhir.Asked{Applied: &lhcrv1.AppliedQuery{IssuesIncluded: true}}, flagged: true},
		"not asked for":     {asked: fhir.Asked{Applied: &lhcrv1.AppliedQuery{}}},
		"of a stretch only": {asked: fhir.Asked{Applied: &lhcrv1.AppliedQuery{IssuesIncluded: true, Window: window}}},
		"a page is missing": {asked: fhir.Asked{Gaps: []*lhcrv1.Gap{{Kind: failed}}}},
		"cut short":         {asked: fhir.Asked{Truncated: true}},
		"a provider failed": {more: operationOutcome("error", "exception", "")},
	} {
		t.Run(name, func(t *testing.T) {
			resources := []string{plan}
			if tt.more != "" {
				resources = append(resources, tt.more)
			}
			in := input(sections(medications), annsRecord(resources...))
			in.Courses = mapping.CourseRuleGPConnect
			in.Asked = map[lhcrv1.Section]fhir.Asked{medications: tt.asked}
			if got := flagged(record(read(t, in)).GetMedications()[0].GetHeader(), lhcrv1.Flag_FLAG_NEVER_ISSUED); got != tt.flagged {
				t.Errorf("flagged: %v", got)
			}
		})
	}
}
