package transport

import (
	"context"
	"sync"
)

// shareStep is how much an answer takes of a budget at a time.
const shareStep = 32 << 10

// share is what one body has taken of a budget.
type share struct {
	budget *Budget
	hold   *Hold
	read   int64 // only the reader of the body uses it

	mu     sync.Mutex // a body may be closed while it is read
	taken  int64
	closed bool
}

func newShare(ctx context.Context, b *Budget) *share {
	if b == nil {
		return nil
	}
	return &share{budget: b, hold: holdOf(ctx, b)}
}

// room is how many of n bytes may be read next: fewer than wanted, but one at least.
// Without any room it is an error.
func (s *share) room(n int) (int, error) {
	if s == nil || n == 0 {
		return n, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken > s.read {
		return int(min(int64(n), s.taken-s.read)), nil
	}
	if s.closed || !s.budget.take(shareStep) {
		return 0, s.refused()
	}
	s.taken += shareStep
	return min(n, shareStep), nil
}

func (s *share) refused() error {
	if s.hold != nil {
		s.hold.refuse()
	}
	return &Error{Kind: KindNoRoom}
}

func (s *share) count(n int) {
	if s != nil {
		s.read += int64(n)
	}
}

// close leaves what was taken to the hold, or gives it back.
func (s *share) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed && (s.hold == nil || !s.hold.keep(s.taken)) {
		s.budget.give(s.taken)
	}
	s.closed = true
}
