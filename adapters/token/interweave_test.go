package token_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/token"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func interweave(s *service, c *clock) token.Interweave {
	return token.Interweave{
		HTTP: s.client, URL: s.url, ClientID: "client-1", ClientSecret: "secret-1", Key: signingKey(), KeyID: "k1",
		Subject: "exchange", Scope: "fhir.*", Now: c.now, Random: rand.Reader,
		Codes: map[string]string{"reason.direct-care": "3", "reason.emergency-override": "9", "role.R1290": "4", "role.R0011": "5"},
	}
}

func pharmacist() *adapterv1.Caller {
	return &adapterv1.Caller{
		OrganisationOdsCode: "FA001", PersonId: "555000111222", PersonIdSystem: "https://fhir.nhs.uk/Id/sds-user-id",
		PersonName: "Pat Example", RoleCode: "R1290",
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
		},
	}
}

// unverified reads the claims of a JWT.
func unverified(t *testing.T, compact string) map[string]any {
	t.Helper()
	payload := must[[]byte](t)(base64.RawURLEncoding.DecodeString(strings.Split(compact, ".")[1]))
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestInterweaveAssertion(t *testing.T) {
	s, clk := newService(t, numbered("")), newClock()
	source := must[*token.Source](t)(token.NewInterweave(interweave(s, clk)))
	must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: pharmacist(), Patient: &lhcrv1.PatientQuery{NhsNumber: canary}}))
	form := s.last().PostForm
	assertion := form.Get("assertion")
	form.Del("assertion")
	if want := "client_id=client-1&client_secret=secret-1&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"; form.Encode() != want {
		t.Errorf("form %s", form.Encode())
	}
	signed := must[*jose.JSONWebSignature](t)(jose.ParseSignedCompact(assertion, []jose.SignatureAlgorithm{jose.RS256}))
	if _, err := signed.Verify(signingKey().Public()); err != nil {
		t.Fatal(err)
	}
	header := signed.Signatures[0].Protected
	if header.KeyID != "k1" || header.ExtraHeaders["typ"] != "JWT" {
		t.Errorf("header %+v", header)
	}
	claims := unverified(t, assertion)
	if id, _ := claims["jti"].(string); len(id) != 36 {
		t.Errorf("jti %q", id)
	}
	delete(claims, "jti")
	want := map[string]any{
		"iss": "client-1", "sub": "exchange", "aud": "IAM", "ods": "FA001", "rsn": "3", "scope": "fhir.*",
		"iat": float64(clk.now().Unix()), "exp": float64(clk.now().Add(15 * time.Minute).Unix()),
		"usr": map[string]any{"rol": "4", "org": "FA001", "fam": "Example", "giv": "Pat", "ids": []any{
			map[string]any{"sys": "https://fhir.nhs.uk/Id/sds-user-id", "idc": "555000111222"},
		}},
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestInterweaveTokenIsNeverReusedForAnother(t *testing.T) {
	s := newService(t, numbered(`,"expires_in":900`))
	source := must[*token.Source](t)(token.NewInterweave(interweave(s, newClock())))
	get := func(c *adapterv1.Caller) string {
		return bearer(t, must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: c})))
	}
	changes := []func(*adapterv1.Caller){
		func(*adapterv1.Caller) {},
		func(c *adapterv1.Caller) { c.OrganisationOdsCode = "FA002" },
		func(c *adapterv1.Caller) { c.PersonId = "555000111223" },
		func(c *adapterv1.Caller) { c.PersonIdSystem = "https://supplier.example/user" },
		func(c *adapterv1.Caller) { c.PersonName = "Example, Pat A" },
		func(c *adapterv1.Caller) { c.RoleCode = "R0011" },
		func(c *adapterv1.Caller) { c.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE },
	}
	seen := map[string]int{}
	for i, change := range changes {
		c := pharmacist()
		change(c)
		first := get(c)
		if other, ok := seen[first]; ok {
			t.Errorf("caller %d got the token of caller %d", i, other)
		}
		seen[first] = i
		c.RequestId, c.SupplierId = "another request", "same person" // not in the token
		if again := get(c); again != first {
			t.Errorf("caller %d got %q, then %q", i, first, again)
		}
	}
	if s.calls() != len(changes) {
		t.Errorf("%d calls, want %d", s.calls(), len(changes))
	}
}

func TestInterweavePatientIsNamedOnlyWhenSaid(t *testing.T) {
	s := newService(t, numbered(`,"expires_in":900`))
	cfg := interweave(s, newClock())
	cfg.NamePatient = true
	source := must[*token.Source](t)(token.NewInterweave(cfg))
	req := token.Request{Caller: pharmacist(), Patient: &lhcrv1.PatientQuery{NhsNumber: canary, DateOfBirth: "1951-04-17"}}
	for range 2 {
		must[token.Token](t)(source.Token(t.Context(), req))
	}
	want := map[string]any{"nhs": canary, "dob": "19510417"}
	if diff := cmp.Diff(want, unverified(t, s.last().PostForm.Get("assertion"))["pat"]); diff != "" {
		t.Errorf("pat (-want +got):\n%s", diff)
	}
	if s.calls() != 2 || token.Kept(source) != 0 {
		t.Errorf("%d calls and %d kept: a token that names a patient must not be kept", s.calls(), token.Kept(source))
	}
}

