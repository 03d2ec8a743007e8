package oauth

import (
	"crypto/rand"
	"net/http"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// Reply is a token reply (RFC 6749, section 5.1).
type Reply struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in,omitempty"`
	Scope       string `json:"scope,omitempty"`
}

// Credentials is the client credentials grant with the client's secret in the Authorization header.
type Credentials struct {
	Tokens           *Tokens
	ClientID, Secret string
	// Scope that must be asked for, and is given.
	Scope string
}

// NewCredentials makes a client of the system and, at the path, the endpoint that gives it tokens.
func NewCredentials(sys *system.System, now system.Now, path, scope string, lifetime time.Duration) (*Credentials, *Endpoint) {
	c := &Credentials{
		Tokens: NewTokens(sys, now, lifetime), ClientID: "gateway-" + rand.Text(), Secret: rand.Text(), Scope: scope,
	}
	return c, &Endpoint{Sys: sys, Path: path, Realm: sys.Access().RegionID, Judge: c.judge, Grant: c.grant}
}

func (c *Credentials) judge(r *http.Request) *Error {
	id, secret, ok := r.BasicAuth()
	switch {
	case !ok || !Same(id, c.ClientID) || !Same(secret, c.Secret):
		return InvalidClient("client authentication failed")
	case r.PostForm.Get("grant_type") != "client_credentials":
		return Refuse("unsupported_grant_type", "grant_type is not client_credentials")
	case r.PostForm.Get("scope") != c.Scope:
		return Refuse("invalid_scope", "only "+c.Scope+" is given")
	default:
		return nil
	}
}

func (c *Credentials) grant(_ *http.Request, withoutExpiry bool) any {
	answer := Reply{
		AccessToken: c.Tokens.Give(), TokenType: "Bearer", ExpiresIn: int(c.Tokens.lifetime / time.Second), Scope: c.Scope,
	}
	if withoutExpiry {
		answer.ExpiresIn = 0
	}
	return answer
}
