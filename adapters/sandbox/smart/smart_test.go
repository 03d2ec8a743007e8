package smart_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"go.uber.org/goleak"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/smart"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// region is a running exchange and a client that it knows.
type region struct {
	*system.System
	t      *testing.T
	client *http.Client
	access system.Access
	clock  time.Time
	jtis   int
}

func start(t *testing.T, i smart.Instance) *region {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	r := &region{t: t, clock: time.Date(2025, 11, 20, 12, 0, 0, 0, time.UTC)}
	if r.System, err = i.Start(all, func() time.Time { return r.clock }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	r.access = r.Access()
	r.client = probe.Gateway(t, r.access)
	return r
}

func london() smart.Instance {
	return smart.Instance{ID: smart.London, Scope: "system/*.read", Algorithm: "RS384"}
}

func greatNorth() smart.Instance {
	return smart.Instance{ID: smart.GreatNorth, Scope: "system/*.rs", Algorithm: "ES384", PerPeriodOfCare: true}
}

func number(t *testing.T, slug string) string {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	return all[slices.IndexFunc(all, func(p patients.Patient) bool { return p.Slug == slug })].NHSNumber
}

// claims are what an assertion must hold, with a new jti each time.
func (r *region) claims() map[string]any {
	r.jtis++
	return map[string]any{
		"iss": r.access.ClientID, "sub": r.access.ClientID, "aud": r.access.Audience, "jti": fmt.Sprint("jti-", r.jtis),
		"exp": r.clock.Add(5 * time.Minute).Unix(),
	}
}

func (r *region) sign(claims map[string]any, algorithm jose.SignatureAlgorithm, keyID string) string {
	r.t.Helper()
	block, _ := pem.Decode([]byte(r.access.SigningKeyPEM))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		r.t.Fatal(err)
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", keyID)
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
	assertion, err := signed.CompactSerialize()
	if err != nil {
		r.t.Fatal(err)
	}
	return assertion
}

func (r *region) form(assertion string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {"system/*.read"}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
}

func (r *region) ask(form url.Values) probe.Answer {
	r.t.Helper()
	return probe.Must(r.t, r.client, probe.Request(r.t, http.MethodPost, r.access.TokenURL, form))
}

func (r *region) token(form url.Values) string {
	r.t.Helper()
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	answer := r.ask(form)
	if err := json.Unmarshal(answer.Body, &reply); err != nil || reply.AccessToken == "" {
		r.t.Fatalf("no token: %d %s", answer.Status, answer.Body)
	}
	return reply.AccessToken
}

func (r *region) search(token, typ string, form url.Values) *http.Request {
	req := probe.Request(r.t, http.MethodPost, r.access.BaseURL+"/"+typ+"/_search", form)
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "Accept": "application/fhir+json",
		"NHSD-End-User-Organisation-ODS": "FZZ01", "NHSD-Identity-UUID": "999000000014", "NHSD-Session-URID": "R1290",
		"X-Request-ID": "0b1f3c52-6c1d-4a53-9a51-3f6f6d3b8f10", "NHSD-Purpose": "directcare",
	} {
		req.Header.Set(name, value)
	}
	return req
}

func identified(number string) url.Values {
	return url.Values{"identifier": {"https://fhir.nhs.uk/Id/nhs-number|" + number}}
}

