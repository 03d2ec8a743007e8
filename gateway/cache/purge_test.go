package cache_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func (g *gateway) purge(patient string) {
	g.t.Helper()
	if _, err := g.Purge(g.t.Context(), patient); err != nil {
		g.t.Fatal(err)
	}
}

func TestAPurgeEndsWhatWasKeptAndWhatWasOnItsWay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*cache.Options)
		layers []string
	}{
		"memory":            {layers: []string{"memory"}},
		"shared":            {change: func(o *cache.Options) { o.Memory, o.Shared = 0, newStore() }, layers: []string{"redis"}},
		"memory and shared": {change: func(o *cache.Options) { o.Shared = newStore() }, layers: []string{"memory", "redis"}},
		"nothing":           {change: func(o *cache.Options) { o.Memory = 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			g := open(t, c.change)
			kept, late := field("dorset"), field("yorkshire")
			g.fetch(ann, kept, "penicillin")
			g.fetch(bob, kept, "latex")
			before, _ := g.look(bob, kept)
			_, r := g.look(ann, late)
			_, same := g.look(ann, late)
			if epochOf(r) != epochOf(same) {
				t.Error("without a purge two readings have two epochs")
			}

			layers, err := g.Purge(t.Context(), ann)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.layers, layers); diff != "" {
				t.Errorf("layers (-want +got):\n%s", diff)
			}
			if r.Live() {
				t.Error("a reading from before the purge is still live")
			}
			g.keep(r, late, "on its way")
			g.want(ann, kept, "")
			g.want(ann, late, "")
			g.want(bob, kept, before)

			_, after := g.look(ann, kept)
			if c.layers == nil {
				return
			}
			if epochOf(after) == epochOf(r) || !after.Live() {
				t.Error("after the purge the epoch is the same, or is none")
			}
			g.keep(after, kept, "fetched again")
			g.want(ann, kept, "fetched again")
		})
	}
}

func epochOf(r *cache.Reading) cache.Epoch {
	e, _ := r.Epoch()
	return e
}

func TestAPurgeReachesEveryGateway(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
	one, two := open(t, shared), open(t, shared)
	kept, late := field("dorset"), field("yorkshire")
	one.fetch(ann, kept, "penicillin")
	two.want(ann, kept, "penicillin")
	_, r := two.look(ann, late)

	one.purge(ann)
	two.want(ann, kept, "") // though it is in its memory
	two.keep(r, late, "on its way")
	two.want(ann, late, "")
	one.want(ann, late, "")
	if two.seen.count("fill shared purged") != 1 {
		t.Error("the store took what was fetched before the purge")
	}
	one.fetch(ann, kept, "fetched again")
	two.want(ann, kept, "fetched again")
}

// down is a fault: nobody answers.
func down(string) error { return cache.ErrUnreachable }

func TestAPurgeThatFailsIsRepeatedUntilItIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, keys := newStore(), newRing(t)
		shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
		one, two := open(t, shared), open(t, shared)
		f := field("dorset")
		one.fetch(ann, f, "penicillin")
		two.want(ann, f, "penicillin")
		_, before := one.look(ann, field("yorkshire"))

		store.set(func() { store.fault = only("purge", cache.ErrUnreachable) })
		_, err := one.Purge(t.Context(), ann)
		if status.Code(err) != codes.Unavailable || failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE {
			t.Fatalf("Purge: %v", err)
		}
		one.want(ann, f, "")
		_, r := one.look(ann, f)
		if _, usable := r.Epoch(); usable {
			t.Error("while the purge is not done a reading can be used")
		}
		one.keep(r, f, "kept too soon")
		one.keep(before, f, "kept too late")
		time.Sleep(time.Minute) // of the bubble's time
		synctest.Wait()
		if n := one.State().Tombstones; n != 1 || one.seen.count("purge repeat_failed") < 3 {
			t.Errorf("%d tombstones; repeated %d times", n, one.seen.count("purge repeat_failed"))
		}

		store.set(func() { store.fault = nil })
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := one.State().Tombstones; n != 0 || one.seen.count("purge repeated") != 1 {
			t.Errorf("%d tombstones; done %d times", n, one.seen.count("purge repeated"))
		}
		two.want(ann, f, "")
		one.fetch(ann, f, "fetched again")
		two.want(ann, f, "fetched again")
	})
}

