package yorkshire_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
)

func (r *region) refused(name string, answer probe.Answer, status int, want string) {
	r.t.Helper()
	if answer.Status != status || !strings.Contains(string(answer.Body), want) {
		r.t.Errorf("%s: %d %s, want %d %q", name, answer.Status, answer.Body, status, want)
	}
}

func TestIAMRefusesWrongClaims(t *testing.T) {
	r := start(t)
	user := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c["usr"].(map[string]any)[name] = value }
	}
	set := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	at := func(d time.Duration) int64 { return r.clock.Add(d).Unix() }
	for name, spoil := range map[string]func(map[string]any){
		"iss": set("iss", "somebody"), "aud": set("aud", "FHIR"), "sub": set("sub", ""), "jti": set("jti", ""),
		"iat": set("iat", at(time.Hour)), "exp": set("exp", at(-time.Hour)), "exp is more": set("exp", at(2*time.Hour)),
		"ods": set("ods", "?"), "rsn": set("rsn", "9"), "scope": set("scope", "system/*.read"),
		"usr.rol": user("rol", 9), "usr.org": user("org", "OTHER"), "usr.fam": user("fam", ""), "usr.ids": user("ids", nil),
		"pat.nhs": set("pat", map[string]any{"nhs": "123"}),
		"pat.dob": set("pat", map[string]any{"nhs": "9990001003", "dob": "1948-03-07"}),
	} {
		claims := r.claims()
		spoil(claims)
		r.refused(name, r.ask(r.form(r.assertion(claims))), http.StatusBadRequest, `"error":"invalid_grant"`)
		claims = r.claims()
		spoil(claims)
		r.refused(name, r.ask(r.form(r.assertion(claims))), http.StatusBadRequest, name)
	}
}

func TestIAMKnowsTheOtherCodes(t *testing.T) {
	r := start(t)
	claims := r.claims()
	claims["rsn"] = r.access.EmergencyReasonCode
	claims["usr"].(map[string]any)["rol"] = r.access.TechnicianRoleCode
	r.tokenFor(claims)
}

func TestIAMTakesNumbersForStrings(t *testing.T) {
	r := start(t)
	claims := r.claims()
	claims["sub"], claims["rsn"] = 12, json.Number(r.access.ReasonCode)
	claims["usr"].(map[string]any)["rol"] = json.Number(r.access.RoleCode)
	claims["pat"] = map[string]any{"nhs": json.Number(r.number(patients.Demo)), "dob": "19480307"}
	r.tokenFor(claims)
}

func TestIAMRefusesWrongSignaturesClientsAndReplays(t *testing.T) {
	r := start(t)
	other := start(t)
	used := r.form(r.assertion(r.claims()))
	r.ask(used)
	r.refused("replay", r.ask(used), 400, "jti was used before")
	foreign := r.sign(r.claims(), other.access.SigningKeyPEM, "", jose.RS256)
	r.refused("foreign key", r.ask(r.form(foreign)), 400, "signature does not fit")
	r.refused("key id", r.ask(r.form(r.sign(r.claims(), r.access.SigningKeyPEM, "other", jose.RS256))), 400, "is not registered")
	r.refused("algorithm", r.ask(r.form(r.sign(r.claims(), r.access.SigningKeyPEM, "", jose.PS256))), 400, "no RS256 JWT")
	r.refused("no JWT", r.ask(r.form("guess")), 400, "no RS256 JWT")
	wrong := r.form(r.assertion(r.claims()))
	wrong.Set("client_secret", "guess")
	r.refused("secret", r.ask(wrong), 401, "invalid_client")
	wrong = r.form(r.assertion(r.claims()))
	wrong.Set("grant_type", "client_credentials")
	r.refused("grant", r.ask(wrong), 400, "unsupported_grant_type")
	r.refused("no key id is no fault", r.ask(r.form(r.sign(r.claims(), r.access.SigningKeyPEM, "", jose.RS256))), 200, "access_token")
}

func TestIAMTakesBasicAuthentication(t *testing.T) {
	r := start(t)
	form := r.form(r.assertion(r.claims()))
	form.Del("client_id")
	form.Del("client_secret")
	req := probe.Request(t, http.MethodPost, r.access.TokenURL, form)
	req.SetBasicAuth(r.access.ClientID, r.access.ClientSecret)
	r.refused("basic", probe.Must(t, r.client, req), 200, "access_token")
}

