package adapters

import (
	"context"
	"fmt"
	"regexp"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Region is one regional system in use: an [Adapter] whose promises are kept for it
// where it breaks them. It is safe for concurrent use.
type Region struct {
	adapter Adapter
	about   *adapterv1.DescribeResponse
}

var regionID = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)

// NewRegion wraps an adapter. The error says what is wrong with its description.
func NewRegion(adapter Adapter) (*Region, error) {
	about := adapter.Describe()
	id := about.GetRegion().GetRegionId()
	if !regionID.MatchString(id) {
		return nil, fmt.Errorf("adapter %T describes region id %q: want lower-case letters, digits and hyphens", adapter, id)
	}
	if len(about.GetRegion().GetSections()) == 0 {
		return nil, fmt.Errorf("adapter of region %q describes no section: list each with its support", id)
	}
	return &Region{adapter: adapter, about: about}, nil
}

// ID is the region's id.
func (r *Region) ID() string { return r.about.GetRegion().GetRegionId() }

// Describe is what the adapter said of its region when it was wrapped. Callers must not change it.
func (r *Region) Describe() *adapterv1.DescribeResponse { return r.about }

// CanLocate says whether Locate is worth calling.
func (r *Region) CanLocate() bool {
	_, ok := r.adapter.(Locator)
	return ok && r.declares(lhcrv1.Capability_CAPABILITY_LOCATE)
}

// Supports says whether the region gives a section and, if not, why.
func (r *Region) Supports(section lhcrv1.Section) (bool, string) {
	for _, s := range r.about.GetRegion().GetSections() {
		if s.GetSection() == section {
			return s.GetSupported(), s.GetReason()
		}
	}
	return false, "the region's definition does not name this section"
}

func (r *Region) declares(c lhcrv1.Capability) bool {
	for _, s := range r.about.GetRegion().GetCapabilities() {
		if s.GetCapability() == c {
			return s.GetSupported()
		}
	}
	return false
}

// Locate asks the adapter, or answers UNIMPLEMENTED.
func (r *Region) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	a, ok := r.adapter.(Locator)
	if !ok {
		return nil, unimplemented("Locate")
	}
	return guard(ctx, req, a.Locate)
}

// Fetch asks the adapter. The answer has exactly one outcome for every section
// asked for: what the adapter left out is INVALID, what it sent unasked is dropped.
func (r *Region) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	res, err := guard(ctx, req, r.adapter.Fetch)
	if err != nil {
		return nil, err
	}
	res.Outcomes = oneEach(r.ID(), req.GetSections(), res.GetOutcomes())
	return res, nil
}

// FetchDocument asks the adapter, or answers UNIMPLEMENTED. What comes back is at most
// [MaxDocumentBytes], and its bytes are what its media type says ([DocumentType]): a page
// that says that something went wrong is no letter.
func (r *Region) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	a, ok := r.adapter.(DocumentFetcher)
	if !ok {
		return nil, unimplemented("FetchDocument")
	}
	res, err := guard(ctx, req, a.FetchDocument)
	switch {
	case err != nil:
		return nil, err
	case len(res.GetContent()) > MaxDocumentBytes:
		return nil, status.Error(codes.ResourceExhausted, "the document is larger than 8 MiB")
	}
	if res.MediaType, err = DocumentType(res.GetContent(), res.GetMediaType()); err != nil {
		return nil, err
	}
	return res, nil
}

// Contribute asks the adapter, or answers UNIMPLEMENTED.
func (r *Region) Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	a, ok := r.adapter.(Contributor)
	if !ok {
		return nil, unimplemented("Contribute")
	}
	return guard(ctx, req, a.Contribute)
}

// Check asks the adapter, or answers UNIMPLEMENTED.
func (r *Region) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	a, ok := r.adapter.(Checker)
	if !ok {
		return nil, unimplemented("Check")
	}
	return guard(ctx, req, a.Check)
}

func unimplemented(method string) error {
	return status.Errorf(codes.Unimplemented, "this region's adapter has no %s", method)
}

// oneEach orders the outcomes as the sections were asked for, one each.
func oneEach(region string, asked []lhcrv1.Section, got []*lhcrv1.SectionOutcome) []*lhcrv1.SectionOutcome {
	bySection := make(map[lhcrv1.Section]*lhcrv1.SectionOutcome, len(got))
	for _, o := range got {
		if bySection[o.GetSection()] == nil {
			bySection[o.GetSection()] = o
		}
	}
	out := make([]*lhcrv1.SectionOutcome, 0, len(asked))
	for _, s := range asked {
		o := bySection[s]
		if o == nil || o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED {
			o = missingOutcome(s)
		}
		o.RegionId = region
		out = append(out, o)
	}
	return out
}

func missingOutcome(s lhcrv1.Section) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{
		Section: s,
		Status:  lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID,
		Message: "the adapter said nothing of this section",
		Gaps:    []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_MALFORMED, Message: "no outcome came"}},
	}
}
