// Package exchange simulates the document exchange of Cheshire & Merseyside (Share2Care e-Xchange) as a community of IHE
// XCA: responding gateways for queries, retrieval and patient discovery (XCPD).
//
// The region publishes no interface, only that it exchanges documents across communities: what is checked here is IHE's own
// text, read strictly. Object identifiers are of the arc 2.999, which is for examples.
package exchange

import (
	"errors"
	"fmt"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
	"github.com/openlhcr/openlhcr/adapters/sandbox/xds"
)

// ID is the region's id.
const ID = "cheshire-merseyside"

// HomeCommunity is the OID of the community, Authority that of its own ids of patients (it knows them by NHS number too),
// Repository that of its document repository.
const (
	HomeCommunity = "2.999.8"
	Authority     = "2.999.8.1"
	Repository    = "2.999.8.2"
)

var _ system.Opener = Open

// Open opens the gateways on the region's system.
func Open(sys *system.System, all []patients.Patient, now system.Now) (system.Access, error) {
	return xds.Open(sys, xds.Domain{
		Region: ID, Authority: Authority, Prefix: "CMX", Repository: Repository, HomeCommunity: HomeCommunity,
		NHSNumbers: true, Audience: "https://xca.cheshire-merseyside.example",
	}, all, now)
}

// Start opens the gateways alone, without the region's other system. Close the system when done.
func Start(all []patients.Patient, now system.Now) (*system.System, error) {
	sys, err := system.New(ID, now)
	if err != nil {
		return nil, fmt.Errorf("cheshire-merseyside: %w", err)
	}
	access, err := Open(sys, all, now)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("cheshire-merseyside: %w", err), sys.Close())
	}
	sys.Describe(func(a *system.Access) { *a = access })
	return sys, nil
}
