package mapping_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// header is that of the only alert that a Flag becomes.
func header(t *testing.T, elements string) *lhcrv1.ItemHeader {
	t.Helper()
	return headers(t, mapping.Options{}, alert(elements))[0]
}

func alert(elements string) string {
	return `{"resourceType":"Flag","code":{"text":"Falls"},"subject":{"reference":"Patient/p1"}` + elements + `}`
}

func headers(t *testing.T, options mapping.Options, resources ...string) []*lhcrv1.ItemHeader {
	t.Helper()
	var out []*lhcrv1.ItemHeader
	for _, a := range answered(t, options, resources...).GetRecord().GetAlerts() {
		out = append(out, a.GetHeader())
	}
	if len(out) == 0 {
		t.Fatal("no item came of it")
	}
	return out
}

func TestItemIDStaysThroughAmendmentAndRetraction(t *testing.T) {
	first := header(t, `,"id":"f","status":"active","meta":{"versionId":"1"}`)
	amended := header(t, `,"id":"f","status":"inactive","meta":{"versionId":"2"},"identifier":[{"system":"s","value":"v"}]`)
	retracted := header(t, `,"id":"f","status":"entered-in-error"`)
	if first.GetItemId() != amended.GetItemId() || first.GetItemId() != retracted.GetItemId() {
		t.Error("the id changed")
	}
	if first.GetItemIdUnstable() || first.GetRetracted() || !retracted.GetRetracted() {
		t.Error("unstable or retracted is wrong")
	}
}

func TestItemIDsDifferBetweenResources(t *testing.T) {
	tag := func(ods string) string {
		return fmt.Sprintf(`,"id":"x","meta":{"tag":[{"system":"https://yhcr.nhs.uk/Provenance","code":%q}]}`, ods)
	}
	ids := map[string]string{}
	add := func(name, id string) {
		if other, taken := ids[id]; taken {
			t.Errorf("%s has the id of %s", name, other)
		}
		ids[id] = name
	}
	add("a flag", header(t, `,"id":"x"`).GetItemId())
	add("another flag", header(t, `,"id":"y"`).GetItemId())
	add("a provider's", header(t, tag("RAE")).GetItemId())
	add("another provider's", header(t, tag("RCB")).GetItemId())
	add("by identifier", header(t, `,"identifier":[{"system":"x","value":"x"}]`).GetItemId())
	for _, m := range answered(t, mapping.Options{}, medicine("plan x"), medicine("order x"), medicine("statement x")).GetRecord().GetMedications() {
		add(m.GetIntent()+" "+m.GetHeader().GetSourceType(), m.GetHeader().GetItemId())
	}
}