// only is a fault of one method.
func only(op string, err error) func(string) error {
	return func(called string) error {
		if called == op {
			return err
		}
		return nil
	}
}

// A purge that the store did, though its answer was lost, is a purge that failed: what
// is read afterwards in its epoch must not outlive the next attempt.
func TestEveryAttemptOfAPurgeHasItsOwnEpoch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, keys := newStore(), newRing(t)
		shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
		one, two := open(t, shared), open(t, shared)
		f := field("dorset")
		store.set(func() { store.late = only("purge", cache.ErrUnreachable) })
		if _, err := one.Purge(t.Context(), ann); err == nil {
			t.Fatal("a purge without an answer is done")
		}
		synctest.Wait()
		_, between := two.look(ann, f)
		store.set(func() { store.late = nil })
		time.Sleep(time.Minute)
		synctest.Wait()
		two.keep(between, f, "read between two attempts")
		two.want(ann, f, "")
	})
}

// A replica that had not heard of a purge becomes the primary: the purged epoch and
// values are back.
func TestAPurgeThatTheStoreTookBackIsRepeated(t *testing.T) {
	for name, late := range map[string]func(string) error{
		"replicated too late":          nil,
		"known not to be on a replica": only("purge", cache.ErrReadOnly),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store, keys := newStore(), newRing(t)
				shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
				one, two := open(t, shared), open(t, shared)
				f := field("dorset")
				one.fetch(ann, f, "penicillin")
				failOver := store.snapshot()
				store.set(func() { store.late = late })
				_, _ = one.Purge(t.Context(), ann)
				store.set(func() { store.late = nil })
				time.Sleep(time.Hour / 2) // a purge that failed is repeated
				synctest.Wait()
				one.pass(time.Minute)
				one.fetch(ann, f, "fetched again")

				failOver()
				one.want(ann, f, "")
				synctest.Wait()
				if one.seen.count("purge undone") != 1 || one.State().Tombstones != 0 {
					t.Errorf("noticed %d times, %d tombstones", one.seen.count("purge undone"), one.State().Tombstones)
				}
				two.want(ann, f, "")
				one.fetch(ann, f, "fetched once more")
				two.want(ann, f, "fetched once more")
			})
		})
	}
}

// With an epoch of which the gateway knows nothing, values from before a purge are
// still told by their time.
func TestValuesFromBeforeAPurgeAreToldByTheirTime(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys, o.Memory = unclosed{store}, keys, 0 }
	one, two := open(t, shared), open(t, shared)
	f := field("dorset")
	two.fetch(ann, f, "penicillin") // by a clock that is ahead
	failOver := store.snapshot()
	two.purge(ann)
	one.pass(1 - time.Minute)
	one.purge(ann)
	failOver() // past both purges, to an epoch that the last never saw
	one.want(ann, f, "")
	if one.seen.count("failed purged") != 1 {
		t.Error("it was not told by its time")
	}
}

