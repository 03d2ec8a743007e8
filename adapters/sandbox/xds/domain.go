// Package xds simulates the document exchanges of IHE over SOAP 1.2: an XDS.b affinity domain (registry, repository and
// PIX V3 manager) and an XCA community's responding gateways (query, retrieve and XCPD patient discovery), with XUA
// assertions behind mutual TLS.
//
// Sources: IHE ITI TF-2 (3.18 ITI-18, 3.38 ITI-38, 3.39 ITI-39, 3.43 ITI-43, 3.45 ITI-45, 3.55 ITI-55, appendix V), ITI
// TF-3 section 4 (metadata), the ebRIM and ebRS 3.0 schemas. It is as strict as they are.
package xds

import (
	"fmt"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
	"github.com/openlhcr/openlhcr/adapters/sandbox/xua"
)

// Domain is one affinity domain or community.
type Domain struct {
	// Region whose documents it exchanges: the folder data/<slug>/<Region>.
	Region string
	// Authority is the OID of the ids by which it knows patients; Prefix begins each of them.
	Authority string
	Prefix    string
	// Repository is the OID of its document repository.
	Repository string
	// HomeCommunity is the OID of a community that answers by XCA and finds patients by XCPD. Empty: an affinity domain,
	// which answers by XDS.b and finds them by PIX V3.
	HomeCommunity string
	// NHSNumbers says that the registry knows patients by NHS number too.
	NHSNumbers bool
	// Audience that assertions must name.
	Audience string
}

// Open opens the domain's services on a system and gives what a gateway must know to reach them.
func Open(sys *system.System, d Domain, all []patients.Patient, now system.Now) (system.Access, error) {
	folders, err := documents.All(all, d.Region)
	if err != nil {
		return system.Access{}, err
	}
	people, err := newPeople(d, folders)
	if err != nil {
		return system.Access{}, err
	}
	users, keys, err := xua.Register(d.Audience, now)
	if err != nil {
		return system.Access{}, err
	}
	c := &community{Domain: d, sys: sys, people: people, users: users, now: now}
	addresses, err := c.listen()
	if err != nil {
		return system.Access{}, err
	}
	return sys.PartAccess(func(a *system.Access) {
		a.BaseURL, a.Addresses = addresses["registry"], addresses
		a.ClientID, a.Issuer, a.Audience = users.Issuer, users.Issuer, d.Audience
		a.SigningKeyPEM, a.SigningCertPEM = keys.KeyPEM, keys.CertPEM
		a.ReasonCode, a.EmergencyReasonCode = xua.Treatment, xua.Emergency
	}), nil
}

// community is a running domain.
type community struct {
	Domain
	sys    *system.System
	people *people
	users  *xua.Registration
	now    system.Now
}

// listen opens one listener for each service, as the actors of a real domain stand on machines of their own.
func (c *community) listen() (map[string]string, error) {
	addresses := map[string]string{}
	for purpose, service := range c.services() {
		routes := http.NewServeMux()
		routes.Handle(service.path, service)
		url, err := c.sys.Listen(routes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", purpose, err)
		}
		addresses[purpose] = url + service.path
	}
	return addresses, nil
}

func (c *community) services() map[string]*service {
	query := soap.Rules{Payload: "AdhocQueryRequest", Space: querySpace}
	retrieve := soap.Rules{Payload: "RetrieveDocumentSetRequest", Space: xdsSpace, Multipart: true}
	if c.HomeCommunity == "" {
		query.Actions, retrieve.Actions = []string{"urn:ihe:iti:2007:RegistryStoredQuery"}, []string{"urn:ihe:iti:2007:RetrieveDocumentSet"}
		return map[string]*service{
			"registry":   c.service("/registry", "DocumentReference", query, c.query),
			"repository": c.service("/repository", "Binary", retrieve, c.retrieve),
			"pix": c.service("/pix", "Patient", soap.Rules{
				Actions: []string{v3Space + ":PRPA_IN201309UV02"}, Payload: "PRPA_IN201309UV02", Space: v3Space,
			}, c.crossReference),
		}
	}
	query.Actions, retrieve.Actions = []string{"urn:ihe:iti:2007:CrossGatewayQuery"}, []string{"urn:ihe:iti:2007:CrossGatewayRetrieve"}
	return map[string]*service{
		"registry":   c.service("/gateway/query", "DocumentReference", query, c.query),
		"repository": c.service("/gateway/retrieve", "Binary", retrieve, c.retrieve),
		"xcpd": c.service("/gateway/discovery", "Patient", soap.Rules{
			Actions: []string{v3Space + ":PRPA_IN201305UV02:CrossGatewayPatientDiscovery"}, Payload: "PRPA_IN201305UV02", Space: v3Space,
		}, c.discover),
	}
}
