package definition_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
)

// further is a region of everything that the whole one does without.
const further = `id: furthershire
name: Furthershire Care Record
description: A region made up for tests.
platform: Example
protocol: FHIR R4, found by PIXm
off_by_default: Nobody is connected yet.
claims:
  - {subject: protocol, statement: It speaks FHIR., certainty: assumed}
token:
  flow: smart-backend
  scope: system/*.read
  assertion_algorithm: ES384
  assertion_lifetime: 2m
headers:
  secrets: {Ocp-Apim-Subscription-Key: subscription-key}
consent:
  header: X-Consent
  period: X-Consent-Period
documents:
  most: 20
  max_bytes: 65536
limits:
  fetch_timeout: 10s
  search_timeout: 8s
  parallel: 4
  max_pages: 50
  max_bytes: 1048576
  max_page_bytes: 524288
  per_second: 5
fhir:
  version: R4
  courses: r4
  method: get
  format: xml
  patient: pixm
  pixm:
    method: post
    target_system: urn:oid:2.999.1
  page_size: 100
  links_asserted: true
  searches:
    allergies: {type: AllergyIntolerance}
    patient: {type: Patient, parameters: ["getAllLinkedPatients=true"]}
    documents: {type: DocumentReference}
capabilities:
  locate: {supported: true}
  documents: {supported: true}
  contribute: {reason: It is read only.}
  check: {supported: true}
  time_window: {reason: It cannot.}
  changed_since: {reason: It cannot.}
varies_by: [organisation]
endpoints:
  - {purpose: record, network: HSCN}
  - {purpose: token, network: HSCN}
  - {purpose: repository, network: nww}
other_sections: It gives these few.
sections:
  allergies: {searches: [allergies], documents: true}
  medications: {documents: true}
  documents: {documents: true}
  goals: {not_supported: It has none.}
`

func TestWhatIsWrongInTheFurtherKeysIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ old, changed, want string }{
		"an algorithm of our own":      {"ES384", "HS256", "token.assertion_algorithm: want one of RS384, RS512, ES384"},
		"an algorithm without a use":   {"flow: smart-backend", "flow: client-credentials", "token.assertion_algorithm: goes with"},
		"an assertion of an hour":      {"lifetime: 2m", "lifetime: 1h", "token.assertion_lifetime: want at most five minutes"},
		"a second proof":               {"  scope:", "  client_auth: basic\n  scope:", "token.client_auth: is the assertion"},
		"a secret in no header":        {"Ocp-Apim-Subscription-Key:", `"a b":`, "headers.secrets.a b: want the name of an HTTP header"},
		"a secret for the token":       {"Ocp-Apim-Subscription-Key:", `Authorization:`, "headers.secrets.Authorization: want the name"},
		"a secret of no name":          {"subscription-key", "My Key", "headers.secrets.Ocp-Apim-Subscription-Key: want the name of a secret"},
		"a consent in no header":       {"header: X-Consent", `header: ""`, "line 17: consent.header: want the name"},
		"a period in no header":        {"X-Consent-Period", `"X: y"`, "line 18: consent.period: want the name"},
		"both in one header":           {"X-Consent-Period", `x-consent`, "line 18: consent.period: is the header of the reference"},
		"no document":                  {"most: 20", "most: 0", "line 20: documents.most: want 1 to 200"},
		"too many documents":           {"most: 20", "most: 201", "line 20: documents.most: want 1 to 200"},
		"a document above everything":  {"max_bytes: 65536", "max_bytes: 2097152", "line 21: documents.max_bytes: want 1 KiB"},
		"documents without bounds":     {"documents:\n  most: 20\n  max_bytes: 65536\n", "", "documents: is required where sections are read"},
		"bounds of nothing":            {"{searches: [allergies], documents: true}\n  medications: {documents: true}", "{searches: [allergies]}", "documents: no section is read"},
		"documents that nobody lists":  {"    documents: {type: DocumentReference}\n", "    documents: {type: Composition}\n", "sections.medications: is read from documents, and no search"},
		"documents that are not given": {"medications: {documents: true}", "medications: {documents: true, not_supported: why}", "sections.medications: want either"},
		"too many requests":            {"per_second: 5", "per_second: 5000", "limits.per_second: want 1 to 1000"},
		"less than no request":         {"per_second: 5", "per_second: -1", "limits.per_second: want 1 to 1000"},
		"an unknown format":            {"format: xml", "format: turtle", "fhir.format: want json or xml"},
		"an index that nobody asks":    {"patient: pixm", "patient: reference", "fhir.pixm: goes with patient: pixm"},
		"an index of no system":        {"urn:oid:2.999.1", "local ids", "fhir.pixm.target_system: want the address"},
		"an index asked by mail":       {"method: post", "method: mail", "fhir.pixm.method: want one of post, get"},
		"no index":                     {"  pixm:\n    method: post\n    target_system: urn:oid:2.999.1\n", "", "fhir.pixm: goes with patient: pixm"},
		"sections left out":            {"other_sections: It gives these few.\n", "", "sections.vaccinations: is missing"},
		"a section of nothing":         {"medications: {documents: true}", "medications: {}", "sections.medications: want either"},
		"searches without FHIR":        {further[strings.Index(further, "fhir:"):strings.Index(further, "capabilities:")], "", "sections.allergies: names searches, and there is no fhir"},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(further, c.old) {
				t.Fatalf("the definition holds no %q", c.old)
			}
			_, err := definition.Parse([]byte(strings.Replace(further, c.old, c.changed, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant it to hold %q", err, c.want)
			}
		})
	}
}

