package guard

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// retries says whether and when a failed read is tried again.
type retries struct {
	attempts int
	wait     time.Duration
	random   func() float64
	budget   *budget
}

func newRetries(p Policy, random func() float64) *retries {
	return &retries{attempts: p.Attempts, wait: p.RetryWait, random: random, budget: newBudget(p.RetryPercent)}
}

// retried tries until the region answered, the attempts are used up, or another is
// not worth beginning: none is once the region is left alone or only tried. What the
// last attempt came to is delivered as it came; an attempt that a guard refused is none.
func retried[A any](ctx context.Context, c *call, try func(number int) result[A]) result[A] {
	c.retries.budget.earn()
	last := try(1)
	if !last.verdict.again || c.retries.attempts == 1 {
		return last
	}
	waits := c.retries.schedule()
	for number := 2; number <= c.retries.attempts && last.verdict.again && c.breaker.closed(); number++ {
		if !c.pause(ctx, max(waits.NextBackOff(), last.verdict.after)) || !c.breaker.closed() {
			break
		}
		next := try(number)
		if next.verdict.refused {
			break
		}
		last = next.after(last)
	}
	return last
}

// after is a further attempt after an earlier one. What that said of the region holds
// where this says nothing, for want of time for instance.
func (r result[A]) after(earlier result[A]) result[A] {
	if r.verdict.evidence == neither {
		r.verdict.evidence = earlier.verdict.evidence
	}
	return r
}

// pause waits before a retry. It is false where none may begin: when the wait would
// leave the region less than a tenth of its time, or the budget is spent.
func (c *call) pause(ctx context.Context, wait time.Duration) bool {
	decision := AskedAgain
	switch {
	case left(ctx) < wait+c.time/10:
		decision = NoTime
	case !c.retries.budget.spend():
		decision = OverBudget
	}
	c.observer.Retried(Retried{RegionID: c.ID(), Method: c.method, Decision: decision})
	return decision == AskedAgain && sleep(ctx, wait)
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// schedule is the waits before the retries of one call: each twice the one before,
// and half as much more or less, so that calls which failed together do not come
// back together.
type schedule struct {
	*backoff.ExponentialBackOff
	random func() float64
}

var _ backoff.BackOff = schedule{}

// longestWait bounds what is waited where the region did not say for how long.
const longestWait = time.Minute

func (r *retries) schedule() schedule {
	doubling := &backoff.ExponentialBackOff{InitialInterval: r.wait, Multiplier: 2, MaxInterval: max(r.wait, longestWait)}
	doubling.Reset()
	return schedule{ExponentialBackOff: doubling, random: r.random}
}

// NextBackOff is the next wait. The library varies waits too, by a source of its own.
func (s schedule) NextBackOff() time.Duration {
	return time.Duration(float64(s.ExponentialBackOff.NextBackOff()) * (0.5 + s.random()))
}
