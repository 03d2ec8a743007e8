package directory

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// Address is where a deployment reaches a region for one purpose.
type Address struct {
	// Purpose is what it is for, as the region's definition names it ("record", "token").
	Purpose string
	// URL is the address; only its scheme, host and port are looked at.
	URL string
}

// Outbound is the direction of every endpoint: the gateway opens the connection.
const Outbound = "outbound"

// PurposeAdapter is the purpose of the address of an adapter in a process of its own.
const PurposeAdapter = "adapter"

// Local is the network of what stands beside the gateway and is nobody else's to allow.
const Local = "local"

// Endpoints are every address that the named regions need, or all that are switched on
// where none is named: complete, sorted and the same from call to call (REG-002).
// Where the deployment configured an address, it stands in the place of the
// definition's. Of a region that is switched off they are the definition's, whose hosts
// are placeholders. An id that no region has is INVALID_ARGUMENT.
func (d *Directory) Endpoints(ids []string) ([]*lhcrv1.NetworkEndpoint, error) {
	if len(ids) == 0 {
		ids = d.All()
	}
	regions, unknown := d.expand(ids)
	if unknown != "" {
		return nil, unknownRegion(codes.InvalidArgument)
	}
	var out []*lhcrv1.NetworkEndpoint
	for _, id := range regions {
		out = append(out, d.endpoints[id]...)
	}
	return out, nil
}

// endpoints are those of one region.
func endpoints(e Entry) ([]*lhcrv1.NetworkEndpoint, error) {
	id := e.About.GetRegion().GetRegionId()
	configured := map[string]bool{}
	var out []*lhcrv1.NetworkEndpoint
	for _, a := range e.Addresses {
		endpoint, err := a.endpoint(id, e.About.GetEndpoints())
		if err != nil {
			return nil, fmt.Errorf("region %q: the address for %q %w", id, a.Purpose, err)
		}
		configured[a.Purpose] = true
		out = append(out, endpoint)
	}
	for _, defined := range e.About.GetEndpoints() {
		if !configured[defined.GetPurpose()] && !(len(configured) > 0 && isPlaceholder(defined)) {
			out = append(out, whole(id, defined))
		}
	}
	slices.SortFunc(out, compare)
	return slices.CompactFunc(out, func(a, b *lhcrv1.NetworkEndpoint) bool { return compare(a, b) == 0 }), nil
}

// endpoint reads an address. Its network is the one that the definition gives for
// the same purpose, or else for the region's first endpoint.
func (a Address) endpoint(region string, defined []*lhcrv1.NetworkEndpoint) (*lhcrv1.NetworkEndpoint, error) {
	u, err := url.Parse(a.URL)
	if err != nil || u.Hostname() == "" {
		return nil, fmt.Errorf("is no URL with a host")
	}
	port, err := portOf(u)
	if err != nil {
		return nil, err
	}
	protocol, network := u.Scheme, networkFor(a.Purpose, defined)
	if a.Purpose == PurposeAdapter {
		protocol, network = "grpc", Local
	}
	return &lhcrv1.NetworkEndpoint{
		RegionId: region, Host: hostOf(u), Port: port, Protocol: protocol,
		Network: network, Direction: Outbound, Purpose: a.Purpose,
	}, nil
}

// hostOf is a host as lists have it, so that one address is written in one way.
func hostOf(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

// isPlaceholder says whether a definition's address stands for one that a deployment sets.
func isPlaceholder(e *lhcrv1.NetworkEndpoint) bool { return strings.HasSuffix(e.GetHost(), ".invalid") }

func portOf(u *url.URL) (uint32, error) {
	switch {
	case u.Port() != "":
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || port == 0 {
			return 0, fmt.Errorf("has no valid port")
		}
		return uint32(port), nil
	case u.Scheme == "https":
		return 443, nil
	case u.Scheme == "http":
		return 80, nil
	}
	return 0, fmt.Errorf("is neither https nor http and names no port")
}

func networkFor(purpose string, defined []*lhcrv1.NetworkEndpoint) string {
	for _, e := range defined {
		if e.GetPurpose() == purpose {
			return e.GetNetwork()
		}
	}
	if len(defined) > 0 {
		return defined[0].GetNetwork()
	}
	return ""
}

// whole fills in what a definition may leave unsaid.
func whole(region string, defined *lhcrv1.NetworkEndpoint) *lhcrv1.NetworkEndpoint {
	e := proto.CloneOf(defined)
	e.RegionId = region
	e.Direction = cmp.Or(e.GetDirection(), Outbound)
	return e
}

func compare(a, b *lhcrv1.NetworkEndpoint) int {
	return cmp.Or(
		cmp.Compare(a.GetHost(), b.GetHost()),
		cmp.Compare(a.GetPort(), b.GetPort()),
		cmp.Compare(a.GetPurpose(), b.GetPurpose()),
		cmp.Compare(a.GetProtocol(), b.GetProtocol()),
	)
}