func TestExchangeRefuses(t *testing.T) {
	r := start(t)
	number := r.number(patients.Demo)
	good := r.address("AllergyIntolerance", chained(number))
	claims := r.claims()
	token := r.tokenFor(claims)
	bound := r.claims()
	bound["pat"] = map[string]any{"nhs": "9990001178"}
	other := r.tokenFor(bound)
	post := probe.Request(t, http.MethodPost, r.access.BaseURL+"/AllergyIntolerance/_search", chained(number))
	html := r.get(good, token)
	html.Header.Set("Accept", "text/html")
	query := func(name, value string) *http.Request {
		q := chained(number)
		q.Set(name, value)
		return r.get(r.address("AllergyIntolerance", q), token)
	}
	for _, c := range []struct {
		name   string
		req    *http.Request
		status int
		code   string
	}{
		{"no token", r.get(good, ""), 401, "processing"},
		{"the assertion instead of a token", r.get(good, r.assertion(claims)), 401, "processing"},
		{"a token for another patient", r.get(good, other), 403, "processing"},
		{"metadata without a token", r.get(r.access.BaseURL+"/metadata", ""), 401, "processing"},
		{"POST search", post, 405, "not-supported"},
		{"Accept without FHIR", html, 406, "not-supported"},
		{"unknown parameter", query("colour", "red"), 400, "not-supported"},
		{"unknown sort", query("_sort", "-colour"), 400, "not-supported"},
		{"no patient named", r.get(r.access.BaseURL+"/AllergyIntolerance", token), 400, "required"},
		{"vaccinations", r.get(r.address("Immunization", chained(number)), token), 404, "not-found"},
		{"unknown page", r.get(r.access.BaseURL+"/page/guess", token), 404, "not-found"},
	} {
		r.refused(c.name, probe.Must(t, r.client, c.req), c.status, `"code":"`+c.code+`"`)
	}
}

func TestTokenExpiresAndIsRevoked(t *testing.T) {
	r := start(t)
	good := r.address("AllergyIntolerance", chained(r.number(patients.Demo)))
	token := r.tokenFor(r.claims())
	r.refused("live", probe.Must(t, r.client, r.get(good, token)), 200, "searchset")
	r.clock = r.clock.Add(6 * time.Minute)
	r.refused("expired", probe.Must(t, r.client, r.get(good, token)), 401, "exp has passed")
	token = r.tokenFor(r.claims())
	r.RevokeTokens()
	r.refused("revoked", probe.Must(t, r.client, r.get(good, token)), 401, "revoked")
}

func TestHandshakeNeedsACertificateOfTheRegion(t *testing.T) {
	r := start(t)
	for name, pair := range map[string]*pki.KeyPair{
		"none": nil, "foreign": &r.access.ForeignClient, "expired": &r.access.ExpiredClient,
	} {
		client := probe.Client(t, r.access, pair)
		for _, address := range []string{r.access.TokenURL, r.access.BaseURL + "/metadata"} {
			_, err := probe.Do(client, probe.Request(t, http.MethodGet, address, nil))
			if err == nil || !strings.Contains(err.Error(), "tls:") {
				t.Errorf("%s certificate: %v, want a failed handshake", name, err)
			}
		}
	}
}

func TestRootTellsThatItIsUp(t *testing.T) {
	r := start(t)
	root, err := url.Parse(r.access.BaseURL)
	if err != nil {
		t.Fatal(err)
	}
	root.Path = "/"
	r.refused("root", probe.Must(t, r.client, probe.Request(t, http.MethodGet, root.String(), nil)), 200, "up")
}

func TestFaultsBefallTheExchange(t *testing.T) {
	r := start(t)
	good := r.address("AllergyIntolerance", chained(r.number(patients.Demo)))
	token := r.tokenFor(r.claims())
	for kind, want := range map[fault.Kind]int{
		fault.Unauthorized: 401, fault.ServerError: 500, fault.Garbage: 200, fault.Redirect: 307, fault.ErrorIn200: 200,
	} {
		r.Fault(fault.Fault{Kind: kind, NHSNumber: r.number(patients.Demo), Times: 1})
		answer := probe.Must(t, r.client, r.get(good, token))
		if answer.Status != want || strings.Contains(string(answer.Body), "AllergyIntolerance/") {
			t.Errorf("%s: %d %.200s", kind, answer.Status, answer.Body)
		}
	}
	r.Fault(fault.Fault{Kind: fault.TokenNoExpiry, Times: 1})
	if got := r.ask(r.form(r.assertion(r.claims()))); strings.Contains(string(got.Body), "expires_in") {
		t.Errorf("token reply %s", got.Body)
	}
}
