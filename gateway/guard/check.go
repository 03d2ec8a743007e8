package guard

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var _ adapters.Checker = (*Region)(nil)

// Check tries the region, about nobody. It takes a place among the calls side by side,
// if one is free: it never waits for one, for whoever waits there waits for a patient.
// It is not made while the region is left alone. What comes of it never counts for or
// against the region: patients' calls alone have it left alone, or asked again. A
// refusal is an error that [RefusalOf] knows, and is no call that was refused.
func (r *Region) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	inner, ok := r.inner.(adapters.Checker)
	if !ok {
		return nil, status.Error(codes.Unimplemented, "this region cannot be tried without a patient")
	}
	if r.breaker.state() == lhcrv1.BreakerState_BREAKER_STATE_OPEN {
		return nil, newRefusal(BreakerOpen, r.breaker.untilTried())
	}
	if !r.limit.slots.TryAcquire(1) {
		return nil, newRefusal(QueueFull, queueTime)
	}
	r.limit.inFlight.Add(1)
	ctx, cancel := r.bound(ctx)
	defer cancel()
	place := r.limit.place(left(ctx) + r.time)
	defer place.leave()
	return inner.Check(ctx, req)
}
