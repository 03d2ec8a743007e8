package assertion_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/sdk/assertion"
)

var clock = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// endpoint is a token endpoint over TLS that notes what it is asked.
type endpoint struct {
	*httptest.Server
	forms  []url.Values
	answer func(http.ResponseWriter, int)
}

// asked is how often it was asked; the answer may depend on it.
func newEndpoint(t *testing.T, answer func(w http.ResponseWriter, asked int)) *endpoint {
	t.Helper()
	e := &endpoint{answer: answer}
	e.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s with error %v", r.Method, err)
		}
		e.forms = append(e.forms, r.PostForm)
		e.answer(w, len(e.forms))
	}))
	t.Cleanup(e.Close)
	return e
}

func grants(w http.ResponseWriter, asked int) {
	_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","token_type":"bearer","expires_in":600}`, asked) // the client's to notice
}

func (e *endpoint) config(key crypto.Signer) assertion.Config {
	return assertion.Config{TokenURL: e.URL + "/token", ClientID: "acme-pmr", Key: key, HTTP: e.Client(), Now: func() time.Time { return clock }}
}

// verified checks an assertion with a public key and gives its header and claims.
func verified(t *testing.T, form url.Values, public any, algorithm jose.SignatureAlgorithm) (jose.Header, map[string]any) {
	t.Helper()
	signed, err := jose.ParseSignedCompact(form.Get("client_assertion"), []jose.SignatureAlgorithm{algorithm})
	if err != nil {
		t.Fatal(err)
	}
	payload, err := signed.Verify(public)
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return signed.Signatures[0].Header, claims
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestTheAssertionIsThatOfTheStandard(t *testing.T) {
	key := rsaKey(t)
	e := newEndpoint(t, grants)
	config := e.config(key)
	config.KeyID, config.Scope, config.Lifetime = "key-1", "system/*.read", time.Hour
	config.Parameters = url.Values{"subject_token": {"the user's"}}
	source, err := assertion.NewTokenSource(config)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := source.Token(t.Context()); err != nil || token != "token-1" {
		t.Fatalf("%q, error %v", token, err)
	}
	form := e.forms[0]
	head, claims := verified(t, form, &key.PublicKey, jose.RS384)
	if head.KeyID != "key-1" || head.ExtraHeaders["typ"] != "JWT" {
		t.Errorf("header %v", head)
	}
	if id, _ := claims["jti"].(string); len(id) != 32 {
		t.Errorf("jti %q", id)
	}
	delete(claims, "jti")
	want := map[string]any{
		"iss": "acme-pmr", "sub": "acme-pmr", "aud": e.URL + "/token",
		"iat": float64(clock.Unix()), "exp": float64(clock.Add(assertion.MaxLifetime).Unix()),
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
	form.Del("client_assertion")
	wantForm := url.Values{
		"grant_type": {"client_credentials"}, "scope": {"system/*.read"}, "subject_token": {"the user's"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
	if diff := cmp.Diff(wantForm, form); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestEachKindOfKeySigns(t *testing.T) {
	private := rsaKey(t)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		key       crypto.Signer
		algorithm string
		want      jose.SignatureAlgorithm
	}{
		"RSA":             {private, "", jose.RS384},
		"RSA, RS512":      {private, "RS512", jose.RS512},
		"RSA, PS256":      {private, "PS256", jose.PS256},
		"P-256":           {ecKey(t, elliptic.P256()), "", jose.ES256},
		"P-384":           {ecKey(t, elliptic.P384()), "", jose.ES384},
		"P-521":           {ecKey(t, elliptic.P521()), "", jose.ES512},
		"Edwards":         {edwards, "", jose.EdDSA},
		"of another kind": {private, "ES384", ""},
		"shared secrets":  {private, "HS256", ""},
		"none":            {private, "none", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t, grants)
			config := e.config(test.key)
			config.Algorithm = test.algorithm
			source, err := assertion.NewTokenSource(config)
			if test.want == "" {
				if err == nil {
					t.Error("it was taken")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.Token(t.Context()); err != nil {
				t.Fatal(err)
			}
			if head, _ := verified(t, e.forms[0], test.key.Public(), test.want); head.KeyID == "" {
				t.Error("the assertion names no key")
			}
		})
	}
}

func pemOf(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func TestKeyFilesOfEachForm(t *testing.T) {
	private, curve := rsaKey(t), ecKey(t, elliptic.P384())
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	sec1, errSEC1 := x509.MarshalECPrivateKey(curve)
	jwk, errJWK := (&jose.JSONWebKey{Key: curve, KeyID: "jwk-1", Algorithm: "ES384"}).MarshalJSON()
	if errJWK != nil {
		t.Fatal(errJWK)
	}
	files := map[string]struct {
		content []byte
		public  any
		want    jose.SignatureAlgorithm
		kid     string
	}{
		"PKCS #8":                  {pemOf(t, "PRIVATE KEY", pkcs8, err), &private.PublicKey, jose.RS384, ""},
		"PKCS #1":                  {pemOf(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(private), nil), &private.PublicKey, jose.RS384, ""},
		"SEC 1 after other blocks": {append(pemOf(t, "EC PARAMETERS", []byte{6, 5}, nil), pemOf(t, "EC PRIVATE KEY", sec1, errSEC1)...), &curve.PublicKey, jose.ES384, ""},
		"JWK":                      {jwk, &curve.PublicKey, jose.ES384, "jwk-1"},
	}
	for name, test := range files {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t, grants)
			config := e.config(nil)
			config.KeyFile = filepath.Join(t.TempDir(), "key")
			write(t, config.KeyFile, test.content)
			source, err := assertion.NewTokenSource(config)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := source.Token(t.Context()); err != nil {
				t.Fatal(err)
			}
			if head, _ := verified(t, e.forms[0], test.public, test.want); test.kid != "" && head.KeyID != test.kid {
				t.Errorf("kid %q", head.KeyID)
			}
		})
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAReplacedKeySignsTheNextAssertion(t *testing.T) {
	e := newEndpoint(t, grants)
	config := e.config(nil)
	config.KeyFile = filepath.Join(t.TempDir(), "key.pem")
	replace := func(key *ecdsa.PrivateKey) {
		der, err := x509.MarshalECPrivateKey(key)
		write(t, config.KeyFile, pemOf(t, "EC PRIVATE KEY", der, err))
	}
	first, second := ecKey(t, elliptic.P256()), ecKey(t, elliptic.P256())
	replace(first)
	source, err := assertion.NewTokenSource(config)
	if err != nil {
		t.Fatal(err)
	}
	signIn := func(public *ecdsa.PublicKey) string {
		t.Helper()
		token, err := source.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		source.Refused(token)
		head, _ := verified(t, e.forms[len(e.forms)-1], public, jose.ES256)
		return head.KeyID
	}
	before := signIn(&first.PublicKey)
	replace(second)
	after := signIn(&second.PublicKey)
	public, err := (&jose.JSONWebKey{Key: &second.PublicKey}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, unusable := range [][]byte{[]byte("-----BEGIN EC PRI"), public} {
		write(t, config.KeyFile, unusable)
		if broken := signIn(&second.PublicKey); before == after || after != broken {
			t.Errorf("kids %q, %q and %q", before, after, broken)
		}
	}
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	dir := t.TempDir()
	public, err := (&jose.JSONWebKey{Key: rsaKey(t).Public()}).MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "public"), public)
	write(t, filepath.Join(dir, "secret"), []byte(`{"kty":"oct","k":"c2VjcmV0"}`))
	write(t, filepath.Join(dir, "nothing"), nil)
	good := assertion.Config{TokenURL: "https://issuer.example/token", ClientID: "a", Key: rsaKey(t)}
	tests := map[string]func(*assertion.Config){
		"plain http":   func(c *assertion.Config) { c.TokenURL = "http://issuer.example/token" },
		"no URL":       func(c *assertion.Config) { c.TokenURL = "" },
		"no client id": func(c *assertion.Config) { c.ClientID = "" },
		"no key":       func(c *assertion.Config) { c.Key = nil },
		"two keys":     func(c *assertion.Config) { c.KeyFile = "key.pem" },
		"no key file":  func(c *assertion.Config) { c.Key, c.KeyFile = nil, filepath.Join(dir, "none") },
		"a public key": func(c *assertion.Config) { c.Key, c.KeyFile = nil, filepath.Join(dir, "public") },
		"a secret":     func(c *assertion.Config) { c.Key, c.KeyFile = nil, filepath.Join(dir, "secret") },
		"nothing":      func(c *assertion.Config) { c.Key, c.KeyFile = nil, filepath.Join(dir, "nothing") },
	}
	if _, err := assertion.NewTokenSource(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range tests {
		config := good
		spoil(&config)
		if _, err := assertion.NewTokenSource(config); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestTheEndpointIsAskedAgainWhereThatHelps(t *testing.T) {
	fails := func(status int, headers ...string) func(http.ResponseWriter, int) {
		return func(w http.ResponseWriter, asked int) {
			if asked == 3 {
				grants(w, asked)
				return
			}
			if len(headers) > 0 {
				w.Header().Set("Retry-After", headers[0])
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"canary"}`)) // the client's to notice
		}
	}
	const ms = time.Millisecond
	tests := map[string]struct {
		answer func(http.ResponseWriter, int)
		asked  int
		waits  []time.Duration
		says   string
	}{
		"failing":         {fails(503), 3, []time.Duration{200 * ms, 400 * ms}, ""},
		"says when":       {fails(429, "2"), 3, []time.Duration{2 * time.Second, 2 * time.Second}, ""},
		"says far off":    {fails(429, "60"), 1, nil, "status 429"},
		"says which time": {fails(503, clock.Add(3*time.Second).Format(http.TimeFormat)), 3, []time.Duration{3 * time.Second, 3 * time.Second}, ""},
		"refuses":         {fails(401), 1, nil, "invalid_client (HTTP status 401)"},
		"says a lot":      {func(w http.ResponseWriter, _ int) { w.WriteHeader(400); _, _ = w.Write([]byte(`{"error":"canary"}`)) }, 1, nil, "status 400"},
		"sends away":      {func(w http.ResponseWriter, _ int) { w.Header().Set("Location", "/else"); w.WriteHeader(307) }, 1, nil, "status 307"},
		"never answers":   {func(http.ResponseWriter, int) { panic(http.ErrAbortHandler) }, 4, []time.Duration{200 * ms, 400 * ms, 800 * ms}, "out of reach"},
		"no token":        {func(w http.ResponseWriter, _ int) { _, _ = w.Write([]byte(`{"canary":1}`)) }, 1, nil, "holds no access_token"},
		"another kind":    {func(w http.ResponseWriter, _ int) { _, _ = w.Write([]byte(`{"access_token":"a","token_type":"mac"}`)) }, 1, nil, "no bearer token"},
	}
	key := ecKey(t, elliptic.P256())
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t, test.answer)
			e.Config.ErrorLog = nil
			var waits []time.Duration
			source, err := assertion.NewPatientTokenSource(e.config(key), func(d time.Duration) { waits = append(waits, d) })
			if err != nil {
				t.Fatal(err)
			}
			token, err := source.Token(t.Context())
			if (err == nil) != (test.says == "") || (token == "") != (err != nil) {
				t.Fatalf("%q, error %v", token, err)
			}
			if err != nil && (!strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), e.URL)) {
				t.Errorf("error: %v", err)
			}
			if diff := cmp.Diff(test.waits, waits); diff != "" || len(e.forms) != test.asked {
				t.Errorf("asked %d times, waits (-want +got):\n%s", len(e.forms), diff)
			}
			ids := map[string]bool{}
			for _, form := range e.forms {
				ids[form.Get("client_assertion")] = true
			}
			if len(ids) != len(e.forms) {
				t.Error("an assertion was used twice")
			}
		})
	}
}

func TestTheTokenIsKeptAsLongAsTheEndpointSays(t *testing.T) {
	for name, life := range map[string]string{"a number": `600`, "in quotation marks": `"600"`} {
		t.Run(name, func(t *testing.T) {
			e := newEndpoint(t, func(w http.ResponseWriter, asked int) {
				_, _ = fmt.Fprintf(w, `{"access_token":"token-%d","expires_in":%s}`, asked, life) // the client's to notice
			})
			now := clock
			config := e.config(ecKey(t, elliptic.P256()))
			config.Now = func() time.Time { return now }
			source, err := assertion.NewTokenSource(config)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, at := range []time.Duration{0, 9*time.Minute - time.Second, 11 * time.Minute} {
				now = clock.Add(at)
				token, err := source.Token(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, token)
			}
			if diff := cmp.Diff([]string{"token-1", "token-1", "token-2"}, got); diff != "" {
				t.Errorf("tokens (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnUntrustedEndpointIsNotSignedInTo(t *testing.T) {
	e := newEndpoint(t, grants)
	config := e.config(ecKey(t, elliptic.P256()))
	config.HTTP = nil
	source, err := assertion.NewPatientTokenSource(config, func(time.Duration) {})
	if err != nil {
		t.Fatal(err)
	}
	if token, err := source.Token(t.Context()); err == nil || len(e.forms) != 0 {
		t.Errorf("%q from an endpoint that nobody vouches for", token)
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"","y":"","d":""}`))
	f.Add([]byte("{}"))
	f.Fuzz(func(_ *testing.T, content []byte) { assertion.ParseKey(content) })
}
