package cache

import "time"

// State is how the cache stands, for health and gauges.
type State struct {
	// Patients is of how many patients something is kept in this process, about.
	Patients int
	// Bytes is the memory that it takes, about.
	Bytes int64
	// MaxBytes is the bound of Bytes.
	MaxBytes int64
	// Queued is how many fills wait for the shared store, or are on their way.
	Queued int
	// QueuedBytes is the memory that they take.
	QueuedBytes int64
	// Tombstones is how many patients' purges the shared store has not taken yet.
	Tombstones int
	// Shared is how the shared store stands.
	Shared SharedState
}

// SharedState is whether the shared store answers.
type SharedState struct {
	// Used is false when no store is shared.
	Used bool
	// Answers is false while it is left alone because it failed.
	Answers bool
	// Since is when Answers became what it is.
	Since time.Time
	// Cause is why it does not answer.
	Cause Cause
	// Takes is false while it answers but keeps nothing, for it is full, takes no change
	// or does not let us: until it has kept something, or nothing was to be kept for five
	// minutes, after which nobody knows.
	Takes bool
	// TakesSince is when Takes became what it is.
	TakesSince time.Time
	// TakesNot is why it keeps nothing.
	TakesNot Cause
}

// State says how the cache stands.
func (c *Cache) State() State {
	s := State{MaxBytes: c.o.Memory, Tombstones: len(c.purges.pending())}
	s.Queued, s.QueuedBytes = c.queue.size()
	if c.memory != nil {
		s.Patients, s.Bytes = c.memory.size()
	}
	if c.shared != nil {
		s.Shared = c.shared.health.get()
	}
	return s
}
