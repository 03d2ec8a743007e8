package call

import (
	"context"

	"golang.org/x/time/rate"
)

// Pace is how often a second a system may be asked by all calls together. A nil Pace lets
// every call go at once. It is safe for concurrent use.
type Pace struct{ limiter *rate.Limiter }

// slower is by how much calls are sent slower than allowed: they do not arrive as evenly as
// they leave.
const slower = 1.05

// NewPace allows that many calls a second, evenly spread: a burst would put more than that
// many into the second that a system counts. No limit for 0.
func NewPace(perSecond int) *Pace {
	if perSecond <= 0 {
		return nil
	}
	return &Pace{limiter: rate.NewLimiter(rate.Limit(float64(perSecond)/slower), 1)}
}

// Wait waits for the next turn. Where that would outlast the context it fails at once, with
// a [Failure]: it is our own limit, and asking again later helps.
func (p *Pace) Wait(ctx context.Context) error {
	if p == nil {
		return nil
	}
	err := p.limiter.Wait(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return FailureOf(ctx, ctx.Err())
	}
	return Unavailable("the region allows only so many requests a second, and others wait already")
}
