package ihe

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/ihe/xua"
)

// client is one regional system with its services.
type client struct {
	http       *http.Client
	definition *definition.Definition
	addresses  map[string]*url.URL // by purpose
	assertions *xua.Source         // nil where the region takes none
	settings   adapters.Settings
	pace       *call.Pace
	now        func() time.Time
	random     io.Reader
}

// homeCommunity is the code by which a deployment names its own community, where that is not
// the one that it asks.
const homeCommunity = "home-community"

func newClient(d *definition.Definition, env adapters.Environment) (*client, error) {
	c := &client{
		http: env.HTTP, definition: d, settings: env.Settings, pace: call.NewPace(d.Limits.PerSecond), now: env.Now, random: env.Random,
	}
	if d.Token.Flow != "none" {
		return nil, errors.New("its definition has a token flow, and these services take assertions")
	}
	var err error
	if c.addresses, err = addresses(d.IHE, env.Settings); err != nil {
		return nil, err
	}
	if a := d.IHE.Assertion; a != nil {
		c.assertions, err = xua.New(xua.Config{
			Issuer: env.Settings.ClientID, Audience: a.Audience, Lifetime: a.Lifetime, HomeCommunity: c.home(),
			Key: env.Settings.SigningKey, Certificates: env.Settings.SigningCertificates, Codes: env.Settings.Codes,
			Now: env.Now, Random: env.Random,
		})
	}
	return c, err
}

// home is the OID of the community that asks.
func (c *client) home() string {
	if own := c.settings.Codes[homeCommunity]; own != "" {
		return own
	}
	return c.definition.IHE.HomeCommunity
}

// addresses are where the services are. A repository without an address of its own is where
// the registry is.
func addresses(i *definition.IHE, s adapters.Settings) (map[string]*url.URL, error) {
	out := map[string]*url.URL{}
	for _, purpose := range i.Addresses() {
		raw, what := s.Addresses[purpose], fmt.Sprintf("address %q", purpose)
		if purpose == definition.PurposeRecord || purpose == definition.PurposeRepository && raw == "" {
			raw, what = s.BaseURL, "base URL"
		}
		u, err := call.BaseURL(what, raw)
		if err != nil {
			return nil, err
		}
		out[purpose] = u
	}
	return out, nil
}
