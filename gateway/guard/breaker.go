package guard

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/sony/gobreaker/v2"
)

const (
	// buckets cut the window, so that what is older than it leaves it bit by bit.
	buckets = 10
	// overdue is what an adapter gets after the end of its time before it counts as hanging.
	overdue = 100 * time.Millisecond
	// trialTime is when to ask again while another call tries the region.
	trialTime = time.Second
)

// breaker leaves a region alone for a while when too many of its calls failed.
type breaker struct {
	policy  BreakerPolicy
	circuit *gobreaker.TwoStepCircuitBreaker[struct{}]
	failed  *failures
	opened  atomic.Pointer[time.Time]
}

func newBreaker(p BreakerPolicy, tell changes) *breaker {
	b := &breaker{policy: p, failed: newFailures(p.Window)}
	b.circuit = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests:  1,
		Interval:     p.Window,
		BucketPeriod: p.Window / buckets,
		Timeout:      p.Pause,
		ReadyToTrip:  func(c gobreaker.Counts) bool { return p.tooMany(c) && b.failed.ofSeveral() },
		IsExcluded:   func(err error) bool { return errors.Is(err, errNeither) },
		OnStateChange: func(_ string, from, to gobreaker.State) {
			if to == gobreaker.StateOpen {
				now := time.Now()
				b.opened.Store(&now)
			}
			b.failed.forget(to == gobreaker.StateClosed)
			tell.changed(breakerState(from), breakerState(to))
		},
	})
	return b
}

// tooMany judges the calls of the window that have ended.
func (p BreakerPolicy) tooMany(c gobreaker.Counts) bool {
	ended := int(c.TotalSuccesses + c.TotalFailures)
	return ended >= p.Calls && int(c.TotalFailures)*100 >= ended*p.Percent
}

// How the circuit is told what a call says of its region.
var (
	errAgainst = errors.New("the call failed")
	errNeither = errors.New("the call says nothing of the region")
)

func (e evidence) error() error {
	switch e {
	case against:
		return errAgainst
	case inFavour:
		return nil
	}
	return errNeither
}

// broken asks unless the region is left alone. A call counts once, however often it
// is asked again. A panic counts against the region.
func broken[A any](ctx context.Context, c *call, patient string, next func() result[A]) (last result[A]) {
	settle, refused := c.breaker.enter(left(ctx), patient, c.hanging)
	if refused != nil {
		return refuse[A](c, refused.why, refused)
	}
	last.verdict.evidence = against
	defer func() { settle(last.verdict.evidence) }()
	return next()
}

// hanging is what a call says of its region that goes on after its end. It had time
// enough only if its attempt did: see within.
func (c *call) hanging() evidence {
	if (pace{given: time.Duration(c.given.Load()), full: c.time}).hurried() {
		return neither
	}
	return against
}

// enter begins a call about a patient, which must be settled. One that is not, some
// time after it should have ended, is settled by what its hanging says: an adapter
// that does not mind its context would else be waited for by a half-open breaker for ever.
func (b *breaker) enter(within time.Duration, patient string, hanging func() evidence) (settle func(evidence), refused *refusal) {
	done, err := b.circuit.Allow()
	switch {
	case errors.Is(err, gobreaker.ErrOpenState):
		return nil, newRefusal(BreakerOpen, b.untilTried())
	case err != nil:
		return nil, newRefusal(BreakerOpen, trialTime)
	}
	about, trial := b.failed.digest(patient), !b.closed()
	end := func(e evidence) {
		if e == against {
			b.failed.note(about)
		}
		if e == against && trial && !b.failed.decides(about) {
			e = neither
		}
		done(e.error())
	}
	late := time.AfterFunc(within+overdue, func() { end(hanging()) })
	return func(e evidence) {
		if late.Stop() {
			end(e)
		}
	}, nil
}

// untilTried is how long an open breaker stays open. Never quite nothing: it is
// tried after the pause, not with its end.
func (b *breaker) untilTried() time.Duration {
	opened := b.opened.Load()
	if opened == nil {
		return time.Millisecond
	}
	return max(b.policy.Pause-time.Since(*opened), time.Millisecond)
}

// closed says whether the region is asked as usual.
func (b *breaker) closed() bool { return b.circuit.State() == gobreaker.StateClosed }

func (b *breaker) state() lhcrv1.BreakerState { return breakerState(b.circuit.State()) }

func breakerState(s gobreaker.State) lhcrv1.BreakerState {
	switch s {
	case gobreaker.StateOpen:
		return lhcrv1.BreakerState_BREAKER_STATE_OPEN
	case gobreaker.StateHalfOpen:
		return lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN
	}
	return lhcrv1.BreakerState_BREAKER_STATE_CLOSED
}

// changes tells of a breaker that changed.
type changes struct {
	regionID string
	observer Observer
	log      *slog.Logger
}

func (c changes) changed(from, to lhcrv1.BreakerState) {
	c.observer.Changed(Changed{RegionID: c.regionID, From: from, To: to})
	if c.log == nil {
		return
	}
	switch to {
	case lhcrv1.BreakerState_BREAKER_STATE_OPEN:
		c.log.Warn("region left alone: too many calls to it failed", "region", c.regionID)
	case lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN:
		c.log.Info("region tried again with one call", "region", c.regionID)
	default:
		c.log.Info("region answers again", "region", c.regionID)
	}
}
