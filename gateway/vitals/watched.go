package vitals

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// tryTime bounds one try. The region's own time does too.
	tryTime = 10 * time.Second
	// atFirst is within which time a region is tried first, so that gateways which start
	// together do not try it together.
	atFirst = time.Second
	// spread is by how much a wait is longer at most, for the same reason.
	spread = 0.2
	// longest bounds the waits between tries of a region that is down.
	longest = 15 * time.Minute
	// never is the wait for a region that cannot be tried: until it is made anew.
	never = time.Duration(-1)
)

// watched is one region that is watched.
type watched struct {
	region   Region
	every    time.Duration
	opts     Options
	answered atomic.Pointer[time.Time] // when a patient's call was last answered
	hangs    atomic.Bool               // a try goes on
	failures int                       // how many tries in a row found it down

	cancel context.CancelFunc // nil before the beginning
	ended  chan struct{}
}

func newWatched(r Region, every time.Duration, opts Options) *watched {
	return &watched{region: r, every: every, opts: opts, ended: make(chan struct{})}
}

func (w *watched) begin(ctx context.Context) {
	ctx, w.cancel = context.WithCancel(ctx)
	go func() {
		defer close(w.ended)
		w.run(ctx)
	}()
}

// end ends it, and returns once nothing is found any more.
func (w *watched) end() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	<-w.ended
}

func (w *watched) run(ctx context.Context) {
	wait := time.Duration(w.opts.Random() * float64(atFirst))
	for wait != never && sleep(ctx, wait) {
		wait = w.look(ctx)
	}
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// look tries the region, unless there is a reason not to, and says when to look again.
func (w *watched) look(ctx context.Context) time.Duration {
	if at := w.answered.Load(); at != nil && time.Since(*at) < w.every {
		w.failures = 0
		return w.varied(w.every - time.Since(*at))
	}
	state := w.region.State()
	switch {
	case state.Breaker == lhcrv1.BreakerState_BREAKER_STATE_OPEN:
		return w.varied(max(w.every, state.RetryAfter))
	case w.hangs.Load():
		return w.later()
	}
	return w.try(ctx)
}

// try tries the region. Each failure in a row doubles the wait before the next.
func (w *watched) try(ctx context.Context) time.Duration {
	res, err := w.ask(ctx)
	if _, refused := guard.RefusalOf(err); ctx.Err() != nil || refused {
		return w.varied(w.every)
	}
	if status.Code(err) == codes.Unimplemented {
		return never
	}
	found := read(w.region.ID(), res, err)
	w.opts.Found(found)
	switch found.Status {
	case lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return w.later()
	}
	w.failures = 0
	return w.varied(w.every)
}

// later is the wait after one more failure.
func (w *watched) later() time.Duration {
	most := max(w.every, longest)
	wait := w.every
	for range w.failures {
		wait = min(2*wait, most)
	}
	w.failures = min(w.failures+1, 16) // by then the wait has been the longest for long
	return w.varied(wait)
}

// varied is a wait, or a little longer.
func (w *watched) varied(wait time.Duration) time.Duration {
	return wait + time.Duration(float64(wait)*spread*w.opts.Random())
}

// ask calls the region, and waits for no longer than a try may take: an adapter that
// does not mind its context holds up nobody, and is not tried again until it has ended.
func (w *watched) ask(ctx context.Context) (*adapterv1.CheckResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, tryTime)
	defer cancel()
	type reply struct {
		res *adapterv1.CheckResponse
		err error
	}
	replies := make(chan reply, 1)
	w.hangs.Store(true)
	go func() {
		res, err := w.region.Check(ctx, &adapterv1.CheckRequest{})
		w.hangs.Store(false)
		replies <- reply{res, err}
	}()
	select {
	case r := <-replies:
		return r.res, r.err
	case <-ctx.Done():
		return nil, status.FromContextError(ctx.Err()).Err()
	}
}
