package lookup

import (
	"context"
	"errors"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/wire"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Get reads a record and answers once, by the call's deadline less max(50 ms, 5 %),
// with what every region gave by then.
//
// The answer is given over the desk of the context, or else carries its bytes as
// unknown fields and must reach the wire as it is ([wire.Give]): looked at in process,
// or written as JSON, it is empty.
//
// Errors are those of the contract: INVALID_ARGUMENT (a field, an unknown region),
// FAILED_PRECONDITION (no region known), RESOURCE_EXHAUSTED (above 4 MiB),
// DEADLINE_EXCEEDED (no time to ask anybody) and CANCELLED.
func (l *Lookup) Get(ctx context.Context, caller *adapterv1.Caller, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	p, err := l.plan(caller, req)
	if err != nil {
		return nil, err
	}
	c, err := l.ask(ctx, p)
	if err != nil {
		return nil, err
	}
	defer c.end()
	c.whole()
	if ctx.Err() != nil {
		return nil, gaveUp(ctx)
	}
	now := l.opts.Now()
	selections := make([]*assembly.Selection, len(c.questions))
	for i := range c.questions {
		selections[i] = c.questions[i].selected(now)
	}
	answer, err := assembly.Record(selections, caller.GetRequestId(), now)
	switch {
	case errors.Is(err, assembly.ErrTooLarge):
		return nil, tooLargeForOne()
	case err != nil:
		return nil, failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "the answer could not be put together")
	}
	return wire.Give(ctx, answer)
}
