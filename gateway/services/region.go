package services

import (
	"context"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Directory knows the regions of the deployment.
type Directory interface {
	// Regions are all of them, sorted by id.
	Regions() []*lhcrv1.Region
	// Describe is one of them, or NOT_FOUND.
	Describe(id string) (*lhcrv1.Region, error)
	// Resolve says which of them serve somebody.
	Resolve(req *lhcrv1.ResolveRegionsRequest) *lhcrv1.ResolveRegionsResponse
	// Systems are the ids of those that are systems and no names for several, sorted.
	Systems() []string
	// Endpoints are the addresses that the named ones need, or all where none is named.
	Endpoints(ids []string) ([]*lhcrv1.NetworkEndpoint, error)
}

// Health knows how the regions fare.
type Health interface {
	// Of is the health of one region.
	Of(id string) *lhcrv1.RegionHealth
}

// Region is the RegionService.
type Region struct {
	lhcrv1.UnsafeRegionServiceServer
	directory Directory
	health    Health
}

var _ lhcrv1.RegionServiceServer = (*Region)(nil)

// NewRegion makes the RegionService.
func NewRegion(directory Directory, health Health) *Region {
	return &Region{directory: directory, health: health}
}

// ListRegions lists every region.
func (s *Region) ListRegions(context.Context, *lhcrv1.ListRegionsRequest) (*lhcrv1.ListRegionsResponse, error) {
	return &lhcrv1.ListRegionsResponse{Regions: s.directory.Regions()}, nil
}

// GetRegion describes one region. A name that stands for several has no health of its own.
func (s *Region) GetRegion(_ context.Context, req *lhcrv1.GetRegionRequest) (*lhcrv1.GetRegionResponse, error) {
	region, err := s.directory.Describe(req.GetRegionId())
	if err != nil {
		return nil, err
	}
	res := &lhcrv1.GetRegionResponse{Region: region}
	if len(region.GetExpandsTo()) == 0 {
		res.Health = s.health.Of(region.GetRegionId())
	}
	return res, nil
}

// ResolveRegions says which regions serve somebody.
func (s *Region) ResolveRegions(_ context.Context, req *lhcrv1.ResolveRegionsRequest) (*lhcrv1.ResolveRegionsResponse, error) {
	return s.directory.Resolve(req), nil
}

// ListRegionHealth says how each region fares.
func (s *Region) ListRegionHealth(context.Context, *lhcrv1.ListRegionHealthRequest) (*lhcrv1.ListRegionHealthResponse, error) {
	res := &lhcrv1.ListRegionHealthResponse{}
	for _, id := range s.directory.Systems() {
		res.Health = append(res.Health, s.health.Of(id))
	}
	return res, nil
}

// ListNetworkEndpoints lists every address that must be reachable.
func (s *Region) ListNetworkEndpoints(_ context.Context, req *lhcrv1.ListNetworkEndpointsRequest) (*lhcrv1.ListNetworkEndpointsResponse, error) {
	endpoints, err := s.directory.Endpoints(req.GetRegionIds())
	if err != nil {
		return nil, err
	}
	return &lhcrv1.ListNetworkEndpointsResponse{Endpoints: endpoints}, nil
}
