package gateway

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// roomy is a region whose answers count against the memory that all answers share
// for as long as something is made of them.
type roomy struct {
	lookup.Fetcher
	budget *transport.Budget
}

var (
	_ lookup.Fetcher   = (*roomy)(nil)
	_ adapters.Checker = (*roomy)(nil)
)

func roomFor(region lookup.Fetcher, budget *transport.Budget) lookup.Fetcher {
	if budget == nil {
		return region
	}
	return &roomy{Fetcher: region, budget: budget}
}

// Locate asks the region.
func (r *roomy) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return held(ctx, r.budget, req, r.Fetcher.Locate, whole)
}

// Fetch asks the region.
func (r *roomy) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return held(ctx, r.budget, req, r.Fetcher.Fetch, empty)
}

// FetchDocument asks the region.
func (r *roomy) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return held(ctx, r.budget, req, r.Fetcher.FetchDocument, whole)
}

// Check tries the region, if it can be tried. What comes of that is small.
func (r *roomy) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	if checker, ok := r.Fetcher.(adapters.Checker); ok {
		return checker.Check(ctx, req)
	}
	return nil, lacking()
}

// held asks, and holds what is read of the answer until it was made something of. A
// call that failed when there was no room failed for that, be it with an error or
// with an answer in which nothing is. An answer in which something is stays as it is.
func held[Q, A any](ctx context.Context, budget *transport.Budget, req Q, ask func(context.Context, Q) (A, error), nothing func(A) bool) (A, error) {
	holding, hold := budget.Hold(ctx)
	defer hold.Release()
	res, err := ask(holding, req)
	if !hold.Refused() {
		return res, err
	}
	if err != nil || nothing(res) {
		var none A
		return none, noRoom{}
	}
	guard.Excuse(ctx)
	return res, nil
}

// whole is for answers that are not without something.
func whole[A any](A) bool { return false }

// empty says whether an answer has no items, and says of every section that it could
// not be got.
func empty(res *adapterv1.FetchResponse) bool {
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
			return false
		}
	}
	return proto.Size(res.GetRecord()) == 0
}

// noRoom is the error of a call for whose answer there was no memory. It says nothing
// of the region: see package guard.
type noRoom struct{}

var _ interface {
	error
	GRPCStatus() *status.Status
	GuardRefusal() string
} = noRoom{}

// Error says what happened.
func (noRoom) Error() string { return (&transport.Error{Kind: transport.KindNoRoom}).Error() }

// GuardRefusal keeps the region from being blamed.
func (noRoom) GuardRefusal() string { return "no_room" }

// GRPCStatus is UNAVAILABLE: asking again later can help.
func (e noRoom) GRPCStatus() *status.Status { return status.New(codes.Unavailable, e.Error()) }

// roomShare is how much of the memory that the gateway keeps within may be held as
// the bytes of answers: what is made of them takes several times as much.
const roomShare = 8

// newBudget is the room for answers of a gateway that keeps within limits.memory, of
// which a part is the cache's. Without a bound there is none.
func newBudget(c *config.Config) *transport.Budget {
	memory := int64(c.Limits.Memory)
	if memory == 0 {
		return nil
	}
	if c.Cache.Enabled {
		memory -= int64(c.Cache.Memory)
	}
	return transport.NewBudget(memory / roomShare)
}