func TestInterweaveCodesAreNeverGuessed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*adapterv1.Caller)
		code   codes.Code
		says   string
	}{
		"a role without a code":     {func(c *adapterv1.Caller) { c.RoleCode = "R9999" }, codes.FailedPrecondition, `"role.R9999"`},
		"no role":                   {func(c *adapterv1.Caller) { c.RoleCode = "" }, codes.FailedPrecondition, `"role."`},
		"a reason without a code":   {func(c *adapterv1.Caller) { c.Access = nil }, codes.FailedPrecondition, `"reason.unstated"`},
		"nobody's organisation":     {func(c *adapterv1.Caller) { c.OrganisationOdsCode = "" }, codes.PermissionDenied, "organisation and person"},
		"nobody of an organisation": {func(c *adapterv1.Caller) { c.PersonId = "" }, codes.PermissionDenied, "organisation and person"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, numbered(""))
			source := must[*token.Source](t)(token.NewInterweave(interweave(s, newClock())))
			caller := proto.CloneOf(pharmacist())
			c.change(caller)
			_, err := source.Token(t.Context(), token.Request{Caller: caller})
			if status.Code(err) != c.code || !strings.Contains(err.Error(), c.says) || s.calls() != 0 {
				t.Errorf("got %v after %d calls, want %v %s and no call", err, s.calls(), c.code, c.says)
			}
		})
	}
}

func TestInterweaveReplies(t *testing.T) {
	clk := newClock()
	jwt := func(expires time.Duration) string {
		payload := fmt.Sprintf(`{"exp":%d}`, clk.now().Add(expires).Unix())
		return "eyJhbGciOiJSUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	for name, c := range map[string]struct {
		body string
		kept time.Duration
	}{
		"JSON whose token ends sooner":  {`{"access_token":"` + jwt(100*time.Second) + `","expires_in":900}`, 80 * time.Second},
		"JSON that ends sooner":         {`{"access_token":"` + jwt(900*time.Second) + `","expires_in":100}`, 80 * time.Second},
		"a token by itself":             {jwt(900*time.Second) + "\n", 870 * time.Second},
		"a token by itself, as JSON":    {`"` + jwt(900*time.Second) + `"`, 870 * time.Second},
		"a token whose end is not said": {"e30.e30.c2ln", 48 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			own := newClock()
			s := newService(t, func(w http.ResponseWriter, _ *http.Request, _ int) { _, _ = w.Write([]byte(c.body)) })
			source := must[*token.Source](t)(token.NewInterweave(interweave(s, own)))
			for _, at := range []time.Duration{0, c.kept - time.Second} {
				own.pass(at)
				must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: pharmacist()}))
			}
			if s.calls() != 1 {
				t.Fatalf("%d calls, want the token kept", s.calls())
			}
			own.pass(time.Second)
			must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: pharmacist()}))
			if s.calls() != 2 {
				t.Fatalf("%d calls, want a new token after %v", s.calls(), c.kept)
			}
		})
	}
}

func TestKeptTokensAreBounded(t *testing.T) {
	s := newService(t, numbered(`,"expires_in":900`))
	source := must[*token.Source](t)(token.NewInterweave(interweave(s, newClock())))
	for i := range 1100 {
		c := pharmacist()
		c.PersonId = fmt.Sprint(i)
		must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: c}))
	}
	if n := token.Kept(source); n != 1024 {
		t.Errorf("%d tokens kept, want 1024", n)
	}
}

func TestInterweaveSettings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*token.Interweave)
		want   string
	}{
		"no URL":    {func(c *token.Interweave) { c.URL = "" }, "token URL"},
		"no id":     {func(c *token.Interweave) { c.ClientID = "" }, "client id"},
		"no secret": {func(c *token.Interweave) { c.ClientSecret = "" }, "client secret"},
		"no key":    {func(c *token.Interweave) { c.Key = nil }, "signing key is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := interweave(&service{url: "https://iam.invalid"}, newClock())
			c.change(&cfg)
			if _, err := token.NewInterweave(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want it to name the %s", err, c.want)
			}
		})
	}
}

func TestInterweaveNames(t *testing.T) {
	for name, want := range map[string][2]any{
		"Pat Example":        {"Pat", "Example"},
		"Pat van der Sample": {"Pat van der", "Sample"},
		"Example, Pat Ann":   {"Pat Ann", "Example"},
		"Example":            {nil, "Example"},
		"":                   {nil, nil},
	} {
		s := newService(t, numbered(""))
		source := must[*token.Source](t)(token.NewInterweave(interweave(s, newClock())))
		caller := pharmacist()
		caller.PersonName = name
		must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: caller}))
		user, _ := unverified(t, s.last().PostForm.Get("assertion"))["usr"].(map[string]any)
		if got := [2]any{user["giv"], user["fam"]}; got != want {
			t.Errorf("%q became %v, want %v", name, got, want)
		}
	}
}
