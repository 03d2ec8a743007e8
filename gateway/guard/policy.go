package guard

import (
	"errors"
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup"
)

// Policy is what the guards of a region keep to. Policies can be compared with ==.
type Policy struct {
	// Timeout is how long a call may take, with waiting and asking again, where the
	// region's definition does not say.
	Timeout time.Duration
	// Concurrency is the most calls to the region side by side.
	Concurrency int
	// Queue is the most calls that wait for one of those to end. What comes on top is
	// refused at once.
	Queue int
	// Attempts is how often a read is tried in all. 1 never asks again.
	Attempts int
	// RetryWait is about how long to wait before the second attempt; before each
	// further one twice as long.
	RetryWait time.Duration
	// RetryPercent is the most calls of a hundred that may be asked again. A few more
	// are in reserve, so that a region that is seldom called is retried at all.
	RetryPercent int
	// Breaker says when the region is left alone.
	Breaker BreakerPolicy
}

// BreakerPolicy says when a region that fails is left alone for a while.
type BreakerPolicy struct {
	// Percent is the failures of a hundred calls at which it is left alone.
	Percent int
	// Calls is the fewest calls within the window of which that is said.
	Calls int
	// Window is the time looked back on.
	Window time.Duration
	// Pause is how long it is left alone before one call tries it.
	Pause time.Duration
}

// DefaultPolicy suits a regional system that serves many gateways: it bears a few
// dozen calls side by side, and is restarted now and then.
func DefaultPolicy() Policy {
	return Policy{
		Timeout: lookup.DefaultRegionTimeout, Concurrency: 32, Queue: 256,
		Attempts: 2, RetryWait: 100 * time.Millisecond, RetryPercent: 20,
		Breaker: BreakerPolicy{Percent: 50, Calls: 10, Window: 30 * time.Second, Pause: 10 * time.Second},
	}
}

// Validate says everything that is wrong with the policy.
func (p Policy) Validate() error {
	b := p.Breaker
	return errors.Join(
		within("Timeout", p.Timeout, 2*time.Minute),
		between("Concurrency", p.Concurrency, 1, 10_000),
		between("Queue", p.Queue, 1, 100_000),
		between("Attempts", p.Attempts, 1, 5),
		within("RetryWait", p.RetryWait, 10*time.Minute),
		between("RetryPercent", p.RetryPercent, 1, 100),
		between("Breaker.Percent", b.Percent, 1, 100),
		between("Breaker.Calls", b.Calls, 1, 10_000),
		within("Breaker.Window", b.Window, 10*time.Minute),
		within("Breaker.Pause", b.Pause, 10*time.Minute),
	)
}

func between(field string, n, least, most int) error {
	if n < least || n > most {
		return fmt.Errorf("guards: %s is %d: want between %d and %d", field, n, least, most)
	}
	return nil
}

func within(field string, d, most time.Duration) error {
	if d <= 0 || d > most {
		return fmt.Errorf("guards: %s is %s: want more than 0s and at most %s", field, d, most)
	}
	return nil
}
