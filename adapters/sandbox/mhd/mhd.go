// Package mhd simulates a document responder of IHE MHD over FHIR R4: searches for DocumentReference (ITI-67), retrieval of
// documents (ITI-68), and the patient by number (ITI-78) or by cross-reference (ITI-83), behind mutual TLS and OAuth2
// client credentials.
//
// Sources: IHE MHD 4.2.1, PDQm 2.4, PIXm 3.0. As in MHD a search must give the status; that no NHS number may stand in a
// URL, and that headers name the originating user, is a strict guess at what a region adds.
package mhd

import (
	"fmt"
	"net/http"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/oauth"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	basePath  = "/mhd/r4"
	tokenPath = "/mhd/token"
	scope     = "system/DocumentReference.read system/Binary.read"
	lifetime  = 300 * time.Second
)

// Open gives what opens the responder of a region on the region's system: the folders data/<slug>/<region>.
func Open(region string) system.Opener {
	return func(sys *system.System, all []patients.Patient, now system.Now) (system.Access, error) {
		store, err := store(region, all)
		if err != nil {
			return system.Access{}, fmt.Errorf("mhd: %w", err)
		}
		access, err := open(sys, region, store, now)
		if err != nil {
			return system.Access{}, fmt.Errorf("mhd: %w", err)
		}
		return access, nil
	}
}

func open(sys *system.System, region string, store *fhirserver.Store, now system.Now) (system.Access, error) {
	client, endpoint := oauth.NewCredentials(sys, now, tokenPath, scope, lifetime)
	tokenURL, err := sys.Listen(endpoint)
	if err != nil {
		return system.Access{}, err
	}
	service := &fhirserver.Service{
		Store: store, Dialect: dialect(), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(), Rewrite: absolute,
	}
	api := fhirapi.New(fhirapi.Options{
		Sys: sys, Admits: client.Tokens.Admits, Headers: system.NHSHeaders(), PostSearch: true, Service: service,
	})
	c := &crossReference{region: region, service: service, sys: sys}
	api.Handle("POST "+basePath+"/Patient/$ihe-pix", c.ServeHTTP)
	fhirURL, err := sys.Listen(api)
	if err != nil {
		return system.Access{}, err
	}
	return sys.PartAccess(func(a *system.Access) {
		a.BaseURL, a.TokenURL = fhirURL+basePath, tokenURL+tokenPath
		a.ClientID, a.ClientSecret = client.ClientID, client.Secret
	}), nil
}

// dialect is R4 with nothing but what a document responder serves.
func dialect() fhirserver.Dialect {
	d := fhirserver.R4()
	served := map[string]fhirserver.TypeRules{"Patient": d.Types["Patient"]}
	references := d.Types["DocumentReference"]
	references.Needs = "status"
	served["DocumentReference"] = references
	d.Types = served
	return d
}

func store(region string, all []patients.Patient) (*fhirserver.Store, error) {
	folders, err := documents.All(all, region)
	if err != nil {
		return nil, err
	}
	var records []*fhirserver.Record
	for _, folder := range folders {
		if !folder.InDomain {
			continue
		}
		record, err := fhirserver.ReadRecord(folder.Patient.NHSNumber, bundle(region, folder))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", folder.Patient.Slug, err)
		}
		records = append(records, record)
	}
	return fhirserver.NewStore(records)
}

var _ http.Handler = (*crossReference)(nil)
