package call

import (
	"io"
	"net/http"
	"sync/atomic"
)

// Budget is how many bytes the answers of one fetch may still have, all together. It is
// safe for concurrent use.
type Budget struct{ left atomic.Int64 }

// NewBudget makes a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	b := &Budget{}
	b.left.Store(bytes)
	return b
}

// chunk is how much is read at a time of a body whose size nobody announced.
const chunk = 256 << 10

// ReadAll reads a body to its end, at most limit bytes of it, of the size that it announces
// (-1: none). A body of the announced size is held once; one that is longer than it said is
// KindTooLarge or broken transport, as it comes. What a failed reading had spent is given back.
func (b *Budget) ReadAll(from io.Reader, size, limit int64) ([]byte, error) {
	if size > limit {
		return nil, TooLarge()
	}
	s := &spender{budget: b, next: io.LimitReader(from, limit+1)}
	body, err := readAll(s, size)
	if err == nil && int64(len(body)) > limit {
		err = TooLarge()
	}
	if err != nil {
		b.left.Add(s.spent)
		return nil, err
	}
	return body, nil
}

// readAll reads into one buffer of the announced size or, without one and beyond it, into
// chunks that are put together at the end: growing one buffer would hold up to three times
// what came.
func readAll(from io.Reader, size int64) ([]byte, error) {
	first := make([]byte, max(size, 0)+1) // one more, to see the end without a further read
	n, err := fill(from, first)
	if err != nil || n < len(first) {
		return first[:n:n], err
	}
	pieces, total := [][]byte{first[:n]}, n
	for {
		piece := make([]byte, chunk)
		n, err := fill(from, piece)
		if err != nil {
			return nil, err
		}
		pieces, total = append(pieces, piece[:n]), total+n
		if n < len(piece) {
			return joined(pieces, total), nil
		}
	}
}

// fill reads until the buffer is full or the body ends, which is no error.
func fill(from io.Reader, into []byte) (int, error) {
	n := 0
	for n < len(into) {
		got, err := from.Read(into[n:])
		n += got
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func joined(pieces [][]byte, total int) []byte {
	out := make([]byte, 0, total)
	for _, piece := range pieces {
		out = append(out, piece...)
	}
	return out
}

// spender spends the budget on what is read.
type spender struct {
	budget *Budget
	next   io.Reader
	spent  int64
}

// Read fails once the budget is spent.
func (s *spender) Read(p []byte) (int, error) {
	n, err := s.next.Read(p)
	s.spent += int64(n)
	if s.budget.left.Add(-int64(n)) < 0 {
		return 0, TooLarge()
	}
	return n, err
}

// refusalBytes is how much is read of an answer that is of no further use.
const refusalBytes = 64 << 10

// Discard gives a connection back. What is still to come of the answer is of no use.
func Discard(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, refusalBytes)
	_ = res.Body.Close()
}
