package graphnet

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	keyBits   = 2048
	userScope = "user/*.read"
	lifetime  = 300 * time.Second
)

// logins is the authorisation server: its tokens are JWTs that tell their own end.
type logins struct {
	sys                *system.System
	now                system.Now
	tokens             *oauth.Tokens // by jti
	signer             jose.Signer
	key                *rsa.PublicKey
	clientID, secret   string
	username, password string
}

func newLogins(sys *system.System, now system.Now) (*logins, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("token key: %w", err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, err
	}
	return &logins{
		sys: sys, now: now, tokens: oauth.NewTokens(sys, now, lifetime), signer: signer, key: &key.PublicKey,
		clientID: "gateway-" + rand.Text(), secret: rand.Text(), username: "user-" + rand.Text(), password: rand.Text() + "&%",
	}, nil
}

func (l *logins) endpoint() http.Handler {
	return &oauth.Endpoint{Sys: l.sys, Path: tokenPath, Judge: l.judge, Grant: l.grant}
}

// judge reads client_id and client_secret from the form, as both documented requests have them.
func (l *logins) judge(r *http.Request) *oauth.Error {
	form := r.PostForm
	if !oauth.Same(form.Get("client_id"), l.clientID) || !oauth.Same(form.Get("client_secret"), l.secret) {
		return oauth.InvalidClient("client authentication failed")
	}
	switch form.Get("grant_type") {
	case "client_credentials":
		return nil
	case "password":
		return l.judgeUser(form.Get("username"), form.Get("password"), strings.Fields(form.Get("scope")))
	default:
		return oauth.Refuse("unsupported_grant_type", "grant_type is neither client_credentials nor password")
	}
}

func (l *logins) judgeUser(username, password string, scopes []string) *oauth.Error {
	switch {
	case !oauth.Same(username, l.username) || !oauth.Same(password, l.password):
		return oauth.Refuse("invalid_grant", "the user "+username+" is not known by this password")
	case !slices.Contains(scopes, userScope):
		return oauth.Refuse("invalid_scope", "scope lacks "+userScope)
	default:
		return nil
	}
}

// claims of an access token.
type claims struct {
	ID       string   `json:"jti"`
	Issuer   string   `json:"iss"`
	ClientID string   `json:"client_id"`
	Subject  string   `json:"sub,omitempty"`
	Scope    []string `json:"scope"`
	Expires  int64    `json:"exp"`
}

// systemReply is the documented reply to client credentials: it tells no end, and a refresh token that is none.
type systemReply struct {
	TokenType    string  `json:"token_type"`
	AccessToken  string  `json:"access_token"`
	RefreshToken *string `json:"refresh_token"`
}

// userReply is the documented reply to a user's password.
type userReply struct {
	AccessToken string `json:"access_token"`
	ExpiresIn   int    `json:"expires_in,omitempty"`
	TokenType   string `json:"token_type"`
}

func (l *logins) grant(r *http.Request, withoutExpiry bool) any {
	c := claims{
		ID: rand.Text(), Issuer: "simulated-carecentric", ClientID: l.clientID, Scope: []string{"system/*.read"},
		Expires: l.now().Add(lifetime).Unix(),
	}
	if r.PostForm.Get("grant_type") == "client_credentials" {
		return systemReply{TokenType: "Bearer", AccessToken: l.sign(c)}
	}
	c.Subject, c.Scope = l.username, strings.Fields(r.PostForm.Get("scope"))
	reply := userReply{AccessToken: l.sign(c), ExpiresIn: int(lifetime / time.Second), TokenType: "Bearer"}
	if withoutExpiry {
		reply.ExpiresIn = 0
	}
	return reply
}

func (l *logins) sign(c claims) string {
	l.tokens.Keep(c.ID)
	payload, err := json.Marshal(c)
	if err != nil {
		panic("graphnet: claims are not JSON: " + err.Error())
	}
	signed, err := l.signer.Sign(payload)
	if err != nil {
		panic("graphnet: sign a token: " + err.Error())
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		panic("graphnet: write a token: " + err.Error())
	}
	return token
}

// admits tells whether a token was signed here, has not ended and was not revoked.
func (l *logins) admits(token string) bool {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return false
	}
	payload, err := signed.Verify(l.key)
	if err != nil {
		return false
	}
	var c claims
	return json.Unmarshal(payload, &c) == nil && l.tokens.Admits(c.ID)
}
