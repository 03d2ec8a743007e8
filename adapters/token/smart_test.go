package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/openlhcr/openlhcr/adapters/token"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// authority is a region with a SMART configuration and a token service.
type authority struct {
	*httptest.Server
	mu            sync.Mutex
	configuration string // "{at}" stands for its own address
	code          int    // of the configuration
	refuse        bool
	asked         []string
	form          url.Values
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{configuration: `{"token_endpoint":"{at}/token","capabilities":["client-confidential-asymmetric"]}`}
	a.Server = httptest.NewTLSServer(http.HandlerFunc(a.answer))
	t.Cleanup(a.Close)
	return a
}

func (a *authority) answer(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked = append(a.asked, r.Method+" "+r.URL.Path)
	switch {
	case strings.HasSuffix(r.URL.Path, "/.well-known/smart-configuration"):
		w.WriteHeader(max(a.code, http.StatusOK))
		_, _ = fmt.Fprint(w, strings.ReplaceAll(a.configuration, "{at}", a.URL))
	case a.refuse:
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, `{"error":"invalid_client"}`)
	default:
		_ = r.ParseForm()
		a.form = r.PostForm
		_, _ = fmt.Fprintf(w, `{"access_token":"t%d","token_type":"bearer","expires_in":300}`, len(a.asked))
	}
}

func (a *authority) calls(path string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, asked := range a.asked {
		if strings.HasSuffix(asked, path) {
			n++
		}
	}
	return n
}

func (a *authority) source(t *testing.T, c *clock, change func(*token.SMART)) *token.Source {
	t.Helper()
	base := must[*url.URL](t)(url.Parse(a.URL + "/fhir"))
	cfg := token.SMART{
		HTTP: a.Client(), Base: base, ClientID: "gateway", Key: signingKey(), KeyID: "k1", Scope: "system/*.rs", Now: c.now, Random: rand.Reader,
	}
	change(&cfg)
	return must[*token.Source](t)(token.NewSMART(cfg))
}

func ecKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	return must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(curve, rand.Reader))
}

func TestSMARTAssertion(t *testing.T) {
	ec := ecKey(t, elliptic.P384())
	for name, c := range map[string]struct {
		change    func(*token.SMART)
		key       crypto.PublicKey
		algorithm jose.SignatureAlgorithm
		audience  string
		lifetime  time.Duration
	}{
		"RSA":                {func(*token.SMART) {}, signingKey().Public(), jose.RS384, "{at}/token", 4 * time.Minute},
		"ECDSA":              {func(s *token.SMART) { s.Key = ec }, ec.Public(), jose.ES384, "{at}/token", 4 * time.Minute},
		"RSA with SHA-512":   {func(s *token.SMART) { s.Algorithm = "RS512" }, signingKey().Public(), jose.RS512, "{at}/token", 4 * time.Minute},
		"for another":        {func(s *token.SMART) { s.Audience = "https://login.example" }, signingKey().Public(), jose.RS384, "https://login.example", 4 * time.Minute},
		"for a whole while":  {func(s *token.SMART) { s.Lifetime = 5 * time.Minute }, signingKey().Public(), jose.RS384, "{at}/token", 5 * time.Minute},
		"at a known address": {func(s *token.SMART) { s.URL = strings.TrimSuffix(s.Base.String(), "/fhir") + "/other"; s.Base = nil }, signingKey().Public(), jose.RS384, "{at}/other", 4 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			a, clk := newAuthority(t), newClock()
			source := a.source(t, clk, c.change)
			must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: pharmacist()}))
			signed := must[*jose.JSONWebSignature](t)(jose.ParseSignedCompact(a.form.Get("client_assertion"), []jose.SignatureAlgorithm{c.algorithm}))
			if _, err := signed.Verify(c.key); err != nil {
				t.Fatal(err)
			}
			if header := signed.Signatures[0].Protected; header.KeyID != "k1" || header.ExtraHeaders["typ"] != "JWT" {
				t.Errorf("header %+v", header)
			}
			claims := unverified(t, a.form.Get("client_assertion"))
			if claims["iss"] != "gateway" || claims["sub"] != "gateway" || claims["aud"] != strings.ReplaceAll(c.audience, "{at}", a.URL) || claims["jti"] == "" {
				t.Errorf("claims %v", claims)
			}
			if claims["exp"] != float64(clk.now().Add(c.lifetime).Unix()) || claims["iat"] != float64(clk.now().Unix()) {
				t.Errorf("claims %v", claims)
			}
			a.form.Del("client_assertion")
			want := "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&grant_type=client_credentials&scope=system%2F%2A.rs"
			if got := a.form.Encode(); got != want {
				t.Errorf("form %s", got)
			}
		})
	}
}

func TestEachSMARTAssertionIsItsOwn(t *testing.T) {
	a, clk := newAuthority(t), newClock()
	source := a.source(t, clk, func(*token.SMART) {})
	seen := map[any]bool{}
	for range 2 {
		source.Drop(must[token.Token](t)(source.Token(t.Context(), token.Request{})))
		seen[unverified(t, a.form.Get("client_assertion"))["jti"]] = true
	}
	if len(seen) != 2 {
		t.Errorf("the ids %v, want two", seen)
	}
}

