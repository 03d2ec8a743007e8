package fhirsearch

import (
	"net/http"
	"net/url"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/token"
)

// The flows of a definition whose tokens name nobody.
const (
	flowClient   = "client-credentials"
	flowPassword = "password"
	flowSMART    = "smart-backend"
	flowUser     = "interweave" // names the user
)

// newTokens makes the token source that a definition names. Nil for none. The client is
// that of the region, with what it wants on every call.
func newTokens(d *definition.Definition, env adapters.Environment, client *http.Client, base *url.URL) (*token.Source, error) {
	t, s := d.Token, env.Settings
	switch t.Flow {
	case flowClient:
		return token.NewClientCredentials(token.ClientCredentials{
			HTTP: client, URL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
			Auth: token.ClientAuth(t.ClientAuth), Scope: t.Scope, Timeout: t.Timeout, Now: env.Now,
		})
	case flowPassword:
		return token.NewPassword(token.Password{
			HTTP: client, URL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
			Username: s.Codes["username"], Password: s.Secrets["password"].Reveal(),
			Auth: token.ClientAuth(t.ClientAuth), Scope: t.Scope, Timeout: t.Timeout, Now: env.Now,
		})
	case flowSMART:
		return token.NewSMART(token.SMART{
			HTTP: client, URL: s.TokenURL, Base: base, ClientID: s.ClientID, Key: s.SigningKey, KeyID: s.SigningKeyID,
			Algorithm: t.AssertionAlgorithm, Audience: t.Audience, Scope: t.Scope, Lifetime: t.AssertionLifetime,
			Timeout: t.Timeout, Now: env.Now, Random: env.Random,
		})
	case flowUser:
		return token.NewInterweave(token.Interweave{
			HTTP: client, URL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
			Auth: token.ClientAuth(t.ClientAuth), Key: s.SigningKey, KeyID: s.SigningKeyID,
			Subject: s.Codes["token.subject"], Audience: t.Audience, Scope: t.Scope, Lifetime: t.AssertionLifetime,
			NamePatient: t.NamePatient, Codes: s.Codes, Timeout: t.Timeout, Now: env.Now, Random: env.Random,
		})
	}
	return nil, nil
}
