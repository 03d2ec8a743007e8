package guard_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
)

// storm is a region that does anything, and watches what is done to it.
type storm struct {
	mu      sync.Mutex
	dice    *rand.Rand
	current atomic.Int64
	most    atomic.Int64
	asked   atomic.Int64
}

func (s *storm) roll(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dice.IntN(n)
}

func (s *storm) fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	s.asked.Add(1)
	now := s.current.Add(1)
	defer s.current.Add(-1)
	for seen := s.most.Load(); now > seen && !s.most.CompareAndSwap(seen, now); seen = s.most.Load() {
	}
	then := []fetch{
		answers(returned), answers(returned), answers(unavailable), fails(code(codes.Unavailable)), fails(code(codes.NotFound)),
		fails(codeIn(codes.ResourceExhausted, time.Second)), fails(code(codes.DataLoss)), hangs(),
	}[s.roll(8)]
	if s.roll(20) == 0 { // it does not mind its context
		ctx = context.WithoutCancel(ctx)
		then = answers(returned)
	}
	return taking(time.Duration(s.roll(3000))*time.Millisecond, then)(ctx, req)
}

// Whatever a region does and its callers do: never more than the permitted calls at
// once, never more than the permitted waiting, retries within their budget, and at
// the end nothing is held.
func TestTheBoundsHoldWhateverHappens(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) { weather(t, seed) })
	}
}

func weather(t *testing.T, seed uint64) {
	s := &storm{dice: rand.New(rand.NewPCG(seed, 3))}
	p := guard.DefaultPolicy()
	p.Concurrency, p.Queue, p.Attempts, p.RetryPercent = 1+s.roll(6), 1+s.roll(6), 1+s.roll(4), 1+s.roll(50)
	r, n := guarded(t, &regional{fetch: s.fetch}, p)
	began := time.Now()
	const calls = 400
	var group sync.WaitGroup
	for range calls {
		group.Go(func() { oneOf(t, s, r) })
		if s.roll(3) > 0 {
			time.Sleep(time.Duration(s.roll(400)) * time.Millisecond)
		}
		if got := r.State(); got.Waiting > p.Queue || got.InFlight > p.Concurrency {
			t.Errorf("seed %d: state %+v with policy %+v", seed, got, p)
		}
	}
	group.Wait()
	if most := int(s.most.Load()); most > p.Concurrency {
		t.Errorf("seed %d: %d calls at once, permitted are %d", seed, most, p.Concurrency)
	}
	retries := int(s.asked.Load()) - firsts(n)
	if most := 10 + calls*p.RetryPercent/100 + int(time.Since(began).Seconds()/10); retries > most {
		t.Errorf("seed %d: %d retries, the budget is %d", seed, retries, most)
	}
	time.Sleep(time.Minute)
	if got := r.State(); got.InFlight != 0 || got.Waiting != 0 {
		t.Errorf("seed %d: state %+v at rest", seed, got)
	}
}

// oneOf is a call whose caller may leave or be in a hurry.
func oneOf(t *testing.T, s *storm, r *guard.Region) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	switch s.roll(4) {
	case 0:
		ctx, cancel = context.WithTimeout(ctx, time.Duration(s.roll(10_000))*time.Millisecond)
		defer cancel()
	case 1:
		time.AfterFunc(time.Duration(s.roll(10_000))*time.Millisecond, cancel)
	}
	began := time.Now()
	times(ctx, 1, r)
	if took := time.Since(began); took > 8*time.Second+3*time.Second {
		t.Errorf("a call took %v", took)
	}
}

func firsts(n *notes) int {
	count := 0
	for _, a := range n.asked() {
		if a.Number == 1 {
			count++
		}
	}
	return count
}