// The configuration is asked for once an hour, and again after a token was refused: the
// service may have moved.
func TestSMARTConfigurationIsKept(t *testing.T) {
	a, clk := newAuthority(t), newClock()
	source := a.source(t, clk, func(*token.SMART) {})
	get := func() error {
		tok, err := source.Token(t.Context(), token.Request{})
		source.Drop(tok)
		return err
	}
	step := func(what string, after time.Duration, configurations int) {
		t.Helper()
		clk.pass(after)
		if err := get(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if n := a.calls("smart-configuration"); n != configurations {
			t.Errorf("%s: %d configurations, want %d", what, n, configurations)
		}
	}
	step("first", 0, 1)
	step("again", 59*time.Minute, 1)
	step("after an hour", 2*time.Minute, 2)
	a.refuse = true
	if err := get(); status.Code(err) != codes.PermissionDenied {
		t.Errorf("refused: %v", err)
	}
	a.refuse = false
	step("after a refusal", 0, 3)
}

func TestSMARTConfigurationsThatAreOfNoUse(t *testing.T) {
	for name, c := range map[string]struct {
		configuration string
		code          int
		want          codes.Code
	}{
		"not there":         {"", 404, codes.Unavailable},
		"failing":           {"", 500, codes.Unavailable},
		"refused":           {"", 403, codes.PermissionDenied},
		"HTML":              {"<html>", 200, codes.DataLoss},
		"without endpoint":  {`{"capabilities":[]}`, 200, codes.DataLoss},
		"in plain text":     {`{"token_endpoint":"http://login.example/token"}`, 200, codes.DataLoss},
		"with a user":       {`{"token_endpoint":"https://us:secret@login.example/token"}`, 200, codes.DataLoss},
		"a relative one":    {`{"token_endpoint":"/token"}`, 200, codes.DataLoss},
		"larger than read":  {`{"x":"` + strings.Repeat("x", 70<<10) + `"}`, 200, codes.DataLoss},
		"a number":          {`{"token_endpoint":7}`, 200, codes.DataLoss},
		"somewhere else":    {`{"token_endpoint":"https://elsewhere.example/token"}`, 200, codes.FailedPrecondition},
		"on another port":   {`{"token_endpoint":"https://127.0.0.1:1/token"}`, 200, codes.FailedPrecondition},
		"behind a fragment": {`{"token_endpoint":"https://login.example/token#x"}`, 200, codes.DataLoss},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAuthority(t)
			a.configuration, a.code = c.configuration, c.code
			source := a.source(t, newClock(), func(s *token.SMART) { s.HTTP = guarded(t, a) })
			_, err := source.Token(t.Context(), token.Request{})
			if status.Code(err) != c.want {
				t.Fatalf("%v, want %v", err, c.want)
			}
			for _, leak := range []string{"example", "127.0.0.1", "secret"} {
				if strings.Contains(err.Error(), leak) {
					t.Errorf("the error says %q: %v", leak, err)
				}
			}
			if n := a.calls("/token"); n != 0 {
				t.Errorf("%d tokens were asked for", n)
			}
		})
	}
}

// guarded reaches the authority and nobody else.
func guarded(t *testing.T, a *authority) *http.Client {
	t.Helper()
	u := must[*url.URL](t)(url.Parse(a.URL))
	client := must[*http.Client](t)(transport.NewClient(transport.Config{CAPEM: pemOf(a.Certificate()), AllowedHosts: []string{u.Host}}))
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func TestSMARTNamesWhatIsMissing(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*token.SMART){
		"neither the token URL":    func(s *token.SMART) { s.Base = nil },
		"client id":                func(s *token.SMART) { s.ClientID = "" },
		"signing key is not set":   func(s *token.SMART) { s.Key = nil },
		"key's id":                 func(s *token.SMART) { s.KeyID = "" },
		"five minutes":             func(s *token.SMART) { s.Lifetime = 6 * time.Minute },
		"curve P-384":              func(s *token.SMART) { s.Key = ecKey(t, elliptic.P256()) },
		"neither RSA nor ECDSA":    func(s *token.SMART) { s.Key = edwards },
		"not of the kind that its": func(s *token.SMART) { s.Algorithm = "ES384" },
	} {
		cfg := token.SMART{Base: &url.URL{}, ClientID: "gateway", Key: signingKey(), KeyID: "k1"}
		change(&cfg)
		if _, err := token.NewSMART(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to hold %q", err, want)
		}
	}
}

func FuzzSMARTConfiguration(f *testing.F) {
	for _, seed := range []string{`{"token_endpoint":"https://login.example/token"}`, `{"token_endpoint":"https://[::1"}`, `[]`, ``, `{"token_endpoint":null}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		at, err := token.TokenEndpoint(body)
		if (at == "") == (err == nil) {
			t.Fatalf("address %q, error %v", at, err)
		}
		if err == nil && !strings.HasPrefix(strings.ToLower(at), "https://") {
			t.Errorf("address %q", at)
		}
	})
}
