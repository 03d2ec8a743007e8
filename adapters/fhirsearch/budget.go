package fhirsearch

import (
	"io"
	"sync/atomic"
)

// budget is how many bytes the answers of one fetch may still have, all together.
type budget struct{ left atomic.Int64 }

func newBudget(bytes int64) *budget {
	b := &budget{}
	b.left.Store(bytes)
	return b
}

// readAll reads a body to its end, at most limit bytes of it. What a failed reading had
// spent is given back.
func (b *budget) readAll(from io.Reader, limit int64) ([]byte, error) {
	s := &spender{budget: b, next: io.LimitReader(from, limit+1)}
	body, err := io.ReadAll(s)
	if err == nil && int64(len(body)) > limit {
		err = tooLarge()
	}
	if err != nil {
		b.left.Add(s.spent)
		return nil, err
	}
	return body, nil
}

// spender spends the budget on what is read.
type spender struct {
	budget *budget
	next   io.Reader
	spent  int64
}

// Read fails once the budget is spent.
func (s *spender) Read(p []byte) (int, error) {
	n, err := s.next.Read(p)
	s.spent += int64(n)
	if s.budget.left.Add(-int64(n)) < 0 {
		return 0, tooLarge()
	}
	return n, err
}
