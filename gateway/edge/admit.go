package edge

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/load"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// pushbackKey is the key of the trailer by which gRPC's own retries go (gRFC A6).
const pushbackKey = "grpc-retry-pushback-ms"

// admitted lets a call in when there is room for it, and has it hold its slot until it
// has ended: a stream until its last part is sent.
func (e *Edge) admitted(ctx context.Context, c *call) error {
	if c.method.public || e.options.Load == nil {
		return c.next(ctx)
	}
	pass, err := e.options.Load.Enter(ctx, c.caller.GetSupplierId())
	var refusal *load.Refusal
	switch {
	case errors.As(err, &refusal):
		return overloaded(ctx, refusal)
	case err != nil:
		return err
	}
	defer pass.Leave()
	return c.next(ctx)
}

// overloaded is the error of a call that found no room. It says when to try again in
// each of the ways that clients listen for.
func overloaded(ctx context.Context, refusal *load.Refusal) error {
	after := refusal.RetryAfter.Round(time.Millisecond)
	// It fails only when the trailer is out already, which no stage before this does.
	_ = grpc.SetTrailer(ctx, metadata.Pairs(pushbackKey, strconv.FormatInt(after.Milliseconds(), 10)))
	return failure.RetryAfter(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_OVERLOADED, overloadedBy(refusal.Cause), after)
}

func overloadedBy(cause load.Cause) string {
	if cause == load.CauseSupplier {
		return "too many calls of this supplier are in progress: make fewer at a time, and try again when the retry information says"
	}
	return "the gateway has as many calls as it can serve well: try again when the retry information says"
}
