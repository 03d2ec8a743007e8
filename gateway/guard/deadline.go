package guard

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup"
)

// timeOf is how long a call to a region may take: as its definition says, else as
// the policy does.
func timeOf(inner lookup.Fetcher, otherwise time.Duration) time.Duration {
	if t := inner.Describe().GetFetchTimeout(); t != nil && t.AsDuration() > 0 {
		return t.AsDuration()
	}
	return otherwise
}

// bound gives a call the region's time, for queueing and retries too. A context that
// ends sooner stays as it is.
func (r *Region) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= r.time {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, r.time)
}

// left is how much of a bounded call's time remains.
func left(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline()
	return time.Until(deadline)
}
