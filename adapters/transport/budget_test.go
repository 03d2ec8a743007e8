package transport_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/transport"
	"google.golang.org/grpc/codes"
)

// sized answers with as many bytes as the query says.
func sized(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	_, _ = w.Write(bytes.Repeat([]byte("x"), n))
}

// open asks for n bytes and leaves the body to the test.
func open(ctx context.Context, t *testing.T, c *http.Client, base string, n int) io.ReadCloser {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/?n="+strconv.Itoa(n), nil)
	must(t, err)
	res, err := transport.Do(c, req)
	must(t, err)
	return res.Body
}

func budgeted(t *testing.T, bytes int64) (*transport.Budget, *http.Client, string) {
	t.Helper()
	r := newRegion(t, sized)
	cfg := r.config(t)
	cfg.Budget = transport.NewBudget(bytes)
	return cfg.Budget, client(t, cfg), r.url
}

func TestAnswersTogetherStayWithinTheBudget(t *testing.T) {
	budget, c, base := budgeted(t, 256<<10)
	first := open(t.Context(), t, c, base, 150<<10)
	if got, err := transport.ReadAll(t.Context(), first, 1<<30); err != nil || len(got) != 150<<10 {
		t.Fatalf("the first answer: %d bytes, %v", len(got), err)
	}
	second := open(t.Context(), t, c, base, 150<<10)
	got, err := transport.ReadAll(t.Context(), second, 1<<30)
	wantFailure(t, err, transport.KindNoRoom, codes.Unavailable)
	if len(got) == 0 || len(got) >= 150<<10 {
		t.Errorf("%d bytes of the second answer came", len(got))
	}
	if taken := budget.Taken(); taken > budget.Bytes() || taken < 150<<10 {
		t.Errorf("taken %d of %d", taken, budget.Bytes())
	}
	must(t, first.Close())
	must(t, first.Close()) // twice gives back once
	must(t, second.Close())
	if taken := budget.Taken(); taken != 0 {
		t.Errorf("still taken: %d", taken)
	}
	third := open(t.Context(), t, c, base, 150<<10)
	if _, err := transport.ReadAll(t.Context(), third, 1<<30); err != nil {
		t.Errorf("after the others were closed: %v", err)
	}
	must(t, third.Close())
}

func TestAHoldKeepsWhatWasReadTakenUntilItIsReleased(t *testing.T) {
	budget, c, base := budgeted(t, 256<<10)
	ctx, hold := budget.Hold(t.Context())
	body := open(ctx, t, c, base, 100<<10)
	_, err := transport.ReadAll(ctx, body, 1<<30)
	must(t, err)
	must(t, body.Close())
	if taken := budget.Taken(); taken < 100<<10 {
		t.Errorf("closed and held: %d taken", taken)
	}
	if hold.Refused() {
		t.Error("refused, though there was room")
	}
	large := open(ctx, t, c, base, 200<<10)
	_, err = transport.ReadAll(ctx, large, 1<<30)
	wantFailure(t, err, transport.KindNoRoom, codes.Unavailable)
	if !hold.Refused() {
		t.Error("the hold does not know that an answer was refused")
	}
	hold.Release()
	must(t, large.Close()) // after the release it gives back by itself
	if taken := budget.Taken(); taken != 0 {
		t.Errorf("released: %d taken", taken)
	}
}

func TestAHoldOfAnotherBudgetIsNone(t *testing.T) {
	budget, c, base := budgeted(t, 256<<10)
	ctx, hold := transport.NewBudget(1 << 20).Hold(t.Context())
	body := open(ctx, t, c, base, 100<<10)
	_, err := transport.ReadAll(ctx, body, 1<<30)
	must(t, err)
	must(t, body.Close())
	if taken := budget.Taken(); taken != 0 {
		t.Errorf("%d taken", taken)
	}
	hold.Release()
}

// Whatever happens side by side, the bound holds and everything is given back.
func TestTheBudgetHoldsSideBySide(t *testing.T) {
	budget, c, base := budgeted(t, 512<<10)
	t.Run("calls", func(t *testing.T) {
		for i := range 24 {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				ctx, hold := budget.Hold(t.Context())
				defer hold.Release()
				body := open(ctx, t, c, base, (i%6)*40<<10)
				_, err := transport.ReadAll(ctx, body, 1<<30)
				if taken := budget.Taken(); taken > budget.Bytes()+24*32<<10 { // a step is taken before it is found too much
					t.Errorf("taken %d of %d", taken, budget.Bytes())
				}
				if err != nil {
					wantFailure(t, err, transport.KindNoRoom, codes.Unavailable)
				}
				must(t, body.Close())
			})
		}
	})
	if taken := budget.Taken(); taken != 0 {
		t.Errorf("still taken: %d", taken)
	}
}
