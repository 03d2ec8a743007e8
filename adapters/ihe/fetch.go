package ihe

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Fetch gets the asked sections of one patient. What the region did not give is an outcome;
// the error is INVALID_ARGUMENT for a request that asks nothing or brings a foreign handle,
// and CANCELLED or DEADLINE_EXCEEDED when the caller's own context ended.
func (r *Region) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if number == "" || len(req.GetSections()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "name a patient and at least one section")
	}
	sealed, err := r.handles.Open(number, req.GetHandle())
	if err != nil {
		return nil, err
	}
	f := r.newFetch(req)
	inner, cancel := call.Deadline(ctx, r.definition.Limits.FetchTimeout)
	defer cancel()
	res := f.run(inner, sealed)
	if ctx.Err() != nil {
		return nil, transport.Failure(ctx, ctx.Err())
	}
	return res, nil
}

// fetch is one fetch under way.
type fetch struct {
	*Region
	req   *adapterv1.FetchRequest
	asked call.Sections
	// readable are the documents that were chosen to be read, or left out with a gap.
	readable map[*model.DocumentReference]bool
}

func (r *Region) newFetch(req *adapterv1.FetchRequest) *fetch {
	f := &fetch{Region: r, req: req, asked: call.Sections{}, readable: map[*model.DocumentReference]bool{}}
	for _, s := range req.GetSections() {
		f.asked[s] = r.before(s, req.GetWindow())
	}
	return f
}

// entryType is what a registry is asked for, in its own terms.
const entryType = "XDSDocumentEntry"

// before is what is known of a section before anything came: that the region never gives it, or
// the query that is applied.
func (r *Region) before(s lhcrv1.Section, window *lhcrv1.TimeWindow) fhir.Asked {
	if !r.definition.Gives(s) {
		return fhir.Asked{
			Failure: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, Message: r.definition.NotSupported(s),
		}
	}
	return fhir.Asked{Applied: &lhcrv1.AppliedQuery{
		ResolvedIncluded: true, SourceTypes: []string{entryType}, WindowNotApplied: window != nil,
	}}
}

// supported are the sections asked for that the region gives.
func (f *fetch) supported() []lhcrv1.Section {
	var out []lhcrv1.Section
	for _, s := range f.req.GetSections() {
		if f.definition.Gives(s) {
			out = append(out, s)
		}
	}
	return out
}

func (f *fetch) run(ctx context.Context, sealed []string) *adapterv1.FetchResponse {
	if len(f.supported()) == 0 {
		return f.without()
	}
	s, failure := f.client.open(f.req.GetCaller())
	if failure != nil {
		return f.failed(failure)
	}
	who, failure := f.who(ctx, s, sealed)
	switch {
	case failure != nil:
		return f.failed(failure)
	case who.mismatch != 0:
		return f.mismatched(who)
	case len(who.records) == 0:
		return f.nobody()
	}
	return f.settle(ctx, s, who, s.list(ctx, who.records))
}

// who is the patient, as a handle has it or as the region's index says now.
func (f *fetch) who(ctx context.Context, s *session, sealed []string) (identity, *call.Failure) {
	if len(sealed) > 0 && f.definition.IHE.Patient != definition.PatientNumber {
		return unseal(f.req.GetPatient().GetNhsNumber(), sealed), nil
	}
	return s.lookUp(ctx, f.req.GetPatient())
}
