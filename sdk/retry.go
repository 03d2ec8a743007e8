package sdk

import (
	"cmp"
	"context"
	"sync"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Retry says when a call is tried again. All calls of this package read, so asking
// twice does no harm but to a gateway that has too much to do: hence the budget.
//
// Tried again is what failed as UNAVAILABLE, and what failed as RESOURCE_EXHAUSTED
// where the gateway said when to come back (google.rpc.RetryInfo, or
// grpc-retry-pushback-ms; a negative one forbids it). A wait that would pass the
// context's deadline is not begun: the call then fails at once with the error that it
// has. A region that gave nothing is no reason: that is an outcome of the record. A
// stream is tried again before its first message only. A field that is zero is that of [DefaultRetry].
type Retry struct {
	// Attempts is how often a call is tried in all. One tries it once.
	Attempts int
	// First is the wait before the second attempt; each further one is twice as long.
	// The wait itself is drawn between half of that and the whole.
	First time.Duration
	// Longest bounds each wait. A gateway that asks for a longer one is not waited for.
	Longest time.Duration
	// Budget bounds the attempts that all calls of a client make in vain: each takes
	// one from it, and none is tried again while no more than half is left.
	Budget float64
	// Refill is what each call that succeeds gives back to the budget.
	Refill float64
}

// DefaultRetry is three attempts, waits from 100 milliseconds to 5 seconds, a budget
// of 10 and a refill of 0.1: of many calls that fail in a row four are tried again,
// and later one of ten.
func DefaultRetry() Retry {
	return Retry{Attempts: 3, First: 100 * time.Millisecond, Longest: 5 * time.Second, Budget: 10, Refill: 0.1}
}

// filled has the defaults in place of zeros.
func (r Retry) filled() Retry {
	d := DefaultRetry()
	return Retry{
		Attempts: cmp.Or(r.Attempts, d.Attempts), First: cmp.Or(r.First, d.First), Longest: cmp.Or(r.Longest, d.Longest),
		Budget: cmp.Or(r.Budget, d.Budget), Refill: cmp.Or(r.Refill, d.Refill),
	}
}

// wait is how long to wait after so many attempts, or what the gateway asked for if that is longer.
func (r Retry) wait(attempts int, asked time.Duration, random func() float64) time.Duration {
	d := min(r.First<<min(attempts-1, 16), r.Longest)
	d = d/2 + time.Duration(random()*float64(d/2))
	return max(d, asked)
}

// budget is what is left for trying again, as gRPC's retry throttling counts (gRFC A6).
type budget struct {
	mu           sync.Mutex
	left         float64
	most, refill float64
}

func newBudget(r Retry) *budget { return &budget{left: r.Budget, most: r.Budget, refill: r.Refill} }

// failed takes one and says whether another attempt may be made.
func (b *budget) failed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = max(b.left-1, 0)
	return b.left > b.most/2
}

func (b *budget) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(b.left+b.refill, b.most)
}

// again says whether, after this error of one more attempt, another is to be made, and when.
func (e *errand) again(ctx context.Context, err *Error) (time.Duration, bool) {
	if !err.temporary() || !e.client.budget.failed() || e.attempts >= e.client.retry.Attempts {
		return 0, false
	}
	wait := e.client.retry.wait(e.attempts, err.RetryAfter, e.client.random)
	if wait > e.client.retry.Longest {
		return 0, false
	}
	deadline, ok := ctx.Deadline()
	return wait, !ok || e.client.now().Add(wait).Before(deadline)
}

// temporary says whether the call is worth another attempt within this call. The
// gateway has tried a region again itself: who asks at once gets the same answer.
func (e *Error) temporary() bool {
	switch {
	case e.forbidsRetry:
		return false
	case e.Code == codes.ResourceExhausted:
		return e.RetryAfter > 0
	case e.Reason == lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE:
		return e.RetryAfter > 0
	}
	return e.Code == codes.Unavailable
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
