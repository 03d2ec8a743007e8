package answer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	ann = "9990000018" // the patient asked for
	bob = "9990000026" // another
)

// bundle frames resources, each written without its braces.
func bundle(resources ...string) string {
	return `{"resourceType":"Bundle","entry":[{"resource":{` + strings.Join(resources, `}},{"resource":{`) + `}}]}`
}

func patient(id, number string) string {
	return fmt.Sprintf(`"resourceType":"Patient","id":%q,"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q}]`, id, number)
}

func read(t testing.TB, options answer.Options, payload string) *answer.Answer {
	t.Helper()
	options.Strict = true
	a, err := answer.Read([]byte(payload), options)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestReferencesInEveryForm(t *testing.T) {
	payload := `{"resourceType":"Bundle","entry":[
		{"fullUrl":"urn:uuid:aaaa","resource":{"resourceType":"Organization","id":"o1","identifier":[{"system":"s","value":"v"}]}},
		{"fullUrl":"https://a.example/fhir/Organization/o2","resource":{"resourceType":"Organization","id":"o2"}},
		{"resource":{"resourceType":"Encounter","id":"e1","contained":[{"resourceType":"Organization","id":"o1c"}]}},
		{"resource":{"resourceType":"Encounter","id":"e2","contained":[{"resourceType":"Organization","id":"o1c"}]}}]}`
	a := read(t, answer.Options{}, payload)
	from := a.Of("Encounter")[0]
	cases := []struct {
		name string
		ref  model.Reference
		want string
		how  answer.Resolution
	}{
		{"relative", model.Reference{Reference: "Organization/o1"}, "o1", answer.Found},
		{"relative with a version", model.Reference{Reference: "Organization/o1/_history/3"}, "o1", answer.Found},
		{"absolute", model.Reference{Reference: "https://a.example/fhir/Organization/o2"}, "o2", answer.Found},
		{"absolute, elsewhere", model.Reference{Reference: "https://b.example/fhir/Organization/o2"}, "", answer.Dangling},
		{"urn", model.Reference{Reference: "urn:uuid:aaaa"}, "o1", answer.Found},
		{"urn is no id", model.Reference{Reference: "urn:uuid:o2"}, "", answer.Dangling},
		{"bare", model.Reference{Reference: "o2"}, "o2", answer.Found},
		{"contained", model.Reference{Reference: "#o1c"}, "o1c", answer.Found},
		{"contained is not seen from outside", model.Reference{Reference: "Organization/o1c"}, "", answer.Dangling},
		{"contained in a named resource", model.Reference{Reference: "Encounter/e2#o1c"}, "o1c", answer.Found},
		{"not contained in a named resource", model.Reference{Reference: "Encounter/e2#x"}, "", answer.Dangling},
		{"the container", model.Reference{Reference: "#"}, "e1", answer.Found},
		{"identifier only", model.Reference{Identifier: &model.Identifier{System: "s", Value: "v"}}, "o1", answer.Found},
		{"identifier when the text leads nowhere", model.Reference{Reference: "Organization/x", Identifier: &model.Identifier{System: "s", Value: "v"}}, "o1", answer.Found},
		{"identifier of another type", model.Reference{Type: "Patient", Identifier: &model.Identifier{System: "s", Value: "v"}}, "", answer.Dangling},
		{"a sentence", model.Reference{Reference: "the practice in Leeds"}, "", answer.Dangling},
		{"dangling", model.Reference{Reference: "Organization/x"}, "", answer.Dangling},
		{"a display only", model.Reference{Display: "x"}, "", answer.Empty},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, how := a.Resolve(from, &c.ref)
			id := ""
			if got != nil {
				id = got.ID
			}
			if id != c.want || how != c.how {
				t.Errorf("got %q, %d; want %q, %d", id, how, c.want, c.how)
			}
			if strings.HasPrefix(c.ref.Reference, "#o") && got.Container != from {
				t.Error("found in another container")
			}
		})
	}
}

