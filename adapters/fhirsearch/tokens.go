package fhirsearch

import (
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/token"
)

// newTokens makes the token source that a definition names. Nil for none.
func newTokens(d *definition.Definition, env adapters.Environment) (*token.Source, error) {
	t, s := d.Token, env.Settings
	switch t.Flow {
	case "client-credentials":
		return token.NewClientCredentials(token.ClientCredentials{
			HTTP: env.HTTP, URL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
			Auth: token.ClientAuth(t.ClientAuth), Scope: t.Scope, Timeout: t.Timeout, Now: env.Now,
		})
	case "interweave":
		return token.NewInterweave(token.Interweave{
			HTTP: env.HTTP, URL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
			Auth: token.ClientAuth(t.ClientAuth), Key: s.SigningKey, KeyID: s.SigningKeyID,
			Subject: s.Codes["token.subject"], Audience: t.Audience, Scope: t.Scope, Lifetime: t.AssertionLifetime,
			NamePatient: t.NamePatient, Codes: s.Codes, Timeout: t.Timeout, Now: env.Now, Random: env.Random,
		})
	}
	return nil, nil
}
