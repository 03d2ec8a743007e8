package gateway

import (
	"slices"
	"sync/atomic"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/services"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// signpost is the directory of whatever stands now.
type signpost struct {
	now *atomic.Pointer[standing]
}

var _ services.Directory = signpost{}

func (s signpost) directory() *directory.Directory { return s.now.Load().directory }

// Regions are all of them.
func (s signpost) Regions() []*lhcrv1.Region { return s.directory().Regions() }

// Describe is one of them.
func (s signpost) Describe(id string) (*lhcrv1.Region, error) { return s.directory().Describe(id) }

// Resolve says which of them serve somebody.
func (s signpost) Resolve(req *lhcrv1.ResolveRegionsRequest) *lhcrv1.ResolveRegionsResponse {
	return s.directory().Resolve(req)
}

// Systems are the ids of those that are systems.
func (s signpost) Systems() []string { return s.directory().Systems() }

// Endpoints are the addresses that the named ones need.
func (s signpost) Endpoints(ids []string) ([]*lhcrv1.NetworkEndpoint, error) {
	return s.directory().Endpoints(ids)
}

// awaiting is a directory as lookups are led by it: a region whose adapter could not be
// reached is off, and whoever asks all regions is told all the same that nothing came of it.
type awaiting struct {
	*directory.Directory
	regions []string
}

var _ lookup.Directory = awaiting{}

// All are all regions that are switched on in the configuration, sorted.
func (a awaiting) All() []string {
	all := append(a.Directory.All(), a.regions...)
	slices.Sort(all)
	return all
}