func TestTwoPatientsWhoShareEveryIDStayApart(t *testing.T) {
	of := func(p, text string) []string {
		return []string{
			`"resourceType":"MedicationRequest","id":"m1","intent":"plan","subject":{"reference":"Patient/` + p + `"},"note":[{"text":"` + text + `"}]`,
			`"resourceType":"MedicationStatement","id":"s1","subject":{"reference":"Patient/` + p + `"},"basedOn":[{"reference":"MedicationRequest/m1"}]`,
		}
	}
	resources := append(append([]string{patient("a", ann), patient("b", bob)}, of("a", "ann")...), of("b", "bob")...)
	a := read(t, answer.Options{NHSNumber: ann}, bundle(resources...))
	checks := map[answer.Check]string{}
	for e, s := range answer.Each[model.MedicationStatement](a) {
		plan := answer.As[model.MedicationRequest](a.Follow(e, &s.BasedOn[0]))
		if plan == nil {
			t.Fatal("the plan was not found")
		}
		checks[a.Subject(e)] = plan.Note[0].Text
	}
	want := map[answer.Check]string{answer.Match: "ann", answer.Mismatch: "bob"}
	if d := cmp.Diff(want, checks); d != "" {
		t.Error(d)
	}
}

func TestCopiesThatDifferAreAmbiguous(t *testing.T) {
	one, two := `"resourceType":"Medication","id":"m","code":{"text":"one"}`, `"resourceType":"Medication","id":"m","code":{"text":"two"}`
	ref := &model.Reference{Reference: "Medication/m"}
	a := read(t, answer.Options{}, bundle(one, two))
	if e, how := a.Resolve(nil, ref); e != nil || how != answer.Ambiguous {
		t.Errorf("differing copies: %d", how)
	}
	a = read(t, answer.Options{}, bundle(one, one))
	if _, how := a.Resolve(nil, ref); how != answer.Found {
		t.Errorf("the same copy twice: %d", how)
	}
}

