package ihe

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Locate says whether the region holds the patient: by its patient index or, where the NHS
// number is the registry's own id, by whether it lists any document. The handle names the ids
// by which the registry knows the patient. A region that gave no usable answer is an error:
// PERMISSION_DENIED, UNAVAILABLE, DEADLINE_EXCEEDED or DATA_LOSS.
func (r *Region) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	if req.GetPatient().GetNhsNumber() == "" {
		return nil, status.Error(codes.InvalidArgument, "name a patient")
	}
	s, failure := r.client.open(req.GetCaller())
	if failure != nil {
		return nil, failure
	}
	inner, cancel := call.Deadline(ctx, r.definition.Limits.FetchTimeout)
	defer cancel()
	who, failure := s.lookUp(inner, req.GetPatient())
	whole := true
	if failure == nil && r.definition.IHE.Patient == definition.PatientNumber {
		who, whole, failure = r.listedFor(inner, s, req, who)
	}
	switch {
	case ctx.Err() != nil:
		return nil, transport.Failure(ctx, ctx.Err())
	case failure != nil:
		return nil, failure
	}
	return r.located(req.GetPatient().GetNhsNumber(), who, whole), nil
}

// listedFor asks the registry itself, and says whether its answer was whole.
func (r *Region) listedFor(ctx context.Context, s *session, req *adapterv1.LocateRequest, who identity) (identity, bool, *call.Failure) {
	l := s.list(ctx, who.records)
	if len(l.entries) == 0 && len(l.failures) > 0 {
		return who, false, l.failures[0]
	}
	f := &fetch{Region: r, req: &adapterv1.FetchRequest{Patient: req.GetPatient()}}
	by := f.sort(who, l)
	if who = f.shown(who, l, by); !who.known() && len(by.others) > 0 {
		who = f.strange(who, by)
	}
	return who, len(l.failures) == 0, nil
}

func (r *Region) located(number string, who identity, whole bool) *adapterv1.LocateResponse {
	res := &adapterv1.LocateResponse{Patients: who.patients()}
	switch {
	case len(res.Patients) > 0:
		res.Holding = adapterv1.Holding_HOLDING_HELD
		if who.mismatch == 0 && who.left == nil && whole { // otherwise Fetch looks again
			res.Handle = r.handles.Seal(number, who.seal())
		}
	case whole:
		res.Holding = adapterv1.Holding_HOLDING_NOT_HELD
	default:
		res.Holding = adapterv1.Holding_HOLDING_UNKNOWN
		res.Message = "the region could not say whether it has a record"
	}
	return res
}
