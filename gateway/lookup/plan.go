package lookup

import (
	"cmp"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// plan is what a call is about: whom, on whose behalf, which regions, which sections.
type plan struct {
	deployed *deployed
	asked    identity.Asked
	caller   *adapterv1.Caller
	request  *lhcrv1.GetRecordRequest
	regions  []string // sorted, each once
	sections []lhcrv1.Section
}

// plan says what a request asks for, or why nothing can be tried.
func (l *Lookup) plan(caller *adapterv1.Caller, req *lhcrv1.GetRecordRequest) (*plan, error) {
	asked, err := ask(caller, req.GetPatient())
	if err != nil {
		return nil, err
	}
	d := l.deployed.Load()
	sections, err := d.sectionsOf(req.GetSections())
	if err != nil {
		return nil, err
	}
	regions, err := d.regionsOf(caller, req.GetRegions())
	if err != nil {
		return nil, err
	}
	return &plan{deployed: d, asked: asked, caller: caller, request: req, regions: regions, sections: sections}, nil
}

// ask says whom a call is about. A call on nobody's behalf reaches no region.
func ask(caller *adapterv1.Caller, patient *lhcrv1.PatientQuery) (identity.Asked, error) {
	if caller == nil {
		return identity.Asked{}, failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "the call has no caller")
	}
	asked, bad := identity.Ask(patient)
	if bad != "" {
		return identity.Asked{}, failure.Invalid(failure.Violation{Field: bad, Rule: "identity", Message: "cannot be compared with a region's answer: write it as documented"})
	}
	return asked, nil
}

// sectionsOf are the sections asked for by number, each once; every one when none is named.
func (d *deployed) sectionsOf(named []lhcrv1.Section) ([]lhcrv1.Section, error) {
	if len(named) == 0 {
		return d.sections, nil
	}
	for _, s := range named {
		if !slices.Contains(d.sections, s) {
			return nil, failure.Invalid(failure.Violation{Field: "sections", Rule: "enum.defined_only", Message: "must name sections of the contract"})
		}
	}
	return sortedOnce(named), nil
}

// regionsOf are the ids of the regions to ask. An id that the directory gives and
// that this deployment has no adapter for stays: its sections are UNAVAILABLE, not
// silently left out.
func (d *deployed) regionsOf(caller *adapterv1.Caller, selection *lhcrv1.RegionSelection) ([]string, error) {
	var ids []string
	var err error
	switch {
	case len(selection.GetRegionIds()) > 0:
		ids, err = d.directory.Expand(selection.GetRegionIds())
	case selection.GetAll():
		ids = d.directory.All()
	default:
		ids = d.directory.RegionsOf(caller)
	}
	switch {
	case err != nil:
		return nil, unknownRegion("regions.region_ids")
	case len(ids) == 0:
		return nil, failure.New(codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_NO_REGIONS,
			"no region is known for your organisation: name regions in regions.region_ids, or have your organisation's regions configured")
	}
	return sortedOnce(ids), nil
}

// sortedOnce is a list in order, each of it once. Most are already.
func sortedOnce[T cmp.Ordered](list []T) []T {
	for i := 1; i < len(list); i++ {
		if list[i-1] >= list[i] {
			return slices.Compact(slices.Sorted(slices.Values(list)))
		}
	}
	return list
}

// callerFor is the caller as one region hears of them: with why the record is read,
// and of the consents only that region's own.
func callerFor(region string, caller *adapterv1.Caller, access *lhcrv1.AccessContext) *adapterv1.Caller {
	told := proto.CloneOf(caller)
	told.Access = proto.CloneOf(access)
	if told.Access != nil {
		told.Access.Consents = slices.DeleteFunc(told.Access.Consents, func(c *lhcrv1.PeriodOfCareConsent) bool {
			return c.GetRegionId() != region
		})
	}
	return told
}
