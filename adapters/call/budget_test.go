package call_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/openlhcr/openlhcr/adapters/call"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestBodyIsReadWhole(t *testing.T) {
	for _, n := range []int{0, 1, 255 << 10, 256 << 10, 256<<10 + 1, 700_000} {
		body := bytes.Repeat([]byte("x"), n)
		for name, size := range map[string]int64{"announced": int64(n), "not announced": -1, "announced too small": int64(n / 2), "announced too large": int64(n + 9)} {
			got, err := call.NewBudget(1<<20).ReadAll(iotest.OneByteReader(bytes.NewReader(body)), size, 1<<20)
			if n > 1000 {
				got, err = call.NewBudget(1<<20).ReadAll(bytes.NewReader(body), size, 1<<20)
			}
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes, %s: %d came, %v", n, name, len(got), err)
			}
		}
	}
}

func TestBodyBeyondABoundIsNotRead(t *testing.T) {
	tooLarge := func(err error) bool {
		var f *call.Failure
		return errors.As(err, &f) && f.Kind == lhcrv1.GapKind_GAP_KIND_TOO_LARGE
	}
	for name, c := range map[string]struct{ size, limit, budget int64 }{
		"announced": {100, 99, 1000}, "not announced": {-1, 99, 1000}, "announced less": {10, 99, 1000}, "beyond the budget": {100, 200, 99},
	} {
		if _, err := call.NewBudget(c.budget).ReadAll(strings.NewReader(strings.Repeat("x", 100)), c.size, c.limit); !tooLarge(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := call.NewBudget(150)
	for range 3 { // what a failed reading spent is given back
		_, err := b.ReadAll(io.MultiReader(strings.NewReader(strings.Repeat("x", 100)), iotest.ErrReader(io.ErrUnexpectedEOF)), -1, 200)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%v", err)
		}
	}
	if _, err := b.ReadAll(strings.NewReader(strings.Repeat("x", 100)), 100, 200); err != nil {
		t.Errorf("%v", err)
	}
	if _, err := b.ReadAll(strings.NewReader(strings.Repeat("x", 100)), 100, 200); !tooLarge(err) {
		t.Errorf("of 150 bytes 200 came: %v", err)
	}
}
