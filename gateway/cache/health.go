package cache

import (
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// probeEvery is how long after a probe that failed the next is made.
const probeEvery = time.Second

// health is whether the shared store answers, as far as the breaker has heard.
type health struct {
	now    func() time.Time
	silent chan struct{} // told when the store stops answering

	mu    sync.Mutex
	state SharedState
	last  Cause
}

func newHealth(now func() time.Time) *health {
	return &health{now: now, silent: make(chan struct{}, 1), state: SharedState{Used: true, Answers: true, Since: now()}}
}

// heard notes how a call ended.
func (h *health) heard(err error) {
	if err == nil || errors.Is(err, errGone) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.last = causeOf(err)
}

// turned notes that the breaker opened or closed. It runs under the breaker's lock.
func (h *health) turned(to gobreaker.State) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case to == gobreaker.StateOpen && h.state.Answers:
		h.state = SharedState{Used: true, Since: h.now(), Cause: h.last}
		poke(h.silent)
	case to == gobreaker.StateClosed:
		h.state = SharedState{Used: true, Answers: true, Since: h.now()}
	}
}

func (h *health) get() SharedState {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.state
}

// poke tells whoever waits, and nobody twice.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// probe asks the store at the start, and whenever it has stopped answering, until it
// answers: no lookup has to find out, and no health check waits for one.
func (c *Cache) probe() {
	for {
		for c.shared.ping(c.life) != nil {
			if !c.pause(probeEvery) {
				return
			}
		}
		select {
		case <-c.life.Done():
			return
		case <-c.shared.health.silent:
		}
	}
}

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
