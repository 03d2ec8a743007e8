package cache

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// When the store is pinged.
const (
	// probeEvery is how long after a probe that failed the next is made.
	probeEvery = time.Second
	// idleFor is how long nothing was heard of the store before it is asked, give or
	// take an eighth. With the probes after that until the breaker opens, health turns
	// within 15 s after an idle gateway lost the store.
	idleFor = 4 * time.Second
)

// refusalKept is how long a fill that was refused tells of the store, if no other comes.
const refusalKept = 5 * time.Minute

// health is whether the shared store answers, as far as the breaker has heard, and
// whether it takes what is to be kept.
type health struct {
	now    func() time.Time
	silent chan struct{} // told when the store stops answering
	back   chan struct{} // told when it answers after it did not

	mu      sync.Mutex
	state   SharedState
	last    Cause
	failed  bool      // the last call failed
	answers uint64    // calls that were answered
	refused time.Time // when a fill was refused last
}

func newHealth(now func() time.Time) *health {
	at := now()
	return &health{
		now: now, silent: make(chan struct{}, 1), back: make(chan struct{}, 1),
		state: SharedState{Used: true, Answers: true, Since: at, Takes: true, TakesSince: at},
	}
}

// heard notes how a call ended.
func (h *health) heard(err error) {
	if errors.Is(err, errGone) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.last, h.failed = causeOf(err), true
		return
	}
	h.answers++
	if h.failed {
		h.failed = false
		poke(h.back)
	}
}

// took notes how a fill ended. One that was not answered says nothing of whether it
// would have been taken.
func (h *health) took(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now, cause := h.now(), causeOf(err)
	switch {
	case err == nil:
		h.takes(true, CauseNone, now)
	case cause == CauseFull, cause == CauseReadOnly, cause == CauseRefused:
		h.takes(false, cause, now)
		h.refused = now
	}
}

func (h *health) takes(does bool, not Cause, now time.Time) {
	if does != h.state.Takes {
		h.state.Takes, h.state.TakesSince = does, now
	}
	h.state.TakesNot = not
}

// turned notes that the breaker opened or closed. It runs under the breaker's lock.
func (h *health) turned(to gobreaker.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case to == gobreaker.StateOpen && h.state.Answers:
		h.state.Answers, h.state.Since, h.state.Cause = false, h.now(), h.last
		poke(h.silent)
	case to == gobreaker.StateClosed:
		h.state.Answers, h.state.Since, h.state.Cause = true, h.now(), CauseNone
	}
}

func (h *health) get() SharedState {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.now(); !h.state.Takes && now.Sub(h.refused) > refusalKept {
		h.takes(true, CauseNone, now)
	}
	return h.state
}

// count is how many calls were answered.
func (h *health) count() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.answers
}

// poke tells whoever waits, and nobody twice.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// probe asks the store at the start, whenever nothing was heard of it for a while, and
// whenever it has stopped answering, until it answers: no lookup has to find out, and
// no health check waits for one.
func (c *Cache) probe() {
	for {
		for !c.ping() {
			if !c.pause(probeEvery) {
				return
			}
		}
		if !c.quiet() {
			return
		}
	}
}

// ping is whether the store answers a ping.
func (c *Cache) ping() bool {
	err := c.shared.ping(c.life)
	c.failed(err)
	return err == nil
}

// failed tells what went wrong with a call that nobody waited for, unless it was not
// made, or given up.
func (c *Cache) failed(err error) {
	if cause := causeOf(err); err != nil && cause != CauseOpen && !errors.Is(err, errGone) {
		c.o.Observer.Failed(cause)
	}
}

// quiet waits until the store should be asked. False when the cache was closed.
func (c *Cache) quiet() bool {
	for {
		before := c.shared.health.count()
		timer := time.NewTimer(jittered(idleFor))
		select {
		case <-c.life.Done():
			timer.Stop()
			return false
		case <-c.shared.health.silent:
			timer.Stop()
			return true
		case <-timer.C:
			if c.shared.health.count() == before {
				return true
			}
		}
	}
}

// jittered is a duration give or take an eighth, so that gateways that were started
// together do not ask together.
func jittered(d time.Duration) time.Duration { return d - d/8 + rand.N(d/4) }

// pause waits. False when the cache was closed.
func (c *Cache) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.life.Done():
		return false
	}
}
