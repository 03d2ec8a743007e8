package sdk

import (
	"context"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// ServerInfo says what the gateway is. It is asked without a token.
func (c *Client) ServerInfo(ctx context.Context) (*lhcrv1.GetServerInfoResponse, error) {
	e := c.errand("GetServerInfo", c.timeout)
	e.public = true
	return call(ctx, e, &lhcrv1.GetServerInfoRequest{}, c.server.GetServerInfo)
}

// Regions lists every region, sorted by id.
func (c *Client) Regions(ctx context.Context) ([]*lhcrv1.Region, error) {
	res, err := call(ctx, c.errand("ListRegions", c.timeout), &lhcrv1.ListRegionsRequest{}, c.regions.ListRegions)
	return res.GetRegions(), err
}

// Region describes one region and says how it fares.
func (c *Client) Region(ctx context.Context, id string) (*lhcrv1.Region, *lhcrv1.RegionHealth, error) {
	res, err := call(ctx, c.errand("GetRegion", c.timeout), &lhcrv1.GetRegionRequest{RegionId: id}, c.regions.GetRegion)
	return res.GetRegion(), res.GetHealth(), err
}

// RegionHealth says how each region fares, as the last calls saw it.
func (c *Client) RegionHealth(ctx context.Context) ([]*lhcrv1.RegionHealth, error) {
	res, err := call(ctx, c.errand("ListRegionHealth", c.timeout), &lhcrv1.ListRegionHealthRequest{}, c.regions.ListRegionHealth)
	return res.GetHealth(), err
}

// NetworkEndpoints lists every address that these regions need reached; of all
// regions when none is named.
func (c *Client) NetworkEndpoints(ctx context.Context, regionIDs ...string) ([]*lhcrv1.NetworkEndpoint, error) {
	res, err := call(ctx, c.errand("ListNetworkEndpoints", c.timeout), &lhcrv1.ListNetworkEndpointsRequest{RegionIds: regionIDs}, c.regions.ListNetworkEndpoints)
	return res.GetEndpoints(), err
}

// Whom says by whom regions are found.
type Whom struct{ message *lhcrv1.ResolveRegionsRequest }

// ByODSCode finds the regions of an organisation.
func ByODSCode(code string) Whom {
	return Whom{&lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_OdsCode{OdsCode: code}}}
}

// ByPharmaceuticalCommittee finds the regions of a Local Pharmaceutical Committee by its name.
func ByPharmaceuticalCommittee(name string) Whom {
	return Whom{&lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_PharmaceuticalCommittee{PharmaceuticalCommittee: name}}}
}

// ByIntegratedCareBoard finds the regions of an integrated care board by its ODS code or name.
func ByIntegratedCareBoard(codeOrName string) Whom {
	return Whom{&lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_IntegratedCareBoard{IntegratedCareBoard: codeOrName}}}
}

// ByName finds the regions of whatever has this name or code, in any case: a region, a
// committee, a board, an organisation.
func ByName(nameOrCode string) Whom {
	return Whom{&lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_Name{Name: nameOrCode}}}
}

// ResolveRegions says which regions serve somebody, and on what that rests. No
// region is an answer too: the explanation then says what to do.
func (c *Client) ResolveRegions(ctx context.Context, whom Whom) (regionIDs []string, explanation string, err error) {
	res, err := call(ctx, c.errand("ResolveRegions", c.timeout), whom.message, c.regions.ResolveRegions)
	return res.GetRegionIds(), res.GetExplanation(), err
}
