package cache_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// fill fills without waiting.
func (g *gateway) fill(patient string, words []byte, fields ...cache.Field) {
	g.t.Helper()
	r := g.Read(context.Background(), patient, fields)
	kept := make([]cache.Kept, len(fields))
	for i, f := range fields {
		kept[i] = cache.Kept{Field: f, Value: &text{words}, Retrieved: g.clock(), For: time.Hour}
	}
	g.Fill(r, kept)
}

func TestTheQueueIsBounded(t *testing.T) {
	for name, c := range map[string]struct {
		change     func(*cache.Options)
		value      int
		kept, over int // of ten fills of one value
	}{
		"in fills": {change: func(o *cache.Options) { o.QueueFills, o.Workers = 3, 1 }, kept: 4, over: 6}, // one is on its way
		"in bytes": {change: func(o *cache.Options) { o.QueueBytes = 10 << 10 }, value: 3 << 10, kept: 2, over: 8},
		"widely":   {kept: 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := newStore()
				g := open(t, func(o *cache.Options) {
					o.Shared = store
					if c.change != nil {
						c.change(o)
					}
				})
				release := make(chan struct{})
				store.set(func() {
					store.fault = func(op string) error {
						if op == "fill" {
							<-release
						}
						return nil
					}
				})
				for i := range 10 {
					g.fill(ann, make([]byte, c.value), field(fmt.Sprint("region", i)))
					synctest.Wait()
				}
				s := g.State()
				if s.Queued != c.kept || s.QueuedBytes <= 0 || g.seen.count("fill shared overflow") != c.over {
					t.Errorf("%d fills of %d bytes wait, %d overflowed; want %d and %d",
						s.Queued, s.QueuedBytes, g.seen.count("fill shared overflow"), c.kept, c.over)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if err := g.Settle(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Settle while fills hang: %v", err)
				}
				close(release)
				if err := g.Settle(t.Context()); err != nil {
					t.Errorf("Settle: %v", err)
				}
				if s := g.State(); s.Queued != 0 || s.QueuedBytes != 0 || g.seen.count("fill shared kept") != c.kept {
					t.Errorf("in the end %d fills of %d bytes wait, %d were kept", s.Queued, s.QueuedBytes, g.seen.count("fill shared kept"))
				}
			})
		})
	}
}

// A fill that hangs, though nothing can end it, is given up, and the next goes on.
func TestAHungFillIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared, o.Workers = store, 1 })
		store.set(func() {
			store.fault = func(op string) error {
				if op == "fill" {
					return store.hang(op)
				}
				return nil
			}
		})
		g.fill(ann, nil, field("dorset"))
		g.fill(ann, nil, field("yorkshire"))
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if g.seen.count("fill shared failed") != 2 || g.seen.count("failed timeout") != 2 {
			t.Errorf("told: %v", g.seen.told)
		}
	})
}

// A value that was not taken because its patient was purged while it waited is gone.
func TestAFillThatWaitedThroughAPurgeIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared, o.Workers = store, 1 })
		release, fills := make(chan struct{}), 0
		store.set(func() {
			store.fault = func(op string) error {
				if op == "fill" {
					fills++
					<-release
				}
				return nil
			}
		})
		g.fill(bob, nil, field("dorset")) // holds the worker up
		synctest.Wait()
		g.fill(ann, []byte("penicillin"), field("dorset"))
		g.purge(ann)
		close(release)
		if err := g.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.want(ann, field("dorset"), "")
		if fills != 1 || g.seen.count("fill shared purged") != 1 {
			t.Errorf("%d fills were sent: %v", fills, g.seen.told)
		}
	})
}

func TestClosingSendsWhatWaits(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
	one, two := open(t, shared), open(t, shared)
	for i := range 100 {
		one.fill(ann, []byte("penicillin"), field(fmt.Sprint("region", i)))
	}
	if err := one.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		two.want(ann, field(fmt.Sprint("region", i)), "penicillin")
	}
}

func TestClosingTakesNoLongerThanItMay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared, o.Workers = store, 1 })
		store.set(func() {
			store.fault = func(op string) error {
				if op == "fill" {
					return store.hang(op)
				}
				return nil
			}
		})
		for i := range 10 {
			g.fill(ann, nil, field(fmt.Sprint("region", i)))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := g.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Close: %v", err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("Close took %v", took)
		}
		if g.State().Queued != 0 || g.seen.count("fill shared closed") != 9 {
			t.Errorf("%d fills are left: %v", g.State().Queued, g.seen.told)
		}
	})
}
