package directory

import (
	"slices"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Expand replaces each name that stands for several regions by those regions, and
// answers each region once, sorted. A region that is switched off stays, so that
// its outcome says so. An id that no region has is INVALID_ARGUMENT.
func (d *Directory) Expand(ids []string) ([]string, error) {
	expanded, unknown := d.expand(ids)
	if unknown != "" {
		return nil, unknownRegion(codes.InvalidArgument)
	}
	return expanded, nil
}

// expand stops at the first id that no region has.
func (d *Directory) expand(ids []string) (expanded []string, unknown string) {
	for _, id := range ids {
		region, ok := d.regions[id]
		switch {
		case !ok:
			return nil, id
		case len(region.GetExpandsTo()) > 0:
			expanded = append(expanded, region.GetExpandsTo()...)
		default:
			expanded = append(expanded, id)
		}
	}
	slices.Sort(expanded)
	return slices.Compact(expanded), ""
}

// unknownRegion does not repeat the id: it is a value of the request.
func unknownRegion(code codes.Code) error {
	return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION,
		"no region has this id: ListRegions lists the ids that there are")
}

// Describe is one region, or NOT_FOUND.
func (d *Directory) Describe(id string) (*lhcrv1.Region, error) {
	region, ok := d.regions[id]
	if !ok {
		return nil, unknownRegion(codes.NotFound)
	}
	return region, nil
}
