package oauth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	assertionType     = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	assertionKeyID    = "gateway-assertions-1"
	assertionKeyBits  = 2048
	assertionLifetime = 300 * time.Second
	// longest is how far ahead the end of an assertion may lie.
	longest = 5 * time.Minute
	// skew is how far the clocks of two machines may be apart.
	skew = 10 * time.Second
)

// AssertionOptions of an authorisation server that knows its client by a public key.
type AssertionOptions struct {
	// Path of the token endpoint.
	Path string
	// Algorithm that assertions are signed with: RS384, RS512 or ES384. The gateway's key is made for it.
	Algorithm string
	// Scope that the client is registered for: at least one of its words must be asked for. Empty: none is looked at.
	Scope string
}

// Assertions is the client credentials grant with a client that proves itself by an assertion of its own key
// (RFC 7523, section 2.2; SMART App Launch 2, Backend Services).
type Assertions struct {
	// Tokens that were given out.
	Tokens *Tokens
	// ClientID of the gateway, and KeyID of its key.
	ClientID, KeyID string
	// Audience that assertions must name: the token endpoint's address, once it is known.
	Audience string

	options AssertionOptions
	sys     *system.System
	now     system.Now
	key     crypto.PublicKey

	mu   sync.Mutex
	seen map[string]time.Time // jti → when it may be forgotten
}

// NewAssertions registers the gateway with a fresh key, whose private half (PEM) it hands out.
func NewAssertions(sys *system.System, now system.Now, o AssertionOptions) (*Assertions, string, error) {
	key, err := newKey(o.Algorithm)
	if err != nil {
		return nil, "", fmt.Errorf("client key: %w", err)
	}
	keyPEM, err := pki.PrivateKeyPEM(key)
	if err != nil {
		return nil, "", err
	}
	return &Assertions{
		Tokens: NewTokens(sys, now, assertionLifetime), ClientID: "gateway-" + rand.Text(), KeyID: assertionKeyID,
		options: o, sys: sys, now: now, key: key.Public(), seen: map[string]time.Time{},
	}, keyPEM, nil
}

func newKey(algorithm string) (crypto.Signer, error) {
	if algorithm == string(jose.ES384) {
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	}
	return rsa.GenerateKey(rand.Reader, assertionKeyBits)
}

// Endpoint is the token endpoint.
func (a *Assertions) Endpoint() http.Handler {
	return &Endpoint{Sys: a.sys, Path: a.options.Path, Judge: a.judge, Grant: a.grant}
}

func (a *Assertions) judge(r *http.Request) *Error {
	form := r.PostForm
	switch {
	case form.Get("grant_type") != "client_credentials":
		return Refuse("unsupported_grant_type", "grant_type is not client_credentials")
	case form.Get("client_assertion_type") != assertionType:
		return Refuse("invalid_request", "client_assertion_type is not "+assertionType)
	case r.Header.Get("Authorization") != "":
		return Refuse("invalid_request", "a client proves itself in one way only")
	case a.options.Scope != "" && !within(form.Get("scope"), a.options.Scope):
		return Refuse("invalid_scope", "the client is registered for "+a.options.Scope)
	}
	if why := a.wrong(form.Get("client_assertion")); why != "" {
		return InvalidClient(why)
	}
	return nil
}

// within tells whether something is asked for and all of it is registered.
func within(asked, registered string) bool {
	words := strings.Fields(asked)
	known := strings.Fields(registered)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(known, w) })
}

// assertion is the claims of one.
type assertion struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	ID       string `json:"jti"`
	Expires  int64  `json:"exp"`
}

// wrong says what is wrong with an assertion, or nothing.
func (a *Assertions) wrong(signed string) string {
	parsed, err := jose.ParseSignedCompact(signed, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(a.options.Algorithm)})
	if err != nil {
		return "the assertion is no JWT of " + a.options.Algorithm
	}
	header := parsed.Signatures[0].Header
	if header.KeyID != a.KeyID || header.ExtraHeaders[jose.HeaderType] != "JWT" {
		return "the assertion's header needs typ JWT and the kid that is registered"
	}
	payload, err := parsed.Verify(a.key)
	if err != nil {
		return "the assertion's signature does not fit the registered key"
	}
	var got assertion
	if err := json.Unmarshal(payload, &got); err != nil {
		return "the assertion's claims cannot be read"
	}
	return a.wrongClaims(got)
}

func (a *Assertions) wrongClaims(got assertion) string {
	end := time.Unix(got.Expires, 0)
	switch {
	case got.Issuer != a.ClientID || got.Subject != a.ClientID:
		return "iss and sub are not the client"
	case got.Audience != a.Audience:
		return "aud is not the token endpoint"
	case !a.now().Before(end):
		return "exp has passed"
	case end.After(a.now().Add(longest + skew)):
		return "exp is more than five minutes ahead"
	case got.ID == "" || a.replayed(got.ID, end):
		return "jti is missing or was used before"
	default:
		return ""
	}
}

// replayed remembers a jti until its assertion has ended.
func (a *Assertions) replayed(id string, end time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for old, until := range a.seen {
		if a.now().After(until) {
			delete(a.seen, old)
		}
	}
	_, seen := a.seen[id]
	a.seen[id] = end
	return seen
}

func (a *Assertions) grant(r *http.Request, withoutExpiry bool) any {
	reply := Reply{
		AccessToken: a.Tokens.Give(), TokenType: "bearer", ExpiresIn: int(assertionLifetime / time.Second), Scope: r.PostForm.Get("scope"),
	}
	if withoutExpiry {
		reply.ExpiresIn = 0
	}
	return reply
}
