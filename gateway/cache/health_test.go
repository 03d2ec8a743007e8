package cache_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// A gateway that nobody asks notices within 15 s that its store is away, and that it is
// back.
func TestAnIdleGatewayNoticesThatTheStoreIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared = store })
		pinged := make(chan struct{}, 100)
		store.set(func() {
			store.fault = func(string) error {
				pinged <- struct{}{}
				return nil
			}
		})
		<-pinged
		time.Sleep(time.Millisecond)
		g.look(ann, field("dorset")) // the last that is heard of the store
		store.set(func() { store.fault = down })
		time.Sleep(15 * time.Second)
		if s := g.State().Shared; s.Answers || s.Cause != cache.CauseUnreachable {
			t.Errorf("the store's state is %+v", s)
		}
		store.set(func() { store.fault = nil })
		time.Sleep(5 * time.Second)
		if s := g.State().Shared; !s.Answers {
			t.Errorf("the store's state is %+v", s)
		}
	})
}

// A store that refuses us at the start is counted, before any lookup.
func TestWhatIsWrongAtTheStartIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		store.fault = only("ping", cache.ErrRefused)
		g := open(t, func(o *cache.Options) { o.Shared = store })
		time.Sleep(10 * time.Second)
		if n := g.seen.count("failed refused"); n < 5 {
			t.Errorf("a refusal was counted %d times", n)
		}
		if n := g.seen.count("failed open"); n != 0 {
			t.Errorf("%d pings that were not made were counted", n)
		}
	})
}

// A store that answers but keeps nothing says so, until it keeps something again or
// nobody knows any more.
func TestAStoreThatKeepsNothingShows(t *testing.T) {
	for cause, c := range map[cache.Cause]struct {
		err   error
		takes bool
	}{
		cache.CauseFull:        {cache.ErrFull, false},
		cache.CauseReadOnly:    {cache.ErrReadOnly, false},
		cache.CauseRefused:     {cache.ErrRefused, false},
		cache.CauseUnreachable: {cache.ErrUnreachable, true},
	} {
		t.Run(string(cause), func(t *testing.T) {
			store := newStore()
			g := open(t, func(o *cache.Options) { o.Shared, o.Memory = store, 0 })
			f := field("dorset")
			if s := g.State().Shared; !s.Takes {
				t.Fatalf("at the start the store's state is %+v", s)
			}
			g.pass(time.Second)
			store.set(func() { store.fault = only("fill", c.err) })
			g.fetch(ann, f, "penicillin")
			s := g.State().Shared
			if s.Takes != c.takes || !s.Answers {
				t.Fatalf("the store's state is %+v", s)
			}
			if !c.takes && (s.TakesNot != cause || !s.TakesSince.Equal(noon.Add(time.Second))) {
				t.Errorf("the store's state is %+v", s)
			}
			g.pass(4 * time.Minute)
			if s := g.State().Shared; s.Takes != c.takes {
				t.Errorf("after 4 minutes the store's state is %+v", s)
			}
			g.pass(2 * time.Minute)
			if s := g.State().Shared; !s.Takes || s.TakesNot != cache.CauseNone {
				t.Errorf("after 6 minutes the store's state is %+v", s)
			}
			g.fetch(ann, f, "penicillin")
			store.set(func() { store.fault = nil })
			g.fetch(ann, f, "penicillin")
			if s := g.State().Shared; !s.Takes || s.TakesNot != cache.CauseNone {
				t.Errorf("after a fill the store's state is %+v", s)
			}
		})
	}
}
