package load_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/load"
)

// heard is what a gate told.
type heard struct {
	mu       sync.Mutex
	refusals []load.Cause
	waits    []time.Duration
}

func (h *heard) Refused(c load.Cause) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refusals = append(h.refusals, c)
}

func (h *heard) Waited(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.waits = append(h.waits, d)
}

// names are in the order in which they came.
type names struct {
	mu  sync.Mutex
	all []string
}

func (n *names) add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, name)
}

func (n *names) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.all)
}

func enter(t *testing.T, g *load.Gate, supplier string) load.Pass {
	t.Helper()
	pass, err := g.Enter(t.Context(), supplier)
	if err != nil {
		t.Fatalf("%s: %v", supplier, err)
	}
	return pass
}

func wantRefused(t *testing.T, g *load.Gate, supplier string, cause load.Cause) {
	t.Helper()
	_, err := g.Enter(t.Context(), supplier)
	var refusal *load.Refusal
	if !errors.As(err, &refusal) || refusal.Cause != cause {
		t.Errorf("%s gets %v, want a refusal for %s", supplier, err, cause)
		return
	}
	if refusal.RetryAfter < 500*time.Millisecond || refusal.RetryAfter > 3*time.Second {
		t.Errorf("it is to come back after %v", refusal.RetryAfter)
	}
}

func TestNoMoreCallsAreInThanThereIsRoomFor(t *testing.T) {
	h := &heard{}
	g := load.New(load.Limits{Calls: 3, Share: 100}, load.Options{Observer: h})
	first := enter(t, g, "a")
	enter(t, g, "a")
	enter(t, g, "b")
	wantRefused(t, g, "c", load.CauseCalls)
	wantRefused(t, g, "a", load.CauseCalls)
	first.Leave()
	enter(t, g, "c")
	wantRefused(t, g, "c", load.CauseCalls)
	if s := g.State(); s.InFlight != 3 || s.Calls != 3 || s.Waiting != 0 {
		t.Errorf("the state is %+v", s)
	}
	if want := []load.Cause{load.CauseCalls, load.CauseCalls, load.CauseCalls}; !slices.Equal(h.refusals, want) {
		t.Errorf("heard of %v", h.refusals)
	}
}

func TestASupplierHoldsNoMoreThanItsShare(t *testing.T) {
	for name, test := range map[string]struct{ calls, share, want int }{
		"three quarters unless told": {8, 0, 6}, "half": {8, 50, 4}, "rounded up": {5, 50, 3}, "one at least": {1, 50, 1}, "all": {4, 100, 4},
	} {
		t.Run(name, func(t *testing.T) {
			g := load.New(load.Limits{Calls: test.calls, Share: test.share}, load.Options{})
			for range test.want {
				enter(t, g, "greedy")
			}
			cause := load.CauseSupplier
			wantRefused(t, g, "greedy", cause)
			for range test.calls - test.want {
				enter(t, g, "modest")
			}
			wantRefused(t, g, "other", load.CauseCalls)
		})
	}
}

func TestACallWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heard{}
		g := load.New(load.Limits{Calls: 1, Waiting: 2, Wait: time.Second, Share: 100}, load.Options{Observer: h})
		first := enter(t, g, "a")
		var order names
		var calls sync.WaitGroup
		for i, name := range []string{"first", "second"} {
			calls.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				pass := enter(t, g, "a")
				order.add(name)
				time.Sleep(100 * time.Millisecond)
				pass.Leave()
			})
		}
		time.Sleep(10 * time.Millisecond)
		wantRefused(t, g, "a", load.CauseSupplier)
		if s := g.State(); s.Waiting != 2 || s.InFlight != 1 {
			t.Errorf("the state is %+v", s)
		}
		first.Leave()
		calls.Wait()
		if diff := cmp.Diff([]string{"first", "second"}, order.list()); diff != "" {
			t.Errorf("they came in (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]time.Duration{10 * time.Millisecond, 109 * time.Millisecond}, h.waits); diff != "" {
			t.Errorf("waits (-want +got):\n%s", diff)
		}
		if s := g.State(); s.Waiting+s.InFlight != 0 {
			t.Errorf("at the end the state is %+v", s)
		}
	})
}

func TestACallWaitsNoLongerThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := load.New(load.Limits{Calls: 1, Waiting: 5}, load.Options{})
		pass := enter(t, g, "a")
		began := time.Now()
		wantRefused(t, g, "b", load.CauseCalls)
		if took := time.Since(began); took != 250*time.Millisecond {
			t.Errorf("it was refused after %v", took)
		}
		pass.Leave()
		enter(t, g, "b").Leave()
		if s := g.State(); s.Waiting+s.InFlight != 0 {
			t.Errorf("the state is %+v", s)
		}
	})
}

func TestAWaitEndsWithItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := load.New(load.Limits{Calls: 1, Waiting: 5}, load.Options{})
		pass := enter(t, g, "a")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		began := time.Now()
		if _, err := g.Enter(ctx, "b"); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 50*time.Millisecond {
			t.Errorf("after %v it gets %v", time.Since(began), err)
		}
		pass.Leave()
		if s := g.State(); s.Waiting+s.InFlight != 0 {
			t.Errorf("the state is %+v", s)
		}
	})
}

// A supplier that asks for everything at once delays itself.
func TestAFreeSlotGoesToWhoHoldsTheFewest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := load.New(load.Limits{Calls: 4, Waiting: 8, Wait: time.Minute}, load.Options{})
		held := []load.Pass{enter(t, g, "greedy"), enter(t, g, "greedy"), enter(t, g, "greedy"), enter(t, g, "other")}
		var order names
		var calls sync.WaitGroup
		for i, supplier := range []string{"greedy", "greedy", "greedy", "modest", "other"} {
			calls.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				pass := enter(t, g, supplier)
				order.add(supplier)
				time.Sleep(time.Second)
				pass.Leave()
			})
		}
		time.Sleep(10 * time.Millisecond)
		for _, pass := range held[:2] {
			pass.Leave()
			synctest.Wait()
		}
		if diff := cmp.Diff([]string{"modest", "greedy"}, order.list()); diff != "" {
			t.Errorf("first came (-want +got):\n%s", diff)
		}
		held[2].Leave()
		held[3].Leave()
		calls.Wait()
		if s := g.State(); len(order.list()) != 5 || s.Waiting+s.InFlight != 0 {
			t.Errorf("%v came in, and the state is %+v", order.list(), s)
		}
	})
}

// The places to wait are shared too.
func TestASupplierTakesNotEveryPlaceToWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := load.New(load.Limits{Calls: 4, Waiting: 4, Wait: time.Minute}, load.Options{})
		var held []load.Pass
		for _, supplier := range []string{"greedy", "greedy", "greedy", "modest"} {
			held = append(held, enter(t, g, supplier))
		}
		var calls sync.WaitGroup
		for _, supplier := range []string{"greedy", "greedy", "greedy", "modest"} {
			calls.Go(func() { enter(t, g, supplier).Leave() })
			synctest.Wait()
		}
		wantRefused(t, g, "greedy", load.CauseSupplier)
		wantRefused(t, g, "modest", load.CauseCalls)
		for _, pass := range held {
			pass.Leave()
		}
		calls.Wait()
	})
}

func TestTheLimitsCanChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := load.New(load.Limits{Calls: 1, Waiting: 3, Wait: time.Minute, Share: 100}, load.Options{})
		enter(t, g, "a")
		var calls sync.WaitGroup
		calls.Go(func() { enter(t, g, "a") })
		synctest.Wait()
		g.Set(load.Limits{Calls: 2, Share: 100})
		calls.Wait()
		wantRefused(t, g, "b", load.CauseCalls)
		g.Set(load.Limits{})
		enter(t, g, "a")
	})
}

// However calls come and go, no limit is broken and nothing is left at the end.
func TestManyCallsAtOnce(t *testing.T) {
	const most = 6
	g := load.New(load.Limits{Calls: most, Waiting: 10, Wait: 5 * time.Millisecond}, load.Options{})
	var mu sync.Mutex
	in, by := 0, map[string]int{}
	var calls sync.WaitGroup
	for i := range 400 {
		supplier := []string{"a", "a", "a", "b", "c"}[i%5]
		calls.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*time.Millisecond)
			defer cancel()
			pass, err := g.Enter(ctx, supplier)
			if err != nil {
				return
			}
			mu.Lock()
			in++
			by[supplier]++
			if in > most || by[supplier] > 5 {
				t.Errorf("%d calls are in, %d of %s", in, by[supplier], supplier)
			}
			mu.Unlock()
			time.Sleep(200 * time.Microsecond)
			mu.Lock()
			in--
			by[supplier]--
			mu.Unlock()
			pass.Leave()
		})
	}
	calls.Wait()
	if s := g.State(); s.InFlight != 0 || s.Waiting != 0 {
		t.Errorf("at the end the state is %+v", s)
	}
	enter(t, g, "a").Leave()
}

func BenchmarkEnter(b *testing.B) {
	g := load.New(load.Limits{Calls: 1024, Waiting: 256, Memory: 8 << 30}, load.Options{})
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			pass, err := g.Enter(b.Context(), "a")
			if err != nil {
				b.Error(err)
				return
			}
			pass.Leave()
		}
	})
}
