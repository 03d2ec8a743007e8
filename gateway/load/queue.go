package load

import (
	"context"
	"slices"
	"time"
)

// supplier is one that holds slots or waits for some. The gate's lock is held
// wherever one is used.
type supplier struct {
	name    string
	held    int
	waiting []*waiter // the longest first
}

// waiter is a call that waits.
type waiter struct {
	supplier *supplier
	since    time.Time
	// in is closed when the call is let in.
	in chan struct{}
}

// of is the supplier of a name.
func (g *Gate) of(name string) *supplier {
	s, ok := g.suppliers[name]
	if !ok {
		s = &supplier{name: name}
		g.suppliers[name] = s
	}
	return s
}

// forget drops a supplier that holds nothing and waits for nothing.
func (g *Gate) forget(s *supplier) {
	if s.held == 0 && len(s.waiting) == 0 {
		delete(g.suppliers, s.name)
	}
}

// share is how many of so many one supplier may hold: one at least, of any.
func (g *Gate) share(of int) int {
	return (of*g.limits.Share + 99) / 100
}

// hasRoom says whether a call of this supplier may enter at once. Whoever waits then
// waits for its own share only: every free slot was handed on.
func (g *Gate) hasRoom(s *supplier) bool {
	return g.limits.Calls == 0 || g.inFlight < g.limits.Calls && s.held < g.share(g.limits.Calls)
}

func (g *Gate) take(s *supplier) {
	s.held++
	g.inFlight++
}

// mustGo says whether a call that cannot enter may not wait either, and why.
func (g *Gate) mustGo(s *supplier) (Cause, bool) {
	cause := CauseCalls
	if s.held >= g.share(g.limits.Calls) {
		cause = CauseSupplier
	}
	switch {
	case len(s.waiting) >= g.share(g.limits.Waiting):
		return cause, true
	case g.waiting >= g.limits.Waiting:
		return CauseCalls, true
	}
	return cause, false
}

func (g *Gate) queue(s *supplier) *waiter {
	w := &waiter{supplier: s, since: g.options.Now(), in: make(chan struct{})}
	s.waiting = append(s.waiting, w)
	g.waiting++
	return w
}

// hand lets those in who wait, for as long as there is room.
func (g *Gate) hand() {
	for g.waiting > 0 {
		s := g.next()
		if s == nil {
			return
		}
		w := s.waiting[0]
		s.waiting = slices.Delete(s.waiting, 0, 1)
		g.waiting--
		g.take(s)
		close(w.in)
	}
}

// next is the supplier whose call is let in next: of those that have room the one that
// holds the fewest slots, and of those the one that has waited longest.
func (g *Gate) next() *supplier {
	var best *supplier
	for _, s := range g.suppliers {
		switch {
		case len(s.waiting) == 0 || !g.hasRoom(s):
		case best == nil, s.held < best.held,
			s.held == best.held && s.waiting[0].since.Before(best.waiting[0].since):
			best = s
		}
	}
	return best
}

// await waits until the call is let in, for as long as it may.
func (g *Gate) await(ctx context.Context, w *waiter, wait time.Duration) (Pass, error) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-w.in:
	case <-timer.C:
		if cause, waits := g.giveUp(w); waits {
			return Pass{}, g.refuse(cause)
		}
	case <-ctx.Done():
		if _, waits := g.giveUp(w); !waits {
			Pass{g, w.supplier}.Leave()
		}
		return Pass{}, ctx.Err()
	}
	g.options.Observer.Waited(g.options.Now().Sub(w.since))
	return Pass{g, w.supplier}, nil
}

// giveUp ends a wait, and says what it waited for. It is false when the call was let
// in meanwhile.
func (g *Gate) giveUp(w *waiter) (Cause, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := w.supplier
	i := slices.Index(s.waiting, w)
	if i < 0 {
		return "", false
	}
	cause := CauseCalls
	if s.held >= g.share(g.limits.Calls) {
		cause = CauseSupplier
	}
	s.waiting = slices.Delete(s.waiting, i, i+1)
	g.waiting--
	g.forget(s)
	return cause, true
}
