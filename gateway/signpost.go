package gateway

import (
	"sync/atomic"

	"github.com/openlhcr/openlhcr/gateway/directory"
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