func TestConfigurationTellsWhereTokensAreGot(t *testing.T) {
	r := start(t, london())
	answer := probe.Must(t, r.client, probe.Request(t, http.MethodGet, r.access.BaseURL+"/.well-known/smart-configuration", nil))
	var configuration struct {
		Endpoint   string   `json:"token_endpoint"`
		Algorithms []string `json:"token_endpoint_auth_signing_alg_values_supported"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
	}
	if err := json.Unmarshal(answer.Body, &configuration); err != nil || configuration.Endpoint != r.access.TokenURL ||
		!slices.Contains(configuration.Algorithms, "ES384") || !slices.Contains(configuration.Methods, "private_key_jwt") {
		t.Errorf("%d %s (%v)", answer.Status, answer.Body, err)
	}
}

func TestAssertionIsVerifiedToTheLetter(t *testing.T) {
	r := start(t, london())
	for name, c := range map[string]struct {
		change    func(map[string]any)
		algorithm jose.SignatureAlgorithm
		keyID     string
		status    int
	}{
		"all is right":     {nil, jose.RS384, r.access.SigningKeyID, 200},
		"other algorithm":  {nil, jose.RS256, r.access.SigningKeyID, 401},
		"other key id":     {nil, jose.RS384, "guess", 401},
		"other issuer":     {func(c map[string]any) { c["iss"] = "somebody" }, jose.RS384, r.access.SigningKeyID, 401},
		"other subject":    {func(c map[string]any) { c["sub"] = "somebody" }, jose.RS384, r.access.SigningKeyID, 401},
		"base as audience": {func(c map[string]any) { c["aud"] = r.access.BaseURL }, jose.RS384, r.access.SigningKeyID, 401},
		"too long":         {func(c map[string]any) { c["exp"] = r.clock.Add(6 * time.Minute).Unix() }, jose.RS384, r.access.SigningKeyID, 401},
		"over":             {func(c map[string]any) { c["exp"] = r.clock.Unix() }, jose.RS384, r.access.SigningKeyID, 401},
		"no jti":           {func(c map[string]any) { delete(c, "jti") }, jose.RS384, r.access.SigningKeyID, 401},
	} {
		claims := r.claims()
		if c.change != nil {
			c.change(claims)
		}
		if got := r.ask(r.form(r.sign(claims, c.algorithm, c.keyID))); got.Status != c.status {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
	assertion := r.sign(r.claims(), jose.RS384, r.access.SigningKeyID)
	if first, second := r.ask(r.form(assertion)), r.ask(r.form(assertion)); first.Status != 200 || second.Status != 401 {
		t.Errorf("the same assertion twice: %d and %d", first.Status, second.Status)
	}
}

func TestRequestForATokenIsOfTheStandard(t *testing.T) {
	r := start(t, london())
	for name, c := range map[string]struct {
		change func(url.Values)
		says   string
	}{
		"grant":         {func(f url.Values) { f.Set("grant_type", "password") }, "unsupported_grant_type"},
		"type":          {func(f url.Values) { f.Del("client_assertion_type") }, "invalid_request"},
		"no scope":      {func(f url.Values) { f.Del("scope") }, "invalid_scope"},
		"foreign scope": {func(f url.Values) { f.Set("scope", "system/*.read system/*.write") }, "invalid_scope"},
	} {
		form := r.form(r.sign(r.claims(), jose.RS384, r.access.SigningKeyID))
		c.change(form)
		if got := r.ask(form); got.Status != 400 || !strings.Contains(string(got.Body), c.says) {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

func TestSearchWithinTheScope(t *testing.T) {
	r := start(t, smart.Instance{ID: smart.London, Scope: "system/Patient.read system/Observation.read", Algorithm: "RS384"})
	form := r.form(r.sign(r.claims(), jose.RS384, r.access.SigningKeyID))
	form.Set("scope", "system/Patient.read")
	token := r.token(form)
	for typ, want := range map[string]int{"Patient": 200, "AllergyIntolerance": 403} {
		query := identified(number(t, "lola"))
		if got := probe.Must(t, r.client, r.search(token, typ, query)); got.Status != want {
			t.Errorf("%s: %d %s", typ, got.Status, got.Body)
		}
	}
	if got := r.LastCaller(); got.OrganisationODS != "FZZ01" || got.Role != "R1290" {
		t.Errorf("caller %+v", got)
	}
	r.clock = r.clock.Add(6 * time.Minute)
	if got := probe.Must(t, r.client, r.search(token, "Patient", identified(number(t, "lola")))); got.Status != 401 {
		t.Errorf("ended token: %d", got.Status)
	}
}

func TestConsentForThePeriodOfCareIsNeeded(t *testing.T) {
	r := start(t, greatNorth())
	form := r.form(r.sign(r.claims(), jose.ES384, r.access.SigningKeyID))
	form.Set("scope", "system/*.rs")
	token := r.token(form)
	for name, c := range map[string]struct {
		slug, reference, period string
		status                  int
	}{
		"in force":     {"nora", "consent-17", "2025-11-01/2026-01-31", 200},
		"open":         {"nora", "consent-17", "2025-11-01/", 200},
		"last day":     {"nora", "consent-17", "2025-11-01/2025-11-20", 200},
		"none":         {"nora", "", "", 403},
		"no period":    {"nora", "consent-17", "", 403},
		"no days":      {"nora", "consent-17", "now/then", 403},
		"ended":        {"nora", "consent-17", "2025-08-01/2025-11-19", 403},
		"not begun":    {"nora", "consent-17", "2025-11-21/", 403},
		"withdrawn":    {"nora", "withdrawn-17", "2025-11-01/", 403},
		"opted out":    {"rowan", "consent-17", "2025-11-01/", 403},
		"not held":     {"lola", "consent-17", "2025-11-01/", 200},
		"none, nobody": {"lola", "", "", 403},
	} {
		req := r.search(token, "Patient", identified(number(t, c.slug)))
		req.Header.Set("X-GNCR-Consent-Reference", c.reference)
		req.Header.Set("X-GNCR-Consent-Period", c.period)
		got := probe.Must(t, r.client, req)
		if got.Status != c.status || c.status == 403 && !strings.Contains(string(got.Body), `"code":"suppressed"`) {
			t.Errorf("%s: %d %.200s", name, got.Status, got.Body)
		}
	}
}
