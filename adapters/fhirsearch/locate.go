package fhirsearch

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Locate says whether the region holds the patient. The handle names the records that were
// found. A region that gave no usable answer is an error: PERMISSION_DENIED, UNAVAILABLE,
// DEADLINE_EXCEEDED or DATA_LOSS; one that answered that providers failed is UNKNOWN. So is
// one that withholds the answer, or that must not be asked without a consent: Fetch tells
// for each section.
func (r *Region) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if number == "" {
		return nil, status.Error(codes.InvalidArgument, "name a patient")
	}
	s, failure := r.client.open(req.GetCaller(), req.GetPatient())
	if failure != nil {
		return unlocated(failure)
	}
	inner, cancel := r.deadline(ctx)
	defer cancel()
	came := r.find(inner, s, r.plan(nil).patient.search, number)
	switch {
	case ctx.Err() != nil:
		return nil, transport.Failure(ctx, ctx.Err())
	case came.failure != nil && len(came.pages) == 0:
		return unlocated(came.failure)
	}
	who, failure := r.identify(came.pages, number, r.client.now())
	if failure != nil {
		return nil, failure
	}
	return r.located(number, came, who), nil
}

// unlocated is why there is no answer.
func unlocated(f *Failure) (*adapterv1.LocateResponse, error) {
	if isWithheld(f) {
		return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_UNKNOWN, Message: f.Message}, nil
	}
	return nil, f
}

func (r *Region) located(number string, came found, who identity) *adapterv1.LocateResponse {
	res := &adapterv1.LocateResponse{Patients: who.patients}
	whole := came.failure == nil && len(who.gaps) == 0
	switch {
	case len(who.patients) > 0:
		res.Holding = adapterv1.Holding_HOLDING_HELD
		if whole && who.mismatch == 0 && len(who.left) == 0 { // otherwise Fetch looks again
			res.Handle = r.handles.Seal(number, who.ids)
		}
	case whole:
		res.Holding = adapterv1.Holding_HOLDING_NOT_HELD
	default:
		res.Holding = adapterv1.Holding_HOLDING_UNKNOWN
		res.Message = "the region could not say whether it has a record"
	}
	return res
}