func TestFurtherKeysAreDescribed(t *testing.T) {
	d := parse(t, further)
	about := d.DescribeFor(adapters.Settings{
		BaseURL: "https://records.example/fhir", Addresses: map[string]string{"repository": "https://store.example:9443/xds"},
	})
	if r := about.GetRegion(); !r.GetConsentPerPeriodOfCare() || r.GetDisabledReason() != "Nobody is connected yet." {
		t.Errorf("consent %v, off because of %q", r.GetConsentPerPeriodOfCare(), r.GetDisabledReason())
	}
	want := []*lhcrv1.NetworkEndpoint{
		{RegionId: "furthershire", Host: "records.example", Port: 443, Protocol: "https", Network: "HSCN", Direction: "outbound", Purpose: "record"},
		{RegionId: "furthershire", Host: "token.furthershire.invalid", Port: 443, Protocol: "https", Network: "HSCN", Direction: "outbound", Purpose: "token"},
		{RegionId: "furthershire", Host: "store.example", Port: 9443, Protocol: "https", Network: "nww", Direction: "outbound", Purpose: "repository"},
	}
	if diff := cmp.Diff(want, about.GetEndpoints(), protocmp.Transform()); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"record", "repository", "token"}, d.Purposes()); diff != "" {
		t.Errorf("purposes (-want +got):\n%s", diff)
	}
	given := map[lhcrv1.Section]string{
		lhcrv1.Section_SECTION_ALLERGIES: "", lhcrv1.Section_SECTION_MEDICATIONS: "", lhcrv1.Section_SECTION_DOCUMENTS: "",
		lhcrv1.Section_SECTION_GOALS: "It has none.",
	}
	for _, s := range about.GetRegion().GetSections() {
		reason, named := given[s.GetSection()]
		if !named {
			reason = "It gives these few."
		}
		if s.GetSupported() != (reason == "") || s.GetReason() != reason {
			t.Errorf("%v: supported %v because of %q, want %q", s.GetSection(), s.GetSupported(), s.GetReason(), reason)
		}
	}
}

func TestSectionsThatDocumentsSpeakOfNeedTheirList(t *testing.T) {
	d := parse(t, further)
	for s, want := range map[lhcrv1.Section][]string{
		lhcrv1.Section_SECTION_ALLERGIES: {"allergies", "documents"}, lhcrv1.Section_SECTION_MEDICATIONS: {"documents"},
		lhcrv1.Section_SECTION_DOCUMENTS: {"documents"}, lhcrv1.Section_SECTION_GOALS: nil,
	} {
		if got := d.SearchesOf(s); !slices.Equal(got, want) {
			t.Errorf("%v needs the searches %v, want %v", s, got, want)
		}
	}
	asked := []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS, lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_GOALS}
	if got := d.ReadFromDocuments(asked); !slices.Equal(got, []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES}) {
		t.Errorf("read from documents: %v", got)
	}
}

// The name of a secret says that it is there; which it is, no digest may tell.
func TestConfigurationCoversAddressesAndNamesOfSecrets(t *testing.T) {
	d := parse(t, further)
	of := func(addresses map[string]string, secrets map[string]adapters.Secret) string {
		return d.DescribeFor(adapters.Settings{Addresses: addresses, Secrets: secrets}).GetConfiguration()
	}
	at := map[string]string{"repository": "https://store.example/xds"}
	first := of(at, map[string]adapters.Secret{"subscription-key": "one"})
	if first != of(at, map[string]adapters.Secret{"subscription-key": "two"}) {
		t.Error("a secret changes it")
	}
	if first == of(map[string]string{"repository": "https://store.example/other"}, map[string]adapters.Secret{"subscription-key": "one"}) {
		t.Error("another address leaves it the same")
	}
	if first == of(at, map[string]adapters.Secret{"password": "one"}) {
		t.Error("another name of a secret leaves it the same")
	}
}
