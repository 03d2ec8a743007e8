package fhirsearch

import (
	"bytes"
	"io"
	"sync/atomic"

	"github.com/openlhcr/openlhcr/adapters/call"
)

// budget is how many bytes the answers of one fetch may still have, all together.
type budget struct{ left atomic.Int64 }

func newBudget(bytes int64) *budget {
	b := &budget{}
	b.left.Store(bytes)
	return b
}

// What is made room for before a body is read: what it announces, but not on its word
// alone more than a page mostly has.
const (
	leastRoom = 4 << 10
	mostRoom  = 64 << 10
)

// readAll reads a body to its end, at most limit bytes of it, of the size that it
// announces (-1: none). What a failed reading had spent is given back.
func (b *budget) readAll(from io.Reader, size, limit int64) ([]byte, error) {
	s := &spender{budget: b, next: io.LimitReader(from, limit+1)}
	if size < 0 {
		size = leastRoom
	}
	body := bytes.NewBuffer(make([]byte, 0, min(size, mostRoom)+bytes.MinRead))
	_, err := body.ReadFrom(s)
	if err == nil && int64(body.Len()) > limit {
		err = call.TooLarge()
	}
	if err != nil {
		b.left.Add(s.spent)
		return nil, err
	}
	return body.Bytes(), nil
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
		return 0, call.TooLarge()
	}
	return n, err
}
