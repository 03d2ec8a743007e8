// Package dorset simulates the Dorset Care Record as a FHIR R4 system: mutual TLS on both listeners, OAuth2 client
// credentials, POST searches that keep the NHS number out of URLs, and the originating user in headers.
//
// The region publishes no interface, so what is checked here is a plausible strict reading, not a fact about it. Every
// resource carries its contributing organisation as a meta.tag under the ODS system.
package dorset

import (
	"errors"
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// ID is the region's id.
const ID = "dorset"

const (
	basePath  = "/fhir/r4"
	tokenPath = "/oauth2/token"
	scope     = "system/*.read"
	lifetime  = 300 * time.Second
)

// Start opens the token listener and the FHIR listener. Close the system when done.
func Start(all []patients.Patient, now system.Now) (*system.System, error) {
	store, err := system.Store(ID, all)
	if err != nil {
		return nil, fmt.Errorf("dorset: %w", err)
	}
	sys, err := system.New(ID, now)
	if err != nil {
		return nil, fmt.Errorf("dorset: %w", err)
	}
	if err := open(sys, store, now); err != nil {
		return nil, errors.Join(fmt.Errorf("dorset: %w", err), sys.Close())
	}
	return sys, nil
}

func open(sys *system.System, store *fhirserver.Store, now system.Now) error {
	client, endpoint := oauth.NewCredentials(sys, now, tokenPath, scope, lifetime)
	tokenURL, err := sys.Listen(endpoint)
	if err != nil {
		return err
	}
	fhirURL, err := sys.Listen(fhirapi.New(fhirapi.Options{
		Sys: sys, Admits: client.Tokens.Admits, Headers: system.NHSHeaders(), PostSearch: true,
		Service: &fhirserver.Service{
			Store: store, Dialect: fhirserver.R4(), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(),
		},
	}))
	if err != nil {
		return err
	}
	sys.Describe(func(a *system.Access) {
		a.BaseURL, a.TokenURL = fhirURL+basePath, tokenURL+tokenPath
		a.ClientID, a.ClientSecret = client.ClientID, client.Secret
	})
	return nil
}
