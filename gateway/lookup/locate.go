package lookup

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// location is what a region said of whether it holds the patient. The zero location
// is one that nobody asked for or that the region does not know: Fetch will tell.
type location struct {
	handle  []byte
	people  []identity.Person
	notHeld bool
	told    bool      // the region itself has just said that it holds the patient, or that it does not
	at      time.Time // when
	err     error
}

// locate asks a region that can tell. A region that turns out not to be able to is
// fetched from without a handle.
func (r *region) locate(ctx context.Context, watch *attempts, now func() time.Time, request func() *adapterv1.LocateRequest) location {
	if !r.canLocate {
		return location{}
	}
	res, err := r.Locate(watch.start(ctx, MethodLocate), request())
	watch.end(err)
	switch {
	case status.Code(err) == codes.Unimplemented:
		return location{}
	case err != nil:
		return location{err: err}
	}
	found := location{people: identity.People(res.GetPatients()), at: now()}
	switch res.GetHolding() {
	case adapterv1.Holding_HOLDING_HELD:
		found.handle, found.told = res.GetHandle(), true
	case adapterv1.Holding_HOLDING_NOT_HELD:
		found.notHeld, found.told = true, true
	}
	return found
}

// verdictOf checks the patients that Locate named, so that nothing is fetched of
// somebody else. A region that holds nobody may name whom it found instead: of
// those only a supersession of the very number asked for is told.
func (l location) verdictOf(asked identity.Asked) identity.Verdict {
	if len(l.people) == 0 {
		return identity.Verdict{}
	}
	v := asked.Check(l.people)
	if l.notHeld && v.Reason != lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED {
		return identity.Verdict{}
	}
	return v
}
