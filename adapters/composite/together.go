package composite

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// What is kept back of the caller's time, so that what came in it is still delivered: half for
// the systems to come back once their own time is up, half for the answer.
const (
	reserveShare = 16
	reserveMost  = 300 * time.Millisecond
)

// reserve is what is kept back of the time that the caller has left; the caller may set none.
func reserve(ctx context.Context) time.Duration {
	at, ok := ctx.Deadline()
	if !ok {
		return reserveMost
	}
	return max(0, min(time.Until(at)/reserveShare, reserveMost))
}

// answered is what one system answered.
type answered[Res any] struct {
	res *Res
	err error
}

// method is a call of one of the systems, by its place among them.
type method[Res any] func(ctx context.Context, s *system, i int) (*Res, error)

// together calls systems side by side, each for at most its limit and a little less than the
// caller has. A system that is not back soon after has timed out, whatever becomes of it.
func together[Res any](ctx context.Context, systems []*system, limit func(*system) time.Duration, call method[Res]) []answered[Res] {
	kept := reserve(ctx)
	grace := kept / time.Duration(2*max(1, len(systems)))
	calls := make([]calling[Res], len(systems))
	for i, s := range systems {
		inner, cancel := within(ctx, limit(s), kept)
		defer cancel()
		calls[i] = calling[Res]{done: inner.Done(), answer: make(chan answered[Res], 1)}
		go func() {
			res, err := call(inner, s, i)
			calls[i].answer <- answered[Res]{res, err}
		}()
	}
	out := make([]answered[Res], len(systems))
	for i := range calls {
		out[i] = calls[i].wait(grace)
	}
	return out
}

// within ends a system's time.
func within(ctx context.Context, limit, kept time.Duration) (context.Context, context.CancelFunc) {
	if at, ok := ctx.Deadline(); ok {
		limit = min(limit, time.Until(at)-kept)
	}
	return context.WithTimeout(ctx, limit)
}

// calling is a call that is under way.
type calling[Res any] struct {
	done   <-chan struct{} // its time is up
	answer chan answered[Res]
}

// wait gives the call a little grace once its time is up.
func (c calling[Res]) wait(grace time.Duration) answered[Res] {
	select {
	case a := <-c.answer:
		return a
	case <-c.done:
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case a := <-c.answer:
		return a
	case <-timer.C:
	}
	return answered[Res]{err: status.Error(codes.DeadlineExceeded, "the region's system did not answer in time")}
}
