// Package smart simulates regional exchanges that speak FHIR R4 and give tokens to backend services by a signed assertion
// (SMART App Launch 2, Backend Services): the endpoint is found at .well-known/smart-configuration, the assertion is
// verified to the letter, and every resource type must be within the scope that was given.
//
// Neither London nor the Great North publishes an interface: what is demanded here is the standard, read strictly, and
// the headers of the originating user and of the Great North's consent are guesses.
package smart

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// The regions that are simulated so, by id.
const (
	London     = "london"
	GreatNorth = "great-north"
)

const (
	basePath  = "/fhir/r4"
	tokenPath = "/auth/token"
)

// Instance is one region's exchange.
type Instance struct {
	// ID of the region.
	ID string
	// Algorithm by which the gateway signs: RS384 or ES384.
	Algorithm string
	// Scope that a client is registered for.
	Scope string
	// PerPeriodOfCare: nothing is given without a consent for the period of care, nor of whoever objects to sharing.
	PerPeriodOfCare bool
	// Parts are further systems of the region, by name.
	Parts map[string]system.Opener
}

// Start opens the token listener and the FHIR listener, and those of further systems. Close the system when done.
func (i Instance) Start(all []patients.Patient, now system.Now) (*system.System, error) {
	store, err := system.Store(i.ID, all)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.ID, err)
	}
	sys, err := system.New(i.ID, now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.ID, err)
	}
	err = i.open(sys, store, all, now)
	if err == nil {
		err = sys.OpenParts(i.Parts, all, now)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", i.ID, err), sys.Close())
	}
	return sys, nil
}

func (i Instance) open(sys *system.System, store *fhirserver.Store, all []patients.Patient, now system.Now) error {
	clients, keyPEM, err := oauth.NewAssertions(sys, now, oauth.AssertionOptions{Path: tokenPath, Algorithm: i.Algorithm, Scope: i.Scope})
	if err != nil {
		return err
	}
	tokenURL, err := sys.Listen(clients.Endpoint())
	if err != nil {
		return err
	}
	clients.Audience = tokenURL + tokenPath
	service := &fhirserver.Service{
		Store: store, Dialect: fhirserver.R4(), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(),
	}
	if i.PerPeriodOfCare {
		service.Guard = newConsents(i.ID, all, now).guard
	}
	api := fhirapi.New(fhirapi.Options{
		Sys: sys, Service: service, Admits: clients.Tokens.Admits, Headers: system.NHSHeaders(), PostSearch: true,
		Check: i.withinScope,
	})
	api.HandleOpen("GET "+basePath+"/.well-known/smart-configuration", func(w http.ResponseWriter, _ *http.Request) {
		sys.Count("smart-configuration")
		configuration(clients, i.Scope).Write(w)
	})
	fhirURL, err := sys.Listen(api)
	if err != nil {
		return err
	}
	sys.Describe(func(a *system.Access) {
		a.BaseURL, a.TokenURL = fhirURL+basePath, tokenURL+tokenPath
		a.ClientID, a.Audience = clients.ClientID, clients.Audience
		a.SigningKeyPEM, a.SigningKeyID = keyPEM, clients.KeyID
	})
	return nil
}
