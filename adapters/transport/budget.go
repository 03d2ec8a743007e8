package transport

import (
	"context"
	"sync"
	"sync/atomic"
)

// Budget bounds the bytes of answers that are held at once by all clients that share
// it: each answer is bounded by itself, and many of them together still could be
// more than there is memory. An answer takes of it while it is read, and fails with
// KindNoRoom where nothing is left. It is safe for concurrent use; a nil Budget
// bounds nothing.
type Budget struct {
	bytes int64
	taken atomic.Int64
}

// NewBudget makes a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{bytes: bytes} }

// Taken is how many bytes are held now.
func (b *Budget) Taken() int64 { return b.taken.Load() }

// Bytes is how many bytes may be held at once.
func (b *Budget) Bytes() int64 { return b.bytes }

func (b *Budget) take(n int64) bool {
	if b.taken.Add(n) <= b.bytes {
		return true
	}
	b.taken.Add(-n)
	return false
}

func (b *Budget) give(n int64) { b.taken.Add(-n) }

// Hold has what is read of answers under the context stay taken until the hold is
// released, and not only until an answer's body is closed: bytes that were read are
// in memory for as long as somebody makes something of them. Whoever holds must
// release, once nothing of the answers is kept any more.
func (b *Budget) Hold(ctx context.Context) (context.Context, *Hold) {
	h := &Hold{budget: b}
	return context.WithValue(ctx, holdKey{}, h), h
}

// Hold is what the answers under one context have taken. It is safe for concurrent use.
type Hold struct {
	budget *Budget

	mu       sync.Mutex
	taken    int64
	released bool
	refused  bool
}

type holdKey struct{}

func holdOf(ctx context.Context, b *Budget) *Hold {
	if h, ok := ctx.Value(holdKey{}).(*Hold); ok && h.budget == b {
		return h
	}
	return nil
}

// Refused says whether an answer was broken off because nothing was left.
func (h *Hold) Refused() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.refused
}

// Release gives back what was taken. What is read later is given back when its body is closed.
func (h *Hold) Release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.budget.give(h.taken)
	h.taken, h.released = 0, true
}

// keep takes over what a body has taken, unless it was released.
func (h *Hold) keep(n int64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.released {
		return false
	}
	h.taken += n
	return true
}

func (h *Hold) refuse() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused = true
}
