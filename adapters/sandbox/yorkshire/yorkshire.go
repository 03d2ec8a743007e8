// Package yorkshire simulates the Yorkshire & Humber exchange (Interweave): FHIR STU3 behind mutual TLS and a JWT that
// the central identity service (IAM) has approved and signed, chained searches by GET, provenance tags, and answers of
// 200 in which an OperationOutcome stands for each provider that failed.
//
// What the exchange has published is followed to the letter: claims, tags, OperationOutcome, paging with five links.
// What it has not is read in the most literal way, and strictly: the form of the token request (RFC 7523 with
// client_id and client_secret), a reply as in RFC 6749, no POST search, a token's pat claim binding it to one patient.
// The asynchronous bulk form is left out: nothing of it on the wire is published.
package yorkshire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// ID is the region's id.
const ID = "yorkshire"

const (
	basePath  = "/fhir/stu3"
	tokenPath = "/token"
)

// Start opens the IAM listener and the FHIR listener. Close the system when done.
func Start(all []patients.Patient, now system.Now) (*system.System, error) {
	store, err := system.Store(ID, all)
	if err != nil {
		return nil, fmt.Errorf("yorkshire: %w", err)
	}
	sys, err := system.New(ID, now)
	if err != nil {
		return nil, fmt.Errorf("yorkshire: %w", err)
	}
	if err := open(sys, store, all, now); err != nil {
		return nil, errors.Join(fmt.Errorf("yorkshire: %w", err), sys.Close())
	}
	return sys, nil
}

func open(sys *system.System, store *fhirserver.Store, all []patients.Patient, now system.Now) error {
	iam, signingKey, err := newIAM(sys, now)
	if err != nil {
		return err
	}
	iamURL, err := sys.Listen(iam)
	if err != nil {
		return err
	}
	service := &fhirserver.Service{
		Store: store, Dialect: fhirserver.STU3(), Path: basePath, Faults: sys.Faults(), Breaker: sys.Breaker(),
		Failures: providerFailures(all, now), Rewrite: centralDocuments,
	}
	fhirURL, err := sys.Listen(newFHIR(sys, service, iam))
	if err != nil {
		return err
	}
	sys.Describe(func(a *system.Access) {
		a.BaseURL = fhirURL + basePath
		a.TokenURL = iamURL + tokenPath
		a.ClientID, a.ClientSecret = iam.clientID, iam.secret
		a.SigningKeyPEM, a.SigningKeyID = signingKey, clientKeyID
		a.Issuer, a.Subject, a.Audience = iam.clientID, "simulated-exchange", audience
		a.ReasonCode, a.EmergencyReasonCode = reasonDirectCare, reasonEmergency
		a.RoleCode, a.TechnicianRoleCode = rolePharmacist, roleTechnician
	})
	return nil
}

// centralDocuments makes document links lead to the exchange, which fetches from the provider.
func centralDocuments(base string, body []byte) []byte {
	return bytes.ReplaceAll(body, []byte(`"url":"Binary/`), []byte(`"url":"`+base+`/Binary/`))
}
