package definition_test

import (
	_ "embed"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

//go:embed testdata/region.yaml
var whole string

func parse(t *testing.T, source string) *definition.Definition {
	t.Helper()
	d, err := definition.Parse([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDefinitionIsDescribed(t *testing.T) {
	got := parse(t, whole).DescribeFor(adapters.Settings{BaseURL: "https://records.example:8443/fhir", TokenURL: "https://login.example/token"})
	sections := got.GetRegion().GetSections()
	if len(sections) != 38 || sections[0].GetSection() != lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS {
		t.Fatalf("%d sections, the first %v", len(sections), sections[0].GetSection())
	}
	if !sections[7].GetSupported() || sections[7].GetReason() != "" {
		t.Errorf("allergies: %v", sections[7])
	}
	if sections[8].GetSupported() || sections[8].GetReason() != "It does not give it." {
		t.Errorf("medications: %v", sections[8])
	}
	want := &lhcrv1.Region{
		RegionId: "smallshire", Name: "Smallshire Care Record", Description: "A region made up for tests.",
		Platform: "Example", Protocol: "FHIR R4", Certainty: lhcrv1.Certainty_CERTAINTY_ASSUMED,
		Claims: []*lhcrv1.RegionClaim{
			{Subject: "protocol", Statement: "It speaks FHIR.", Certainty: lhcrv1.Certainty_CERTAINTY_DOCUMENTED, Source: "https://smallshire.example/interface"},
			{Subject: "paging", Statement: "It pages.", Certainty: lhcrv1.Certainty_CERTAINTY_ASSUMED},
		},
		Capabilities: []*lhcrv1.CapabilitySupport{
			{Capability: lhcrv1.Capability_CAPABILITY_LOCATE, Supported: true},
			{Capability: lhcrv1.Capability_CAPABILITY_DOCUMENTS, Reason: "It keeps none."},
			{Capability: lhcrv1.Capability_CAPABILITY_CONTRIBUTE, Reason: "It is read only."},
			{Capability: lhcrv1.Capability_CAPABILITY_CHECK, Supported: true},
			{Capability: lhcrv1.Capability_CAPABILITY_TIME_WINDOW, Reason: "It cannot."},
			{Capability: lhcrv1.Capability_CAPABILITY_CHANGED_SINCE, Reason: "It cannot."},
		},
		Notes: []string{"It is small."}, SourceLag: "a day",
		VariesBy:                 []lhcrv1.VariesBy{lhcrv1.VariesBy_VARIES_BY_ORGANISATION, lhcrv1.VariesBy_VARIES_BY_ROLE},
		PharmaceuticalCommittees: []string{"Community Pharmacy Smallshire"}, IntegratedCareBoards: []string{"QXX"},
	}
	if diff := cmp.Diff(want, got.GetRegion(), protocmp.Transform(), protocmp.IgnoreFields(want, "sections")); diff != "" {
		t.Errorf("region (-want +got):\n%s", diff)
	}
	endpoints := []*lhcrv1.NetworkEndpoint{
		{RegionId: "smallshire", Host: "records.example", Port: 8443, Protocol: "https", Network: "HSCN", Direction: "outbound", Purpose: "record"},
		{RegionId: "smallshire", Host: "login.example", Port: 443, Protocol: "https", Network: "internet", Direction: "outbound", Purpose: "token"},
	}
	if diff := cmp.Diff(endpoints, got.GetEndpoints(), protocmp.Transform()); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
	if !proto.Equal(got.GetFetchTimeout(), durationpb.New(10*time.Second)) {
		t.Errorf("fetch timeout %v", got.GetFetchTimeout())
	}
}

func TestAddressesArePlaceholdersBeforeADeployment(t *testing.T) {
	for _, e := range parse(t, whole).Describe().GetEndpoints() {
		if !strings.HasSuffix(e.GetHost(), ".smallshire.invalid") || e.GetPort() != 443 {
			t.Errorf("endpoint %v", e)
		}
	}
}

func TestLeastSureClaimDecides(t *testing.T) {
	source := strings.Replace(whole, "certainty: assumed", "certainty: reported\n    source: a page", 1)
	if got := parse(t, source).Describe().GetRegion().GetCertainty(); got != lhcrv1.Certainty_CERTAINTY_REPORTED {
		t.Errorf("certainty %v", got)
	}
}

// Each case changes the whole definition in one place; the error names the key and its line in the result.
func TestWhatIsWrongIsNamedWithKeyAndLine(t *testing.T) {
	for name, c := range map[string]struct{ old, changed, want string }{
		"an unknown key":               {"name: Small", "nme: Small", `line 2: unknown field "nme"`},
		"an unknown key within":        {"  flow: client", "  flo: client", `line 15: unknown field "flo"`},
		"a key twice":                  {"platform: Example", "platform: Example\nplatform: Example", `line 5: mapping key "platform" already defined`},
		"a word for a number":          {"parallel: 4", "parallel: four", "line 24: cannot unmarshal"},
		"no name":                      {"name: Smallshire Care Record\n", "", "line 1: name: is required"},
		"a bad id":                     {"id: smallshire", "id: Small Shire", "line 1: id: want lower-case"},
		"a bad certainty":              {"certainty: assumed", "certainty: likely", "line 13: claims.2.certainty: want one of documented, reported, assumed"},
		"documented nowhere":           {"    source: https://smallshire.example/interface\n", "", "line 7: claims.1.source: is required unless assumed"},
		"no claims":                    {whole[strings.Index(whole, "claims:"):strings.Index(whole, "token:")], "", "claims: want at least one"},
		"a section left out":           {"  goals: {not_supported: It does not give it.}\n", "", "line 51: sections.goals: is missing"},
		"a section of our own":         {"  goals: {not", "  golas: {not", "sections.golas: is no section"},
		"a section with both":          {"{searches: [allergies]}", "{searches: [allergies], not_supported: why}", "line 52: sections.allergies: want either"},
		"a section with neither":       {"{searches: [allergies]}", "{}", "line 52: sections.allergies: want either"},
		"a search that is not there":   {"{searches: [allergies]}", "{searches: [allergies, lists]}", "line 52: sections.allergies.searches.2: is no search"},
		"a search that nobody uses":    {"    allergies: {type", "    lists: {type: List}\n    allergies: {type", "fhir.searches.lists: is used by no section"},
		"a bad type":                   {"type: AllergyIntolerance", "type: allergies", "line 35: fhir.searches.allergies.type"},
		"a bad include":                {`"AllergyIntolerance:recorder"`, `"recorder"`, "line 35: fhir.searches.allergies.include.1"},
		"a bad parameter":              {`"_sort=-date"`, `"_sort=a&b=c"`, "line 35: fhir.searches.allergies.parameters.1"},
		"a capability left out":        {"  check: {supported: true}\n", "", "capabilities.check: is missing"},
		"a capability with a reason":   {"check: {supported: true}", "check: {supported: true, reason: x}", "line 40: capabilities.check: want either"},
		"a capability of our own":      {"  check:", "  czech:", "capabilities.czech: is no capability"},
		"an unknown version":           {"version: R4", "version: R5", "line 29: fhir.version: want one of R4, STU3"},
		"an unknown course rule":       {"courses: r4", "courses: r5", "line 30: fhir.courses: want one of"},
		"an unknown method":            {"method: post", "method: put", "line 31: fhir.method: want one of post, get"},
		"an unknown patient form":      {"patient: reference", "patient: name", "line 32: fhir.patient: want one of"},
		"no page":                      {"page_size: 100", "page_size: 0", "line 33: fhir.page_size: want 1 to 1000"},
		"an unknown flow":              {"flow: client-credentials", "flow: magic", "line 15: token.flow: want one of"},
		"an unknown client auth":       {"  timeout: 5s", "  client_auth: cookie", "line 16: token.client_auth: want one of"},
		"a bad header":                 {"organisation: X-Organisation", `organisation: "X: y"`, "line 18: headers.organisation: want the name"},
		"half a purpose":               {"  direct_care: care\n", "", "headers.direct_care: goes with purpose"},
		"no fetch timeout":             {"fetch_timeout: 10s", "fetch_timeout: 0s", "line 22: limits.fetch_timeout"},
		"a search longer than a fetch": {"search_timeout: 8s", "search_timeout: 11s", "line 23: limits.search_timeout"},
		"nothing at once":              {"parallel: 4", "parallel: 0", "line 24: limits.parallel"},
		"no pages":                     {"max_pages: 50", "max_pages: 0", "line 25: limits.max_pages"},
		"everything":                   {"max_bytes: 1048576", "max_bytes: 1048576000", "line 26: limits.max_bytes"},
		"a page above all":             {"max_page_bytes: 524288", "max_page_bytes: 2097152", "line 27: limits.max_page_bytes"},
		"varying by the moon":          {"[organisation, role]", "[organisation, moon]", "line 43: varies_by.2: want one of"},
		"varying by nothing":           {"[organisation, role]", "[]", "line 43: varies_by: want at least one"},
		"no board":                     {"[QXX]", "[Smallshire]", "line 47: integrated_care_boards.1"},
		"an endpoint without purpose":  {"purpose: token,", "purpose: My Registry,", "line 50: endpoints.2.purpose: want record, token or the name"},
		"an endpoint twice":            {"purpose: token,", "purpose: record,", "line 50: endpoints.2.purpose: is there twice"},
		"an endpoint nowhere":          {"network: internet", `network: ""`, "line 50: endpoints.2.network: is required"},
		"a token without an endpoint":  {"  - {purpose: token, network: internet}\n", "", "line 48: endpoints: want one with purpose token"},
		"two documents":                {"id: smallshire", "---\nid: a\n---\nid: smallshire", "want one YAML document"},
		"no YAML":                      {"id: smallshire", "\tid: [", "line 1:"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(whole, c.old) {
				t.Fatalf("the definition holds no %q", c.old)
			}
			_, err := definition.Parse([]byte(strings.Replace(whole, c.old, c.changed, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant it to hold %q", err, c.want)
			}
		})
	}
}

func FuzzDefinition(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(further))
	for _, seed := range []string{"", "---", "a: &a [*a]", "id: {", "- 1", "!!binary x", "sections: {allergies: }", "<<: *x", "? a\n: b"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, source []byte) {
		d, err := definition.Parse(source)
		if (d == nil) == (err == nil) {
			t.Fatalf("definition %v, error %v", d, err)
		}
		if err != nil {
			return
		}
		if n := len(d.Describe().GetRegion().GetSections()); n != 38 {
			t.Errorf("%d sections described", n)
		}
	})
}
