package scr

import (
	"sync"
	"time"
)

// most is how many requests a second the API takes of one application.
const most = 5

// window is the second in which they are counted, rather short: a busy machine delivers late and early.
const window = 700 * time.Millisecond

// pace counts the requests of the last second, token by token: each running gateway has one of its own, and tests start
// many of them side by side.
type pace struct {
	now func() time.Time // the wall clock: requests are counted as they come, whatever the day that is played

	mu     sync.Mutex
	recent map[string][]time.Time
}

// exceeded counts a request, and says that it is one too many.
func (p *pace) exceeded(token string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, recent := p.now(), p.recent[token]
	for len(recent) > 0 && now.Sub(recent[0]) >= window {
		recent = recent[1:]
	}
	over := len(recent) >= most
	if !over {
		recent = append(recent, now)
	}
	p.recent[token] = recent
	return over
}
