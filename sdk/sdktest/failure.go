package sdktest

import (
	"context"
	"sync/atomic"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// failure is how calls fail before they are answered.
type failure struct {
	err   error
	left  atomic.Int64  // how many calls more
	delay time.Duration // before each
}

// failing makes the next n calls fail, of whatever method but GetServerInfo.
func failing(n int, err error) Fault {
	f := &failure{err: err}
	f.left.Store(int64(n))
	return Fault{call: f}
}

// TokenExpires lets the next n calls fail as if their token had expired.
func TokenExpires(n int) Fault {
	return failing(n, refuse(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "the token has expired: get a new one"))
}

// AccessDenied lets the next n calls fail as if their user might not make them.
func AccessDenied(n int) Fault {
	return failing(n, refuse(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED, "this caller may not do this"))
}

// Overloaded lets the next n calls fail as if the gateway had too many, and says
// when to try again.
func Overloaded(n int, retryAfter time.Duration) Fault {
	return failing(n, refuse(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_OVERLOADED,
		"the gateway has more calls than it can serve well: try again later", retryIn(retryAfter)))
}

// ShuttingDown lets the next n calls fail as if the gateway were about to stop.
func ShuttingDown(n int) Fault {
	return failing(n, refuse(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_SHUTTING_DOWN, "the gateway is shutting down: try again"))
}

// TooLarge lets the next n calls fail as if the answer exceeded one message.
func TooLarge(n int) Fault {
	return failing(n, refuse(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE,
		"the answer exceeds 4 MiB: use StreamRecord, or ask for fewer sections"))
}

// Slow lets every call wait before it is answered. A call whose deadline is sooner
// fails as DEADLINE_EXCEEDED.
func Slow(delay time.Duration) Fault { return Fault{call: &failure{delay: delay}} }

// interfere fails or delays a call as the faults that are on say.
func (g *Gateway) interfere(ctx context.Context) error {
	for _, f := range g.on() {
		if f.call == nil {
			continue
		}
		if err := f.call.befall(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (f *failure) befall(ctx context.Context) error {
	if f.delay > 0 {
		select {
		case <-time.After(f.delay):
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
	if f.err != nil && f.left.Add(-1) >= 0 {
		return f.err
	}
	return nil
}

// replaced is an outcome of the same region and section as another.
func replaced(o, by *lhcrv1.SectionOutcome) *lhcrv1.SectionOutcome {
	out := proto.CloneOf(by)
	out.RegionId, out.Section = o.GetRegionId(), o.GetSection()
	return out
}