func TestItemIDIsOfTheRegion(t *testing.T) {
	id := func(region string) string {
		a, err := answer.Read([]byte(alert(`,"id":"f"`)), answer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return mapping.Map(a, mapping.Options{RegionID: region}).Record.GetAlerts()[0].GetHeader().GetItemId()
	}
	if id("dorset") == id("yorkshire") {
		t.Error("two regions share an item id")
	}
}

func TestItemIDWithoutIDOrIdentifierIsUnstable(t *testing.T) {
	one, two := header(t, `,"status":"active"`), header(t, `,"status":"inactive"`)
	if !one.GetItemIdUnstable() || !two.GetItemIdUnstable() || one.GetItemId() == two.GetItemId() {
		t.Error("an item without any id must say that its id changes with it")
	}
	if h := header(t, `,"identifier":[{"system":"s","value":"v"}]`); h.GetItemIdUnstable() {
		t.Error("a business identifier is stable")
	}
}

func TestContainedInNamelessListIsKnownByItsIdentifier(t *testing.T) {
	list := func(id, note string) string {
		return fmt.Sprintf(`{"resourceType":"List","code":{"coding":[{"code":"1103671000000101"}]},"subject":{"reference":"Patient/p1"},"contained":[
		{"resourceType":"AllergyIntolerance","id":%q,"identifier":[{"system":"s","value":"v"}],"code":{"text":"Nuts"},"note":[{"text":%q}]}]}`, id, note)
	}
	of := func(resources ...string) []*lhcrv1.Allergy {
		return answered(t, mapping.Options{}, resources...).GetRecord().GetAllergies()
	}
	if a, b := of(list("1", "x"))[0].GetHeader(), of(list("2", "y"))[0].GetHeader(); a.GetItemId() != b.GetItemId() || a.GetItemIdUnstable() {
		t.Error("the fragment in a list without an id decides on the item's id")
	}
}

func TestCopiesCountOnceAndAreDeliveredOnce(t *testing.T) {
	same := alert(`,"id":"f","status":"active"`)
	if n := len(headers(t, mapping.Options{}, same, same)); n != 1 {
		t.Errorf("%d items of two copies", n)
	}
	two := headers(t, mapping.Options{}, same, alert(`,"id":"f","status":"inactive"`))
	if len(two) != 2 || two[0].GetItemId() == two[1].GetItemId() || !two[1].GetItemIdUnstable() {
		t.Error("two different resources of one id must both be delivered, the second with an id of its own")
	}
}

func TestAnotherPersonsItemIsNeverDeliveredAndCounted(t *testing.T) {
	a, err := answer.Read([]byte(`{"resourceType":"Bundle","entry":[
	{"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}},
	{"resource":`+alert("")+`},{"resource":`+strings.Replace(alert(""), "p1", "p2", 1)+`},
	{"resource":`+strings.Replace(medicine("plan p"), "p1", "p2", 1)+`},{"resource":{"resourceType":"Flag","code":{"text":"Whose?"}}}]}`), answer.Options{NHSNumber: asked, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	out := mapping.Map(a, mapping.Options{RegionID: "test"})
	got := map[string]lhcrv1.SubjectCheck{}
	for _, x := range out.Record.GetAlerts() {
		got[x.GetCode().GetDisplay()] = x.GetHeader().GetSubjectCheck()
	}
	want := map[string]lhcrv1.SubjectCheck{"Falls": lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH, "Whose?": lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(out.Record.GetAlerts()) != 2 || len(out.Record.GetMedications()) != 0 {
		t.Error("an item about another person was delivered")
	}
	counted := map[lhcrv1.Section]int{lhcrv1.Section_SECTION_ALERTS: 1, lhcrv1.Section_SECTION_MEDICATIONS: 1}
	if diff := cmp.Diff(counted, out.OtherPerson); diff != "" {
		t.Error(diff)
	}
}

func TestHeaderSaysWhereFromAndForWhom(t *testing.T) {
	tests := []struct {
		name, meta string
		want       *lhcrv1.ItemHeader
	}{
		{"Interweave's tags", `{"versionId":"3","lastUpdated":"2024-01-02T03:04:05Z","tag":[
			{"system":"https://yhcr.nhs.uk/Provenance","code":"RAE","display":"Bradford"},{"system":"https://yhcr.nhs.uk/Source","code":"EPR"}]}`,
			&lhcrv1.ItemHeader{
				SourceVersion: "3", SourceUpdated: &lhcrv1.When{Original: "2024-01-02T03:04:05Z", Precision: lhcrv1.DatePrecision_DATE_PRECISION_INSTANT},
				SourceOrganisation: &lhcrv1.Organisation{OdsCode: "RAE", Name: "Bradford"}, SourceSystem: "EPR",
				Tags: []*lhcrv1.Coding{{System: "https://yhcr.nhs.uk/Provenance", Code: "RAE", Display: "Bradford"}, {System: "https://yhcr.nhs.uk/Source", Code: "EPR"}},
			}},
		{"an ODS tag and a source", `{"source":"urn:epr","tag":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","code":"RAE"}]}`,
			&lhcrv1.ItemHeader{
				SourceOrganisation: &lhcrv1.Organisation{OdsCode: "RAE"}, SourceSystem: "urn:epr",
				Tags: []*lhcrv1.Coding{{System: "https://fhir.nhs.uk/Id/ods-organization-code", Code: "RAE"}},
			}},
		{"not for the patient", `{"security":[{"system":"http://hl7.org/fhir/v3/ActCode","code":"NOPAT"}]}`,
			&lhcrv1.ItemHeader{NotForPatient: true, Security: []*lhcrv1.Coding{{System: "http://hl7.org/fhir/v3/ActCode", Code: "NOPAT"}}}},
		{"for the patient", `{"security":[{"code":"N"}]}`, &lhcrv1.ItemHeader{Security: []*lhcrv1.Coding{{Code: "N"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := proto.CloneOf(header(t, `,"id":"f","meta":`+tt.meta))
			got.ItemId = ""
			tt.want.RegionId, tt.want.Section, tt.want.SourceType, tt.want.SourceId = "test", lhcrv1.Section_SECTION_ALERTS, "Flag", "f"
			tt.want.SubjectCheck = lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH
			if diff := cmp.Diff(tt.want, got, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSourceIsThePatientsPracticeOnlyWhereThatIsSaid(t *testing.T) {
	patient := `{"resourceType":"Patient","id":"p1","managingOrganization":{"reference":"Organization/org1"},"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}`
	of := func(practice bool) string {
		list := append(parsed(t, []byte(others))[1:], parsed(t, []byte("["+patient+","+alert("")+"]"))...)
		return whole(t, mapping.Options{SourceIsPatientsPractice: practice}, list).GetRecord().GetAlerts()[0].GetHeader().GetSourceOrganisation().GetOdsCode()
	}
	if of(true) != "Z99999" || of(false) != "" {
		t.Errorf("source %q in a practice's record, %q in another", of(true), of(false))
	}
}

func TestNarrativeIsKeptUnlessItWasGenerated(t *testing.T) {
	for status, kept := range map[string]bool{"generated": false, "empty": false, "additional": true, "extensions": true, "": true} {
		h := header(t, `,"text":{"status":"`+status+`","div":"<div><p>More than codes</p><script>x</script></div>"}`)
		if got := h.GetNarrative().GetText() == "More than codes"; got != kept {
			t.Errorf("a narrative of status %q kept: %v", status, got)
		}
		if strings.Contains(h.GetNarrative().GetMarkup(), "script") {
			t.Error("markup is not sanitised")
		}
	}
}

func TestSourceIsKeptByteForByte(t *testing.T) {
	flag := `{ "resourceType":"Flag",  "id":"f" , "subject":{"reference":"Patient/p1"} }`
	for _, include := range []bool{true, false} {
		a, err := answer.Read([]byte(`{"resourceType":"Bundle","entry":[{"resource":`+flag+`}]}`), answer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		out := mapping.Map(a, mapping.Options{RegionID: "test", IncludeSource: include, MediaTypes: []string{"application/fhir+json"}})
		var want []*lhcrv1.SourceResource
		if include {
			want = []*lhcrv1.SourceResource{{
				RegionId: "test", ItemId: out.Record.GetAlerts()[0].GetHeader().GetItemId(),
				MediaType: "application/fhir+json", Content: []byte(flag),
			}}
		}
		if diff := cmp.Diff(want, out.Sources, protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestListsThatNameAnItemAreTold(t *testing.T) {
	list := func(title, code, line string) string {
		return fmt.Sprintf(`{"resourceType":"List","title":%q,"code":{"coding":[{"code":%q}]},"subject":{"reference":"Patient/p1"},"entry":[%s]}`, title, code, line)
	}
	h := headers(t, mapping.Options{}, alert(`,"id":"f"`),
		list("Problems", "717711000000103", `{"item":{"reference":"Flag/f"}}`), list("Plan", "24781000000107", `{"deleted":true,"item":{"reference":"Flag/f"}}`),
		list("Others", "x", `{"item":{"reference":"Flag/other"}}`))[0]
	code := func(c string) *lhcrv1.Concept {
		return &lhcrv1.Concept{Display: "[" + c + "]", Codings: []*lhcrv1.Coding{{Code: c}}}
	}
	want := []*lhcrv1.ListMembership{
		{Title: "Problems", Code: code("717711000000103"), Primary: true}, {Title: "Plan", Code: code("24781000000107"), Deleted: true},
	}
	if diff := cmp.Diff(want, h.GetLists(), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}