func TestPurgesAreNeverForgottenForWantOfRoom(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys, o.MaxPurges = unclosed{store}, keys, 2 }
	one, two := open(t, shared), open(t, shared)
	f := field("dorset")
	patients := []string{"9990000034", "9990000042", ann}
	for _, p := range append(patients, bob) {
		one.fetch(p, f, "kept before")
	}
	_, r := one.look(bob, field("yorkshire"))
	one.pass(time.Second)
	store.set(func() { store.fault = only("purge", cache.ErrFull) })
	var messages []string
	for _, p := range patients {
		_, err := one.Purge(t.Context(), p)
		messages = append(messages, status.Convert(err).Message())
	}
	if !strings.Contains(messages[1], "repeats") || !strings.Contains(messages[2], "until it succeeds") {
		t.Errorf("the refusals say %q", messages)
	}
	for _, p := range patients {
		one.want(p, f, "")
	}
	if r.Live() {
		t.Error("a reading of a patient of whom nobody knows whether they were purged is live")
	}
	one.pass(time.Hour / 2)
	store.set(func() { store.fault = nil })
	if _, err := one.Purge(t.Context(), ann); err != nil {
		t.Errorf("the purge that was not noted, once there is a store: %v", err)
	}
	two.want(ann, f, "")
}

// Purges that are done give way to new ones, and what they ended stays ended.
func TestOldPurgesGiveWay(t *testing.T) {
	g := open(t, func(o *cache.Options) { o.MaxPurges = 2 })
	f := field("dorset")
	patients := []string{"9990000034", "9990000042", ann, bob}
	var readings []*cache.Reading
	for _, p := range patients {
		_, r := g.look(p, f)
		readings = append(readings, r)
	}
	for _, p := range patients {
		g.purge(p)
	}
	for i, p := range patients {
		g.keep(readings[i], f, "read before the purge")
		g.want(p, f, "")
	}
	g.fetch(ann, f, "penicillin")
	g.want(ann, f, "penicillin")
}

// A reading may be older than anything that is remembered of purges.
func TestAnOldReadingIsNoGround(t *testing.T) {
	g := open(t, func(o *cache.Options) { o.MaxPurges = 2 })
	f := field("dorset")
	_, r := g.look(ann, f)
	g.purge(ann)
	g.pass(24*time.Hour + 1)
	g.purge("9990000034")
	g.purge("9990000042") // for which the purge of ann, long over, is forgotten
	g.keep(r, f, "read before the purge")
	g.want(ann, f, "")
}

// Every purge of a patient that is purged again and again is remembered for a while.
func TestEachOfManyPurgesIsKeptUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared = store })
		f := field("dorset")
		for i := range 30 {
			g.fetch(ann, f, "penicillin")
			failOver := store.snapshot()
			g.purge(ann)
			failOver()
			g.want(ann, f, "")
			synctest.Wait()
			if got := g.seen.count("purge undone"); got != i+1 {
				t.Fatalf("of %d purges that were taken back %d were noticed", i+1, got)
			}
		}
	})
}

// A purge while a read is on its way is not lost on it.
func TestAPurgeThatComesBetweenIsNoticed(t *testing.T) {
	store := newStore()
	g := open(t, func(o *cache.Options) { o.Shared, o.Memory = store, 0 })
	f := field("dorset")
	g.fetch(ann, f, "penicillin")
	store.set(func() {
		store.lie = func(_ cache.PatientKey, e cache.Epoch, values [][]byte) (cache.Epoch, [][]byte) {
			values = slices.Clone(values)
			store.lie = nil
			store.mu.Unlock()
			defer store.mu.Lock()
			g.purge(ann)
			return e, values
		}
	})
	g.want(ann, f, "")
	if g.seen.count("look purged") != 1 || g.seen.count("purge undone") != 0 {
		t.Errorf("the read does not say that a purge came between: %v", g.seen.told)
	}
}

func TestAPurgeWithoutAnEpochFails(t *testing.T) {
	g := open(t, func(o *cache.Options) { o.Shared, o.Random = newStore(), &drying{left: 16} })
	if _, err := g.Purge(t.Context(), ann); status.Code(err) != codes.Unavailable {
		t.Errorf("Purge: %v", err)
	}
	g.want(ann, field("dorset"), "")
}

// drying is a source of randomness that ends.
type drying struct{ left int }

func (d *drying) Read(b []byte) (int, error) {
	if d.left < len(b) {
		return 0, errors.New("dry")
	}
	d.left -= len(b)
	return len(b), nil
}
