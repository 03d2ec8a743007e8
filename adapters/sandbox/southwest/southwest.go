// Package southwest simulates the South West's shared records as a patient index (IHE PIXm) before a FHIR R4 service:
// nobody is found there by NHS number, so the index must be asked for the ids of a person's records first. Otherwise it is
// as Dorset is: mutual TLS, OAuth2 client credentials, POST searches, the originating user in headers.
//
// That the index demands sourceIdentifier and targetSystem is reported of Somerset's; the rest is a guess, read strictly.
package southwest

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
const ID = "south-west"

const (
	basePath  = "/fhir/r4"
	tokenPath = "/oauth2/token"
	scope     = "system/*.read"
	lifetime  = 300 * time.Second
)

// Start opens the token listener and the listener of index and records. Close the system when done.
func Start(all []patients.Patient, now system.Now) (*system.System, error) {
	store, err := system.Store(ID, all)
	if err != nil {
		return nil, fmt.Errorf("south-west: %w", err)
	}
	sys, err := system.New(ID, now)
	if err != nil {
		return nil, fmt.Errorf("south-west: %w", err)
	}
	if err := open(sys, store, now); err != nil {
		return nil, errors.Join(fmt.Errorf("south-west: %w", err), sys.Close())
	}
	return sys, nil
}

func open(sys *system.System, store *fhirserver.Store, now system.Now) error {
	client, endpoint := oauth.NewCredentials(sys, now, tokenPath, scope, lifetime)
	tokenURL, err := sys.Listen(endpoint)
	if err != nil {
		return err
	}
	service := &fhirserver.Service{
		Store: store, Dialect: dialect(), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(),
	}
	api := fhirapi.New(fhirapi.Options{
		Sys: sys, Service: service, Admits: client.Tokens.Admits, Headers: system.NHSHeaders(), PostSearch: true,
	})
	index := &index{sys: sys, service: service}
	api.Handle("POST "+basePath+"/Patient/$ihe-pix", index.post)
	api.Handle("GET "+basePath+"/Patient/$ihe-pix", index.get)
	fhirURL, err := sys.Listen(api)
	if err != nil {
		return err
	}
	sys.Describe(func(a *system.Access) {
		a.BaseURL, a.TokenURL = fhirURL+basePath, tokenURL+tokenPath
		a.ClientID, a.ClientSecret = client.ClientID, client.Secret
	})
	return nil
}

// dialect is R4 in which patients are not found by an identifier.
func dialect() fhirserver.Dialect {
	d := fhirserver.R4()
	delete(d.Types["Patient"].Params, "identifier")
	return d
}
