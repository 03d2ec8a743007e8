package guard

import (
	"sync"
	"time"
)

const (
	// budgetReserve is the most retries that a region's calls save up.
	budgetReserve = 10
	// budgetPerSecond is what a region may be retried that is hardly ever called: once in ten seconds.
	budgetPerSecond = 0.1
)

// budget keeps retries from doubling the load on a region in trouble: over any time
// they are at most a share of the calls, one in ten seconds, and the reserve.
type budget struct {
	share float64 // of a retry, that each call earns

	mu      sync.Mutex
	retries float64
	counted time.Time // until when the passing of time is counted
}

func newBudget(percent int) *budget {
	return &budget{share: float64(percent) / 100, retries: budgetReserve, counted: time.Now()}
}

// earn notes a call.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.retries = min(budgetReserve, b.retries+b.share)
}

// spend takes a retry, if there is one.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.retries = min(budgetReserve, b.retries+budgetPerSecond*now.Sub(b.counted).Seconds())
	b.counted = now
	if b.retries < 1 {
		return false
	}
	b.retries--
	return true
}
