package access_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// setting is an issuer, a verifier that trusts it, and their clock.
type setting struct {
	now      time.Time
	issuer   *sandboxissuer.Service
	verifier *access.Verifier
	jwks     string
}

func newSetting(t testing.TB, algorithms ...string) *setting {
	t.Helper()
	s := &setting{now: start}
	clock := func() time.Time { return s.now }
	var err error
	if s.issuer, err = sandboxissuer.New(sandboxissuer.Config{Now: clock, Random: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	if s.jwks, err = s.issuer.WriteJWKS(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	s.verifier, err = access.NewVerifier(access.Config{
		Issuer: sandboxissuer.Issuer, Audience: sandboxissuer.Audience, JWKSFile: s.jwks,
		Algorithms: algorithms, Skew: 30 * time.Second, Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *setting) registered() jwt.Claims {
	return jwt.Claims{
		Issuer: sandboxissuer.Issuer, Audience: jwt.Audience{sandboxissuer.Audience}, Subject: "subject-7",
		IssuedAt: jwt.NewNumericDate(s.now), Expiry: jwt.NewNumericDate(s.now.Add(time.Minute)),
	}
}

func (s *setting) sign(t testing.TB, claims ...any) string {
	t.Helper()
	token, err := s.issuer.Sign(claims...)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestATokenNamesWhoCalls(t *testing.T) {
	s := newSetting(t)
	claims := sandboxissuer.Pharmacist()
	claims.Organisation.ODSCode = "fzz99"
	claims.Role.ProfileID = "555"
	token, err := s.issuer.Token(claims, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.verifier.Verify(token)
	if err != nil {
		t.Fatal(err)
	}
	want := &adapterv1.Caller{
		SupplierId: "sandbox-pmr", OrganisationOdsCode: "FZZ99", OrganisationName: "Sandbox Pharmacy",
		PersonId: "sandbox-pharmacist", PersonIdSystem: "https://sandbox-pmr.example/users", PersonName: "Sam Sandbox",
		RoleCode: "R1290", RoleName: "Pharmacist", RoleProfileId: "555",
	}
	if diff := cmp.Diff(access.Identity{Caller: want}, got, protocmp.Transform()); diff != "" {
		t.Errorf("caller (-want +got):\n%s", diff)
	}
}

func TestWithoutAPersonsIdTheSubjectIsIt(t *testing.T) {
	s := newSetting(t)
	claims := sandboxissuer.Pharmacist()
	claims.Person.ID, claims.Person.IDSystem = "", ""
	got, err := s.verifier.Verify(s.sign(t, s.registered(), claims))
	if err != nil {
		t.Fatal(err)
	}
	if got.Caller.GetPersonId() != "subject-7" || got.Caller.GetPersonIdSystem() != sandboxissuer.Issuer {
		t.Errorf("the person is %q of %q", got.Caller.GetPersonId(), got.Caller.GetPersonIdSystem())
	}
}

// docs/integrating.md says so.
func TestAPersonThatIsNullIsTheSubject(t *testing.T) {
	s := newSetting(t)
	claims := map[string]any{}
	text, err := json.Marshal(sandboxissuer.Pharmacist())
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatal(err)
	}
	claims["person"] = nil
	got, err := s.verifier.Verify(s.sign(t, s.registered(), claims))
	if err != nil || got.Caller.GetPersonId() != "subject-7" || got.Caller.GetPersonIdSystem() != sandboxissuer.Issuer {
		t.Errorf("the person is %q of %q, error %v", got.Caller.GetPersonId(), got.Caller.GetPersonIdSystem(), err)
	}
}

func TestMissingClaimsAreNamed(t *testing.T) {
	tests := map[string]func(*access.Claims){
		"supplier":              func(c *access.Claims) { c.Supplier = "" },
		"organisation.ods_code": func(c *access.Claims) { c.Organisation.ODSCode = "" },
		"person.id_system":      func(c *access.Claims) { c.Person.IDSystem = "" },
		"role.code":             func(c *access.Claims) { c.Role.Code = "" },
		"person.id":             func(c *access.Claims) { c.Person = access.PersonClaim{} },
	}
	for claim, change := range tests {
		t.Run(claim, func(t *testing.T) {
			s := newSetting(t)
			registered, claims := s.registered(), sandboxissuer.Pharmacist()
			registered.Subject = ""
			change(&claims)
			_, err := s.verifier.Verify(s.sign(t, registered, claims))
			wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_CLAIMS_MISSING, "the token lacks the claim "+claim)
		})
	}
}

func wantRefusal(t *testing.T, err error, reason lhcrv1.ErrorReason, message string) {
	t.Helper()
	if status.Code(err) != codes.Unauthenticated || failure.Reason(err) != reason || !strings.HasPrefix(status.Convert(err).Message(), message) {
		t.Errorf("the refusal is %v (%v), want UNAUTHENTICATED with %v and %q", err, failure.Reason(err), reason, message)
	}
}

func TestATokenThatLivesTooLongIsRefused(t *testing.T) {
	s := newSetting(t)
	verifier, err := access.NewVerifier(access.Config{
		Issuer: sandboxissuer.Issuer, Audience: sandboxissuer.Audience, JWKSFile: s.jwks, Skew: 30 * time.Second,
		MaxLifetime: time.Hour, Now: func() time.Time { return s.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(s.now.Add(d)) }
	tests := map[string]struct {
		issued, expires *jwt.NumericDate
		taken           bool
	}{
		"an hour":                    {at(0), at(time.Hour), true},
		"more":                       {at(0), at(time.Hour + time.Second), false},
		"ten years":                  {at(0), at(10 * 365 * 24 * time.Hour), false},
		"most of it over":            {at(-2 * time.Hour), at(time.Minute), false},
		"no start, an hour from now": {nil, at(time.Hour), true},
		"no start, a year":           {nil, at(365 * 24 * time.Hour), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			registered := s.registered()
			registered.IssuedAt, registered.Expiry = test.issued, test.expires
			_, err := verifier.Verify(s.sign(t, registered, sandboxissuer.Pharmacist()))
			if test.taken && err != nil {
				t.Errorf("it is refused: %v", err)
			}
			if !test.taken {
				wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token lives longer than 1h0m0s")
			}
		})
	}
}

func TestWrongTokensAreRefused(t *testing.T) {
	s := newSetting(t)
	pharmacist := sandboxissuer.Pharmacist()
	other := newSetting(t)
	with := func(change func(*jwt.Claims)) string {
		c := s.registered()
		change(&c)
		return s.sign(t, c, pharmacist)
	}
	claims := func(change func(*access.Claims)) string {
		c := pharmacist
		change(&c)
		return s.sign(t, s.registered(), c)
	}
	good := s.sign(t, s.registered(), pharmacist)
	parts := strings.Split(good, ".")
	invalid, expired := lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED
	tests := map[string]struct {
		token   string
		reason  lhcrv1.ErrorReason
		message string
	}{
		"empty":                  {"", invalid, "the token is no JSON Web Token"},
		"not a token":            {"nonsense", invalid, "the token is no JSON Web Token"},
		"too long":               {strings.Repeat("a", 17<<10), invalid, "the token is longer"},
		"alg none":               {noneToken(t, s), invalid, "the token is no JSON Web Token signed"},
		"symmetric":              {symmetricToken(t, s), invalid, "the token is no JSON Web Token signed"},
		"another's signature":    {other.sign(t, s.registered(), pharmacist), invalid, "the token names no key"},
		"signature cut off":      {parts[0] + "." + parts[1] + ".", invalid, "the token has a signature"},
		"payload exchanged":      {parts[0] + "." + strings.Split(claims(func(c *access.Claims) { c.Role.Code = "R0001" }), ".")[1] + "." + parts[2], invalid, "the token has a signature"},
		"expired":                {with(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(start.Add(-time.Minute)) }), expired, "the token has expired"},
		"never expires":          {with(func(c *jwt.Claims) { c.Expiry = nil }), invalid, "the token never expires"},
		"not yet valid":          {with(func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate(start.Add(time.Minute)) }), invalid, "the token is not valid yet"},
		"issued in the future":   {with(func(c *jwt.Claims) { c.IssuedAt = jwt.NewNumericDate(start.Add(time.Minute)) }), invalid, "the token is not valid yet"},
		"another issuer":         {with(func(c *jwt.Claims) { c.Issuer = "https://other.example" }), invalid, "the token has another issuer"},
		"no issuer":              {with(func(c *jwt.Claims) { c.Issuer = "" }), invalid, "the token has another issuer"},
		"another audience":       {with(func(c *jwt.Claims) { c.Audience = jwt.Audience{"other"} }), invalid, "the token is not for this gateway"},
		"no audience":            {with(func(c *jwt.Claims) { c.Audience = nil }), invalid, "the token is not for this gateway"},
		"claim of a wrong type":  {s.sign(t, s.registered(), map[string]any{"organisation": "FZZ99"}), invalid, "the token has claims that cannot be read"},
		"ODS code":               {claims(func(c *access.Claims) { c.Organisation.ODSCode = "F Z" }), invalid, "the token's claim organisation.ods_code"},
		"supplier with a break":  {claims(func(c *access.Claims) { c.Supplier = "a\r\nb" }), invalid, "the token's claim supplier"},
		"name with a break":      {claims(func(c *access.Claims) { c.Person.Name = "a\r\nX: b" }), invalid, "the token's claim person.name"},
		"role longer than a cap": {claims(func(c *access.Claims) { c.Role.Code = strings.Repeat("r", 201) }), invalid, "the token's claim role.code"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			identity, err := s.verifier.Verify(test.token)
			if (identity.Caller != nil || identity.Permissions != nil) && err != nil {
				t.Error("a caller came with the refusal")
			}
			wantRefusal(t, err, test.reason, test.message)
			for _, part := range strings.Split(test.token, ".") {
				if len(part) > 8 && strings.Contains(err.Error(), part) {
					t.Error("the refusal repeats the token")
				}
			}
		})
	}
}

func noneToken(t *testing.T, s *setting) string {
	payload := strings.Split(s.sign(t, s.registered(), sandboxissuer.Pharmacist()), ".")[1]
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + payload + "."
}

// symmetricToken is signed with the published key set as the secret, the well-known confusion.
func symmetricToken(t *testing.T, s *setting) string {
	t.Helper()
	secret, err := os.ReadFile(s.jwks)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(s.registered()).Claims(sandboxissuer.Pharmacist()).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSkewIsAllowedAndNoMore(t *testing.T) {
	s := newSetting(t)
	token := s.sign(t, s.registered(), sandboxissuer.Pharmacist())
	for after, ok := range map[time.Duration]bool{time.Minute: true, 90 * time.Second: true, 91 * time.Second: false} {
		s.now = start.Add(after)
		if _, err := s.verifier.Verify(token); (err == nil) != ok {
			t.Errorf("after %s: %v", after, err)
		}
	}
}

func TestAnAlgorithmThatIsNotConfiguredIsRefused(t *testing.T) {
	s := newSetting(t, "RS256")
	_, err := s.verifier.Verify(s.sign(t, s.registered(), sandboxissuer.Pharmacist()))
	wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token is no JSON Web Token signed with an algorithm")
}

func TestAKeyIsUsedWithItsOwnAlgorithmOnly(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s := newSetting(t)
	set, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "k", Algorithm: "RS256"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.jwks, set, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.verifier.Reload(); err != nil {
		t.Fatal(err)
	}
	for algorithm, ok := range map[jose.SignatureAlgorithm]bool{jose.RS256: true, jose.PS256: false} {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: jose.JSONWebKey{Key: key, KeyID: "k"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := jwt.Signed(signer).Claims(s.registered()).Claims(sandboxissuer.Pharmacist()).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.verifier.Verify(token); (err == nil) != ok {
			t.Errorf("%s: %v", algorithm, err)
		}
	}
}

func TestReloadTakesNewKeysAndKeepsOldOnesFromABadFile(t *testing.T) {
	s, next := newSetting(t), newSetting(t)
	token := s.sign(t, s.registered(), sandboxissuer.Pharmacist())
	if err := os.WriteFile(s.jwks, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.verifier.Reload(); err == nil {
		t.Error("a broken key set is taken")
	}
	if _, err := s.verifier.Verify(token); err != nil {
		t.Errorf("after a failed reload: %v", err)
	}
	set, err := next.issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.jwks, set, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.verifier.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.verifier.Verify(token); err == nil {
		t.Error("a token of a key that was taken out is accepted")
	}
	if _, err := s.verifier.Verify(next.sign(t, s.registered(), sandboxissuer.Pharmacist())); err != nil {
		t.Errorf("a token of the new key: %v", err)
	}
}

func TestKeySetsThatAreRefused(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	public := func(kid, use string) jose.JSONWebKey {
		return jose.JSONWebKey{Key: private.Public(), KeyID: kid, Use: use}
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		keys []jose.JSONWebKey
		want string
	}{
		"none":             {nil, "holds no key"},
		"private":          {[]jose.JSONWebKey{{Key: private, KeyID: "a"}}, "public keys only"},
		"symmetric":        {[]jose.JSONWebKey{{Key: []byte("0123456789abcdef"), KeyID: "a"}}, "public keys only"},
		"short RSA":        {[]jose.JSONWebKey{{Key: short.Public(), KeyID: "a"}}, "shorter than 2048 bits"},
		"without kid":      {[]jose.JSONWebKey{public("", "sig")}, "has no kid"},
		"for encryption":   {[]jose.JSONWebKey{public("a", "enc")}, "its use is not"},
		"kid twice":        {[]jose.JSONWebKey{public("a", ""), public("a", "")}, "that of another key"},
		"Ed25519 is taken": {[]jose.JSONWebKey{{Key: edwards.Public(), KeyID: "a"}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			set, err := json.Marshal(jose.JSONWebKeySet{Keys: test.keys})
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "keys.json")
			if err := os.WriteFile(path, set, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err = access.NewVerifier(access.Config{Issuer: "i", Audience: "a", JWKSFile: path, Now: time.Now})
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

func TestConfigurationsThatAreRefused(t *testing.T) {
	s := newSetting(t)
	whole := access.Config{Issuer: "i", Audience: "a", JWKSFile: s.jwks, Now: time.Now}
	tests := map[string]func(*access.Config){
		"no issuer":   func(c *access.Config) { c.Issuer = "" },
		"no audience": func(c *access.Config) { c.Audience = "" },
		"no keys":     func(c *access.Config) { c.JWKSFile = "" },
		"no file":     func(c *access.Config) { c.JWKSFile += ".missing" },
		"no clock":    func(c *access.Config) { c.Now = nil },
		"HS256":       func(c *access.Config) { c.Algorithms = []string{"HS256"} },
		"none":        func(c *access.Config) { c.Algorithms = []string{"none"} },
	}
	for name, change := range tests {
		c := whole
		change(&c)
		if _, err := access.NewVerifier(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestTheContextCarriesTheCaller(t *testing.T) {
	if _, ok := access.CallerFrom(t.Context()); ok {
		t.Error("a bare context has a caller")
	}
	ctx := access.WithCaller(t.Context(), &adapterv1.Caller{SupplierId: "s"})
	if got, ok := access.CallerFrom(ctx); !ok || got.GetSupplierId() != "s" {
		t.Errorf("caller %q, %t", got.GetSupplierId(), ok)
	}
}

func FuzzVerify(f *testing.F) {
	s := newSetting(f)
	f.Add(s.sign(f, s.registered(), sandboxissuer.Pharmacist()))
	f.Add("e30.e30.")
	f.Add(strings.Repeat(".", 4))
	f.Fuzz(func(t *testing.T, token string) {
		identity, err := s.verifier.Verify(token)
		if err != nil && status.Code(err) != codes.Unauthenticated {
			t.Errorf("the refusal is %v", err)
		}
		if (identity.Caller == nil) == (err == nil) {
			t.Errorf("caller %t with error %v", identity.Caller != nil, err)
		}
	})
}

// FuzzClaims looks at what a trusted issuer signed, however odd.
func FuzzClaims(f *testing.F) {
	s := newSetting(f)
	f.Add([]byte(`{"supplier":"a","organisation":{"ods_code":"FZZ99"},"role":{"code":"R1290"}}`))
	f.Add([]byte(`{"supplier":"a","organisation":{"ods_code":"FZZ99"},"role":{"code":"R1290"},"permissions":["cache.purge",1]}`))
	f.Add([]byte(`{"exp":1e300,"aud":[1],"organisation":[]}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		var claims map[string]any
		if json.Unmarshal(payload, &claims) != nil || claims == nil {
			return
		}
		token, err := s.issuer.Sign(s.registered(), claims)
		if err != nil {
			return
		}
		identity, err := s.verifier.Verify(token)
		if caller := identity.Caller; err == nil && (caller.GetOrganisationOdsCode() == "" || caller.GetPersonId() == "" || caller.GetRoleCode() == "") {
			t.Error("a caller without organisation, person or role")
		}
	})
}
