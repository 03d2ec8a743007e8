// Package lancashiresouthcumbria simulates the document exchange of Lancashire & South Cumbria (LPRES) as an affinity
// domain of IHE XDS.b: stored queries, retrieval by MTOM and a PIX V3 manager, each a machine of its own.
//
// The region publishes no interface, only that it exchanges documents by XDS: what is checked here is IHE's own text, read
// strictly. Object identifiers are of the arc 2.999, which is for examples.
package lancashiresouthcumbria

import (
	"errors"
	"fmt"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
	"github.com/openlhcr/openlhcr/adapters/sandbox/xds"
)

// ID is the region's id.
const ID = "lancashire-south-cumbria"

// Authority is the OID of the ids by which the region knows patients, Repository that of its document repository.
const (
	Authority  = "2.999.7.1"
	Repository = "2.999.7.2"
)

// Start opens registry, repository and patient index. Close the system when done.
func Start(all []patients.Patient, now system.Now) (*system.System, error) {
	sys, err := system.New(ID, now)
	if err != nil {
		return nil, fmt.Errorf("lancashire-south-cumbria: %w", err)
	}
	access, err := xds.Open(sys, xds.Domain{
		Region: ID, Authority: Authority, Prefix: "LSC", Repository: Repository,
		Audience: "https://xds.lancashire-south-cumbria.example",
	}, all, now)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lancashire-south-cumbria: %w", err), sys.Close())
	}
	sys.Describe(func(a *system.Access) { *a = access })
	return sys, nil
}
