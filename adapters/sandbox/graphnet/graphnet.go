// Package graphnet simulates Graphnet CareCentric as its public specification (Graphnet-Health/fhir-api-specs) has it:
// FHIR STU3 in JSON or XML, a subscription key beside the bearer token, OAuth2 tokens by client credentials or by a
// user's password, searches by GET that name one patient, and persons who are several linked or merged records.
//
// Where the specification is silent it is read strictly: nothing is included that is not asked for by a documented
// parameter. How the originating user is told is published nowhere: the headers are a guess.
package graphnet

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// The regions that run on CareCentric, by id.
const (
	ThamesValleySurrey = "thames-valley-surrey"
	CHIE               = "chie"
	GreaterManchester  = "greater-manchester"
	CheshireMerseyside = "cheshire-merseyside"
)

const (
	basePath  = "/fhir/stu3"
	tokenPath = "/connect/token"
	keyHeader = "Ocp-Apim-Subscription-Key"
)

// Instance is one region's installation.
type Instance struct {
	// ID of the region.
	ID string
	// OnlyXML: JSON is not served.
	OnlyXML bool
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
	err = i.open(sys, store, now)
	if err == nil {
		err = sys.OpenParts(i.Parts, all, now)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", i.ID, err), sys.Close())
	}
	return sys, nil
}

func (i Instance) open(sys *system.System, store *fhirserver.Store, now system.Now) error {
	logins, err := newLogins(sys, now)
	if err != nil {
		return err
	}
	tokenURL, err := sys.Listen(logins.endpoint())
	if err != nil {
		return err
	}
	key := rand.Text()
	fhirURL, err := sys.Listen(fhirapi.New(fhirapi.Options{
		Sys: sys, Admits: logins.admits, Headers: system.NHSHeaders(), NumbersInURLs: true, Check: needKey(key),
		Service: &fhirserver.Service{
			Store: store, Dialect: fhirserver.CareCentric(i.OnlyXML), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(),
		},
	}))
	if err != nil {
		return err
	}
	sys.Describe(func(a *system.Access) {
		a.BaseURL, a.TokenURL = fhirURL+basePath, tokenURL+tokenPath
		a.ClientID, a.ClientSecret, a.Username = logins.clientID, logins.secret, logins.username
		a.Secrets = map[string]string{"subscription-key": key, "password": logins.password}
	})
	return nil
}

// needKey refuses every call that brings no subscription key.
func needKey(key string) func(*http.Request) *fhirserver.Refusal {
	return func(r *http.Request) *fhirserver.Refusal {
		if r.Header.Get(keyHeader) == key {
			return nil
		}
		return fhirapi.Refusal(http.StatusUnauthorized, "login", "Access denied: "+keyHeader+" is missing or wrong")
	}
}
