package lookup_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/openlhcr/openlhcr/gateway/lookup"
)

// What is held costs no goroutine, no timer and few allocations: a copy of the
// answer, and a little beside it.
func TestAWarmAnswerCostsLittle(t *testing.T) {
	region := &counting{}
	l := cached(t, lookup.Options{}, region.adapter("dorset"))
	req, as := request(problems, alerts, allergies, medications), caller()
	getAs(t, l, as, req)
	allocations := testing.AllocsPerRun(200, func() {
		if _, err := l.Get(t.Context(), as, req); err != nil {
			t.Error(err)
		}
	})
	if allocations > 35 || region.fetches != 1 {
		t.Errorf("%v allocations, %d fetches", allocations, region.fetches)
	}
}

// Nothing runs beside a warm answer: its goroutine does all.
func TestAWarmAnswerWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		region := newGated()
		l := bubble(t, lookup.Options{}, region.adapter("dorset"))
		close(region.gate)
		getAs(t, l, caller(), request(problems))
		ctx := &watched{Context: t.Context()}
		if _, err := l.Get(ctx, caller(), request(problems)); err != nil {
			t.Fatal(err)
		}
		if ctx.waited {
			t.Error("it derived a context, or waited for one")
		}
	})
}

// watched notes that somebody waits for it: every derived context does.
type watched struct {
	context.Context
	waited bool
}

func (w *watched) Done() <-chan struct{} {
	w.waited = true
	return w.Context.Done()
}
