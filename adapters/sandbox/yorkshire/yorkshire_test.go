package yorkshire_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
	"github.com/openlhcr/openlhcr/adapters/sandbox/yorkshire"
)

const nhsSystem = "https://fhir.nhs.uk/Id/nhs-number|"

// region is a running exchange and a client that it knows.
type region struct {
	*system.System
	t      *testing.T
	client *http.Client
	access system.Access
	all    []patients.Patient
	clock  time.Time
	jtis   int
}

func start(t *testing.T) *region {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	r := &region{t: t, all: all, clock: time.Now()}
	if r.System, err = yorkshire.Start(all, func() time.Time { return r.clock }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	r.access = r.Access()
	r.client = probe.Gateway(t, r.access)
	return r
}

func (r *region) number(slug string) string {
	i := slices.IndexFunc(r.all, func(p patients.Patient) bool { return p.Slug == slug })
	return r.all[i].NHSNumber
}

// claims are what an assertion must hold, with a new jti each time.
func (r *region) claims() map[string]any {
	r.jtis++
	return map[string]any{
		"iss": r.access.Issuer, "aud": r.access.Audience, "sub": r.access.Subject, "jti": fmt.Sprint("jti-", r.jtis),
		"iat": r.clock.Unix(), "exp": r.clock.Add(5 * time.Minute).Unix(), "ods": "FZZ01", "rsn": r.access.ReasonCode,
		"scope": "fhir.*",
		"usr": map[string]any{
			"rol": r.access.RoleCode, "org": "FZZ01", "fam": "Henstridge", "giv": "Pawel",
			"ids": []map[string]any{{"sys": "sds", "idc": "999000000014"}},
		},
	}
}

func (r *region) sign(claims map[string]any, keyPEM, keyID string, algorithm jose.SignatureAlgorithm) string {
	r.t.Helper()
	block, _ := pem.Decode([]byte(keyPEM))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		r.t.Fatal(err)
	}
	options := (&jose.SignerOptions{}).WithType("JWT")
	if keyID != "" {
		options.WithHeader("kid", keyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		r.t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		r.t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		r.t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

func (r *region) assertion(claims map[string]any) string {
	return r.sign(claims, r.access.SigningKeyPEM, r.access.SigningKeyID, jose.RS256)
}

func (r *region) form(assertion string) url.Values {
	return url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {assertion},
		"client_id": {r.access.ClientID}, "client_secret": {r.access.ClientSecret},
	}
}

func (r *region) ask(form url.Values) probe.Answer {
	r.t.Helper()
	return probe.Must(r.t, r.client, probe.Request(r.t, http.MethodPost, r.access.TokenURL, form))
}

func (r *region) tokenFor(claims map[string]any) string {
	r.t.Helper()
	answer := r.ask(r.form(r.assertion(claims)))
	var reply struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.Unmarshal(answer.Body, &reply); err != nil || reply.AccessToken == "" {
		r.t.Fatalf("no token: %d %s", answer.Status, answer.Body)
	}
	return reply.AccessToken
}

func (r *region) get(address, token string) *http.Request {
	req := probe.Request(r.t, http.MethodGet, address, nil)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/fhir+json")
	return req
}

func (r *region) address(typ string, query url.Values) string {
	return r.access.BaseURL + "/" + typ + "?" + query.Encode()
}

func (r *region) find(typ string, query url.Values) probe.Bundle {
	r.t.Helper()
	answer := probe.Must(r.t, r.client, r.get(r.address(typ, query), r.tokenFor(r.claims())))
	if answer.Status != http.StatusOK {
		r.t.Fatalf("search %s: %d %s", typ, answer.Status, answer.Body)
	}
	return probe.ReadBundle(r.t, answer.Body)
}

func chained(number string) url.Values { return url.Values{"patient.identifier": {nhsSystem + number}} }

func TestOnePersonIsSeveralPatientResources(t *testing.T) {
	r := start(t)
	found := r.find("Patient", url.Values{"identifier": {nhsSystem + r.number(patients.Demo)}})
	if found.Total != 2 || len(found.Link) != 1 || found.Rel("self") == "" {
		t.Errorf("total %d, links %v, want 2 and self alone", found.Total, found.Link)
	}
}

func TestChainedSearchWithFailedProvider(t *testing.T) {
	r := start(t)
	query := chained(r.number(patients.Demo))
	query.Set("_include", "MedicationRequest:medication")
	found := r.find("MedicationRequest", query)
	if found.Total != 4 || len(found.IDs("match")) != 4 || len(found.IDs("include")) != 4 {
		t.Errorf("total %d: %v and %v", found.Total, found.IDs("match"), found.IDs("include"))
	}
	if len(found.IDs("outcome")) != 1 {
		t.Fatalf("outcomes %v, want 1", found.IDs("outcome"))
	}
	outcome, err := json.Marshal(found.Entry[len(found.Entry)-1].Resource)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"https://yhcr.nhs.uk/RequestId", `"code":"RZY"`, `"code":"timeout"`, `"severity":"error"`} {
		if !strings.Contains(string(outcome), want) {
			t.Errorf("outcome has no %s: %s", want, outcome)
		}
	}
	if got := r.find("AllergyIntolerance", chained(r.number(patients.Demo))).IDs("outcome"); len(got) != 0 {
		t.Errorf("allergies carry %v: the failure is of medicines only", got)
	}
	if got := r.LastCaller(); got.OrganisationODS != "FZZ01" || got.Person != "999000000014" {
		t.Errorf("caller %+v", got)
	}
}

func TestOtherFormsOfSearch(t *testing.T) {
	r := start(t)
	number := r.number(patients.Demo)
	patient := r.find("Patient", url.Values{"identifier": {nhsSystem + number}}).IDs("match")[0]
	for _, c := range []struct {
		typ   string
		query url.Values
		want  int
	}{
		{"AllergyIntolerance", url.Values{"patient:identifier": {nhsSystem + number}}, 2},
		{"AllergyIntolerance", url.Values{"patient": {patient}}, 2},
		{"Observation", url.Values{"patient": {patient}, "code": {"http://snomed.info/sct|1006691000000103"}}, 1},
		{"Observation", url.Values{"patient": {patient}, "date": {"gt2025-11-11"}}, 3},
		{"Flag", url.Values{"patient": {patient}, "_tag": {"https://yhcr.nhs.uk/Provenance|RZX"}}, 0},
		{"Flag", url.Values{"patient": {patient}, "_tag": {"https://yhcr.nhs.uk/Provenance|RZY"}}, 1},
	} {
		if got := r.find(c.typ, c.query).Total; got != c.want {
			t.Errorf("%s %v: %d, want %d", c.typ, slices.Sorted(maps.Keys(c.query)), got, c.want)
		}
	}
	reversed := r.find("Patient", url.Values{"_id": {strings.TrimPrefix(patient, "Patient/")}, "_revinclude": {"AllergyIntolerance:patient"}})
	if reversed.Total != 1 || len(reversed.IDs("include")) != 2 {
		t.Errorf("revinclude: %d and %v", reversed.Total, reversed.IDs("include"))
	}
}

func TestSortedByDate(t *testing.T) {
	query := url.Values{"_sort": {"-date"}}
	r := start(t)
	maps.Copy(query, chained(r.number(patients.Demo)))
	var dates []string
	for _, e := range r.find("Observation", query).Entry {
		dates = append(dates, e.Resource["effectiveDateTime"].(string))
	}
	slices.Reverse(dates)
	if len(dates) != 7 || !slices.IsSorted(dates) {
		t.Errorf("dates, oldest first: %v", dates)
	}
}

func TestPagingHasFiveLinksAndEndsAtItself(t *testing.T) {
	r := start(t)
	query := chained(r.number(patients.Demo))
	query.Set("_count", "3")
	token := r.tokenFor(r.claims())
	seen := map[string]int{}
	address, pages := r.address("Observation", query), 0
	for {
		page := probe.ReadBundle(t, probe.Must(t, r.client, r.get(address, token)).Body)
		pages++
		for _, relation := range []string{"first", "next", "self", "previous", "last"} {
			if page.Rel(relation) == "" {
				t.Fatalf("page %d has no link %s", pages, relation)
			}
		}
		for _, id := range page.IDs("match") {
			seen[id]++
		}
		if page.Total != 7 {
			t.Errorf("total %d, want 7 on each page", page.Total)
		}
		if page.Rel("next") == page.Rel("self") || pages > 10 {
			break
		}
		address = page.Rel("next")
	}
	if pages != 3 || len(seen) != 7 {
		t.Errorf("%d pages, %d resources, want 3 and 7", pages, len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
}

func TestDocumentIsFetchedFromTheExchange(t *testing.T) {
	r := start(t)
	found := r.find("DocumentReference", chained(r.number(patients.Demo)))
	content := found.Entry[0].Resource["content"].([]any)[0].(map[string]any)["attachment"].(map[string]any)
	link := content["url"].(string)
	if !strings.HasPrefix(link, r.access.BaseURL+"/Binary/") {
		t.Fatalf("link %s does not lead to the exchange", link)
	}
	req := r.get(link, r.tokenFor(r.claims()))
	req.Header.Set("Accept", "application/pdf")
	if answer := probe.Must(t, r.client, req); !strings.HasPrefix(string(answer.Body), "%PDF-") {
		t.Errorf("document: %d %.60q", answer.Status, answer.Body)
	}
	req = r.get(link, r.tokenFor(r.claims()))
	if answer := probe.Must(t, r.client, req); !strings.Contains(string(answer.Body), `"resourceType"`) {
		t.Errorf("as FHIR: %d %.60q", answer.Status, answer.Body)
	}
}
