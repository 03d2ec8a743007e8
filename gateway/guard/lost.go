package guard

import (
	"sync"
	"time"
)

// lostPerSlot is the most calls given up for lost, for each that may be side by side.
// Each of them may hold memory and a connection for good: beyond that their places
// are not given to others.
const lostPerSlot = 4

// place is that of one call among those side by side.
type place struct {
	limit *limit
	timer *time.Timer

	mu   sync.Mutex
	left bool
	lost bool
}

// place is for a call that has entered. If it goes on for so long it is given up for
// lost, and its place given back: an adapter that hung a few times and does not mind
// its context would else have the region never asked again.
func (l *limit) place(longest time.Duration) *place {
	p := &place{limit: l}
	p.timer = time.AfterFunc(longest, p.giveUp)
	return p
}

func (p *place) giveUp() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left {
		return
	}
	if p.limit.lost.Add(1) > p.limit.mostLost {
		p.limit.lost.Add(-1)
		return
	}
	p.lost = true
	p.limit.leave()
}

// leave ends the call.
func (p *place) leave() {
	p.timer.Stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = true
	if p.lost {
		p.limit.lost.Add(-1)
		return
	}
	p.limit.leave()
}

// anew is the limit for a region that is made anew. Calls under way count on, unless
// some are lost: the new adapter is not to want for their places.
func (l *limit) anew(p Policy) *limit {
	if l.lost.Load() == 0 {
		return l
	}
	return newLimit(p.Concurrency, p.Queue)
}
