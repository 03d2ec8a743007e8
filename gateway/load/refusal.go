package load

import "time"

// Cause is why a call was not let in.
type Cause string

const (
	// CauseCalls: too many calls are in, and too many wait, or it waited too long.
	CauseCalls Cause = "calls"
	// CauseSupplier: too many of them are the same supplier's.
	CauseSupplier Cause = "supplier"
	// CauseMemory: too little memory is left.
	CauseMemory Cause = "memory"
)

// Causes are all of them.
func Causes() []Cause { return []Cause{CauseCalls, CauseSupplier, CauseMemory} }

// Refusal is the error of a call that was not let in.
type Refusal struct {
	// Cause is why.
	Cause Cause
	// RetryAfter is when to try again: not the same for any two calls, so that those
	// who were refused together do not come back together.
	RetryAfter time.Duration
}

var _ error = (*Refusal)(nil)

// Error says why.
func (r *Refusal) Error() string { return "not let in: too much " + string(r.Cause) }

const (
	// shortPause is about how long a call that found no slot is to wait, and longPause
	// one that found no memory: that takes a collection, and answers that end.
	shortPause = time.Second
	longPause  = 2 * time.Second
)

// refuse makes a refusal that says to come back after half to one and a half times the pause.
func (g *Gate) refuse(cause Cause) *Refusal {
	pause := shortPause
	if cause == CauseMemory {
		pause = longPause
	}
	g.options.Observer.Refused(cause)
	return &Refusal{Cause: cause, RetryAfter: pause/2 + time.Duration(g.options.Random()*float64(pause))}
}
