package cache_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// The store falls back behind a purge, and nobody asks the gateway that purged for the
// patient: another gateway must not go on serving what was purged.
func TestAFailOverIsNoticedThoughNobodyAsks(t *testing.T) {
	for name, c := range map[string]struct {
		away   bool // the store is away in between
		within time.Duration
	}{
		"at once":                  {within: 40 * time.Second},
		"after the store was away": {away: true, within: 15 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, keys := newStore(), newRing(t)
				shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
				one, two := open(t, shared), open(t, shared)
				f := field("dorset")
				two.fetch(ann, f, "withdrawn")
				failOver := store.snapshot()
				one.purge(ann)
				time.Sleep(25 * time.Hour) // rounds that find nothing
				if got := one.seen.count("purge undone"); got != 0 {
					t.Fatalf("%d purges were taken back by nobody", got)
				}
				if c.away {
					store.set(func() { store.fault = down })
					time.Sleep(time.Minute)
				}
				failOver()
				store.set(func() { store.fault = nil })
				time.Sleep(c.within)
				synctest.Wait()
				two.want(ann, f, "")
				if one.seen.count("purge undone") != 1 || one.seen.count("purge repeated") != 1 {
					t.Errorf("told: %v", one.seen.told)
				}
			})
		})
	}
}

// What is over cannot come back, so its epoch is not read again.
func TestOldPurgesAreNotRevisited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared = store })
		g.purge(ann)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		before := store.count()
		if before < 8 || before > 12 {
			t.Errorf("read %d times in five minutes", before)
		}
		g.pass(24*time.Hour + 2*time.Minute)
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := store.count(); got != before {
			t.Errorf("read %d times after everything from before the purge was over", got-before)
		}
	})
}

func (s *memStore) count() (reads int) {
	s.set(func() { reads = s.reads })
	return reads
}

// A purge that is repeated and repeated does not push out the epoch in which the values
// were kept.
func TestTheEpochBeforeManyAttemptsIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared = store })
		f := field("dorset")
		g.fetch(ann, f, "penicillin")
		failOver := store.snapshot()
		store.set(func() { store.late = only("purge", cache.ErrReadOnly) })
		_, _ = g.Purge(t.Context(), ann)
		time.Sleep(time.Hour)
		store.set(func() { store.late = nil })
		time.Sleep(time.Minute)
		failOver()
		g.want(ann, f, "")
		if g.seen.count("purge repeat_failed") < 30 || g.seen.count("purge undone") != 1 {
			t.Errorf("told: %v", g.seen.told)
		}
	})
}

// A patient whose purge the store does not take holds up no other.
func TestOnePurgeThatFailsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &choosy{memStore: newStore()}
		g := open(t, func(o *cache.Options) { o.Shared = store })
		store.set(func() { store.fault = only("purge", cache.ErrUnreachable) })
		patients := []string{ann, bob, "9990000034", "9990000042"}
		for _, p := range patients {
			_, _ = g.Purge(t.Context(), p)
		}
		store.set(func() { store.fault = nil })
		time.Sleep(760 * time.Millisecond) // one round; the one that is refused is its first
		synctest.Wait()
		if n := g.State().Tombstones; n != 1 {
			t.Errorf("%d of %d purges are not done, though the store refuses one", n, len(patients))
		}
	})
}

// choosy is a store that does not purge the first patient that it can.
type choosy struct {
	*memStore
	once  sync.Once
	never cache.PatientKey
}

func (s *choosy) Purge(ctx context.Context, patient cache.PatientKey, epoch cache.Epoch) (cache.Epoch, error) {
	if err := s.before("purge"); err != nil {
		return cache.Epoch{}, err
	}
	s.once.Do(func() { s.never = patient })
	if patient == s.never {
		return cache.Epoch{}, cache.ErrRefused
	}
	return s.memStore.Purge(ctx, patient, epoch)
}
