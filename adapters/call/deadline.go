package call

import (
	"context"
	"time"
)

// What is kept back of the caller's time, so that what came in it is still delivered.
const (
	reserveShare = 20 // a twentieth
	reserveMost  = 250 * time.Millisecond
)

// Deadline ends what is asked of a region at the region's own limit and, if sooner, a little
// before the caller's deadline.
func Deadline(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if at, ok := ctx.Deadline(); ok {
		left := time.Until(at)
		limit = min(limit, left-min(left/reserveShare, reserveMost))
	}
	return context.WithTimeout(ctx, limit)
}