func TestSubjectCheck(t *testing.T) {
	flag := func(rest string) string { return `"resourceType":"Flag"` + rest }
	number := func(n string) string {
		return `{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + n + `"}}`
	}
	cases := []struct {
		name, patient, flag string
		links               bool
		want                answer.Check
	}{
		{"by reference", patient("a", ann), flag(`,"subject":{"reference":"Patient/a"}`), false, answer.Match},
		{"by identifier", patient("a", ann), flag(`,"subject":` + number(ann)), false, answer.Match},
		{"by identifier, printed form", patient("a", ann), flag(`,"subject":` + number("999 000 0018")), false, answer.Match},
		{"by contained patient", patient("a", ann), flag(`,"contained":[{` + patient("c", ann) + `}],"subject":{"reference":"#c"}`), false, answer.Match},
		{"another by contained patient", patient("a", ann), flag(`,"contained":[{` + patient("c", bob) + `}],"subject":{"reference":"#c"}`), false, answer.Mismatch},
		{"another by identifier", patient("a", ann), flag(`,"subject":` + number(bob)), false, answer.Mismatch},
		{"reference and identifier disagree", patient("a", ann), flag(`,"subject":{"reference":"Patient/a","identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + bob + `"}}`), false, answer.Mismatch},
		{"a number that is nobody's", patient("a", ann), flag(`,"subject":` + number("1234567890")), false, answer.Unresolved},
		{"names another id", patient("a", ann), flag(`,"subject":{"reference":"Patient/z"}`), false, answer.Mismatch},
		{"the same id in capitals", patient("a", ann), flag(`,"subject":{"reference":"Patient/A"}`), false, answer.Match},
		{"the number as id", patient("", ann), flag(`,"subject":{"reference":"Patient/` + ann + `"}`), false, answer.Match},
		{"somewhere else", patient("a", ann), flag(`,"subject":{"reference":"https://x.example/Patient/z"}`), false, answer.Unresolved},
		{"nobody", patient("a", ann), flag(``), false, answer.Unresolved},
		{"a display only", patient("a", ann), flag(`,"subject":{"display":"A"}`), false, answer.Unresolved},
		{"a group", patient("a", ann), flag(`,"subject":{"reference":"Group/g"}`), false, answer.Unresolved},
		{"another patient came", patient("a", bob), flag(`,"subject":{"reference":"Patient/a"}`), false, answer.Mismatch},
		{"a patient without a number", `"resourceType":"Patient","id":"a"`, flag(`,"subject":{"reference":"Patient/a"}`), false, answer.Unresolved},
		{"a link that the region asserts", `"resourceType":"Patient","id":"a"`, flag(`,"subject":{"reference":"Patient/a"}`), true, answer.Match},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := read(t, answer.Options{NHSNumber: ann, LinksAsserted: c.links}, bundle(c.patient, c.flag))
			if got := a.Subject(a.Of("Flag")[0]); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestPatientFacts(t *testing.T) {
	a := read(t, answer.Options{}, bundle(
		`"resourceType":"Patient","id":"a","birthDate":"1980",
		"meta":{"security":[{"code":"R"}]},
		"identifier":[{"system":"other","value":"1"},{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0018",
			"extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
			"valueCodeableConcept":{"coding":[{"code":"01"}]}}]}],
		"link":[{"type":"replaced-by","other":{"identifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"`+bob+`"}}}]`))
	p := a.Patients()[0]
	got := []any{p.Number(), p.Numbers[0].Valid, p.Numbers[0].Verification.Code(), p.BirthDate, p.Restricted, p.Superseded, p.SupersededBy}
	if d := cmp.Diff([]any{ann, true, "01", model.When("1980"), true, true, bob}, got); d != "" {
		t.Error(d)
	}
}

func TestListsSayWhatIsListedWarnedAndMissing(t *testing.T) {
	a := read(t, answer.Options{}, bundle(
		`"resourceType":"List","date":"2022-05-19","code":{"coding":[{"code":"886921000000105"}]},
		"extension":[{"url":"https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-ListWarningCode-1","valueCode":"data-in-transit"}],
		"note":[{"text":"Information not available"},{"text":"Information not available."},{"text":"may be missing"}],
		"emptyReason":{"coding":[{"code":"no-content-recorded"}]},
		"entry":[{"item":{"reference":"AllergyIntolerance/a1"}},{"item":{"reference":"AllergyIntolerance/gone"}},{"deleted":true,"item":{"reference":"AllergyIntolerance/a2"}}]`,
		`"resourceType":"AllergyIntolerance","id":"a1"`, `"resourceType":"AllergyIntolerance","id":"a2"`,
		`"resourceType":"List","code":{"coding":[{"code":"1103671000000101"}]},"contained":[{"resourceType":"AllergyIntolerance","id":"c1"},{"resourceType":"AllergyIntolerance","id":"c2"}],
		"entry":[{"item":{"reference":"#c1"}}]`))
	lists := a.ListsOf(lhcrv1.Section_SECTION_ALLERGIES, answer.ListPrimary)
	if len(lists) != 2 {
		t.Fatalf("%d allergy lists", len(lists))
	}
	open, ended := lists[0], lists[1]
	got := []any{open.Listed, open.Present, open.Unresolved, open.Ended, ended.Ended, ended.Present, open.Resource.EmptyReason.Code()}
	if d := cmp.Diff([]any{2, 1, 1, false, true, 1, "no-content-recorded"}, got); d != "" {
		t.Error(d)
	}
	want := []answer.ListWarning{{Code: "data-in-transit", Text: "may be missing", Date: "2022-05-19"}}
	if d := cmp.Diff(want, open.Warnings); d != "" {
		t.Error(d)
	}
	listed := map[string]int{}
	for _, e := range a.Of("AllergyIntolerance") {
		listed[e.ID] = len(e.Lists())
	}
	if d := cmp.Diff(map[string]int{"a1": 1, "a2": 1, "c1": 1, "c2": 0}, listed); d != "" {
		t.Error(d)
	}
}

func TestFailuresInsideSuccessAreGaps(t *testing.T) {
	tags := `"meta":{"tag":[{"system":"https://yhcr.nhs.uk/Provenance","code":"RCB","display":"York"},{"system":"https://yhcr.nhs.uk/RequestId","code":"req-1"},{"system":"https://yhcr.nhs.uk/Source","code":"S"}]},`
	a := read(t, answer.Options{}, bundle(
		`"resourceType":"OperationOutcome",`+tags+`"issue":[{"severity":"information","code":"informational"},{"severity":"error","code":"timeout","details":{"text":"too slow"}}]`,
		`"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"structure"}]`,
		`"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"forbidden","details":{"coding":[{"code":"NO_PATIENT_CONSENT"}]}}]`,
		`"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid","details":{"coding":[{"code":"NO_RECORD_FOUND"}]}}]`,
		`"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]`))
	type seen struct {
		Kind            lhcrv1.GapKind
		Retry, NotFound bool
		Provider        answer.Provenance
		Text            string
	}
	var got []seen
	for _, g := range a.Gaps() {
		got = append(got, seen{g.Kind, g.Retryable, g.NotFound, g.Provider, g.Text})
	}
	want := []seen{ // one for each issue, and for an outcome without any
		{lhcrv1.GapKind_GAP_KIND_TIMED_OUT, true, false, answer.Provenance{ODSCode: "RCB", Name: "York", System: "S", RequestID: "req-1"}, "too slow"},
		{Kind: lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE},
		{Kind: lhcrv1.GapKind_GAP_KIND_WITHHELD, Text: "NO_PATIENT_CONSENT"},
		{NotFound: true, Text: "NO_RECORD_FOUND"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestEachResourceCountsOnce(t *testing.T) {
	a := read(t, answer.Options{}, bundle(
		patient("a", ann), `"resourceType":"Flag","id":"f1"`, `"resourceType":"Flag","id":"f2"`, `"resourceType":"Flag","id":"f3"`,
		`"resourceType":"ValueSet"`, `"resourceType":"Nonsense"`, `"id":"x"`,
		`"resourceType":"List","contained":[{"resourceType":"Medication","id":"m"}]`, `"resourceType":"OperationOutcome"`))
	flags := a.Of("Flag")
	flags[0].Item()
	flags[0].Item()
	flags[1].Report("a reason")
	flags[1].Report("another")
	a.Of("Medication")[0].Support()
	a.Of("Medication")[0].Item()
	want := answer.Account{Resources: 10, Items: 2, Supporting: 3, Reported: []answer.Reported{
		{Type: "(no type)", Reason: answer.ReasonUnknownType, Count: 1},
		{Type: "Flag", Reason: "a reason", Count: 1},
		{Type: "Flag", Reason: answer.ReasonUnmapped, Count: 1},
		{Type: "Nonsense", Reason: answer.ReasonUnknownType, Count: 1},
		{Type: "ValueSet", Reason: answer.ReasonNotRecord, Count: 1},
	}}
	if d := cmp.Diff(want, a.Account()); d != "" {
		t.Error(d)
	}
}

func TestContradictoryAccountsPanicInTests(t *testing.T) {
	cases := map[string]func(*answer.Entry){
		"reported, then an item":     func(e *answer.Entry) { e.Report("x"); e.Item() },
		"an item, then reported":     func(e *answer.Entry) { e.Item(); e.Report("x") },
		"a type that cannot support": func(e *answer.Entry) { e.Support() },
	}
	for name, contradict := range cases {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			contradict(read(t, answer.Options{}, bundle(`"resourceType":"Flag"`)).Of("Flag")[0])
		})
	}
}

func TestPagesMakeOneAnswer(t *testing.T) {
	b := answer.NewBuilder(answer.Options{NHSNumber: ann})
	if err := b.Add([]byte(`{"resourceType":"Bundle","link":[{"relation":"next","url":"https://a.example/2"}],"entry":[{"resource":{` + patient("a", ann) + `}}]}`)); err != nil {
		t.Fatal(err)
	}
	if err := b.Add([]byte(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Flag","subject":{"reference":"Patient/a"}}}`)); err != decode.ErrTruncated {
		t.Fatalf("a page cut short: %v", err)
	}
	if err := b.Add([]byte(bundle(`"resourceType":"Flag","subject":{"reference":"Patient/a"}`))); err != nil {
		t.Fatal(err)
	}
	a := b.Build()
	if next := a.Bundles()[0].NextPage(); next != "https://a.example/2" {
		t.Errorf("next page %q", next)
	}
	if got := a.Subject(a.Of("Flag")[0]); got != answer.Match || len(a.Entries()) != 2 {
		t.Errorf("check %d of %d resources", got, len(a.Entries()))
	}
}

func FuzzReadBundle(f *testing.F) {
	f.Add([]byte(bundle(patient("a", ann), `"resourceType":"Observation","subject":{"reference":"Patient/a"},"valueQuantity":{"value":1.50},"contained":[{"resourceType":"Device","id":"d"}]`)))
	f.Add([]byte(`[{"id":"x","resourceType":"List","entry":{"item":"AllergyIntolerance/1"},"note":"x"}]`))
	f.Add([]byte(`{"resourceType":"Parameters","parameter":{"resource":{"resourceType":"Bundle","entry":[null,1]},"part":[{}]}}`))
	f.Add([]byte("\xef\xbb\xbf{\"resourceType\":\"Composition\",\"section\":[{\"text\":\"<div>\xff</div>\"}]}\n{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := answer.Read(data, answer.Options{NHSNumber: ann, Strict: true})
		if err != nil {
			return
		}
		balances(t, "fuzzed", a.Account())
		for _, e := range a.Entries() {
			a.Subject(e)
			a.Resolve(e, e.Head().Subject)
		}
	})
}
