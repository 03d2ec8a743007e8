package cache_test

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache"
)

// A store that lies never makes one value pass for another.
func TestAStoreThatLiesIsNotBelieved(t *testing.T) {
	type liar func(patient cache.PatientKey, e cache.Epoch, values [][]byte) (cache.Epoch, [][]byte)
	values := func(change func(values [][]byte)) func(*memStore, *gateway) liar {
		return func(*memStore, *gateway) liar {
			return func(_ cache.PatientKey, e cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) {
				change(v)
				return e, v
			}
		}
	}
	answer := func(change func(e cache.Epoch, v [][]byte) (cache.Epoch, [][]byte)) func(*memStore, *gateway) liar {
		return func(*memStore, *gateway) liar {
			return func(_ cache.PatientKey, e cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) { return change(e, v) }
		}
	}
	for name, c := range map[string]struct {
		lie   func(*memStore, *gateway) liar
		want  map[string]string // what is found of ann, by region
		cause string
		times int
	}{
		"with another patient's": {cause: "corrupt", times: 2, lie: func(s *memStore, g *gateway) liar {
			var others [][]byte
			s.lie = func(_ cache.PatientKey, e cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) { others = v; return e, v }
			g.look(bob, field("dorset"))
			return func(patient cache.PatientKey, _ cache.Epoch, _ [][]byte) (cache.Epoch, [][]byte) {
				for p, e := range s.epochs {
					if p != patient {
						return e, [][]byte{others[0], bytes.Clone(others[0])}
					}
				}
				return cache.Epoch{}, nil
			}
		}},
		"with another field's": {cause: "corrupt", times: 2, lie: values(func(v [][]byte) { v[0], v[1] = v[1], v[0] })},
		"with one for two":     {cause: "corrupt", times: 1, want: map[string]string{"dorset": "penicillin"}, lie: values(func(v [][]byte) { v[1] = bytes.Clone(v[0]) })},
		"cut off":              {cause: "corrupt", times: 1, want: map[string]string{"yorkshire": "latex"}, lie: values(func(v [][]byte) { v[0] = v[0][:20] })},
		"with an empty value":  {cause: "corrupt", times: 1, want: map[string]string{"yorkshire": "latex"}, lie: values(func(v [][]byte) { v[0] = []byte{} })},
		"with garbage": {cause: "corrupt", times: 1, want: map[string]string{"yorkshire": "latex"},
			lie: values(func(v [][]byte) { v[0] = bytes.Repeat([]byte{7}, 1000) })},
		"with garbage that looks like a value": {cause: "unknown_key", times: 1, want: map[string]string{"yorkshire": "latex"},
			lie: values(func(v [][]byte) { v[0] = bytes.Repeat([]byte{1}, 1000) })},
		"with another epoch": {cause: "other_epoch", times: 2,
			lie: answer(func(_ cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) { return cache.Epoch{1}, v })},
		"without an epoch":  {cause: "corrupt", times: 1, lie: answer(func(_ cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) { return cache.Epoch{}, v })},
		"with fewer values": {cause: "corrupt", times: 1, lie: answer(func(e cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) { return e, v[:1] })},
		"with more values":  {cause: "corrupt", times: 1, lie: answer(func(e cache.Epoch, v [][]byte) (cache.Epoch, [][]byte) { return e, append(v, nil) })},
		"with too large a value": {cause: "corrupt", times: 1,
			lie: values(func(v [][]byte) { v[0] = make([]byte, cache.MaxValueBytes+1) })},
		"not at all": {want: map[string]string{"dorset": "penicillin", "yorkshire": "latex"}, lie: values(func([][]byte) {})},
	} {
		t.Run(name, func(t *testing.T) {
			store := newStore()
			g := open(t, func(o *cache.Options) { o.Shared, o.Memory = store, 0 })
			g.fetch(ann, field("dorset"), "penicillin")
			g.fetch(ann, field("yorkshire"), "latex")
			g.fetch(bob, field("dorset"), "nuts")
			lie := c.lie(store, g)
			store.set(func() { store.lie = lie })

			r := g.Read(t.Context(), ann, []cache.Field{field("dorset"), field("yorkshire")})
			found := map[string]string{}
			for i, region := range []string{"dorset", "yorkshire"} {
				if e, ok := r.Entry(i); ok {
					found[region] = string(e.Value.(*text).bytes)
				}
			}
			if c.want == nil {
				c.want = map[string]string{}
			}
			if diff := cmp.Diff(c.want, found); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if got := g.seen.count("failed " + c.cause); got != c.times {
				t.Errorf("%q was told of %d times, want %d: %v", c.cause, got, c.times, g.seen.told)
			}
		})
	}
}

// Values that were kept before a purge stay dead though the store brings them back.
func TestAValueOfAnEpochThatIsOverIsDead(t *testing.T) {
	store := newStore()
	g := open(t, func(o *cache.Options) { o.Shared = store })
	f := field("dorset")
	g.fetch(ann, f, "penicillin")
	cells := map[cache.PatientKey]map[cache.FieldKey][]byte{}
	store.set(func() { maps.Copy(cells, store.cells) })
	g.purge(ann)
	store.set(func() { store.cells = cells })
	g.want(ann, f, "")
	if g.seen.count("failed other_epoch") != 1 {
		t.Error("it was not told by its epoch")
	}
}

func TestWithoutTheStoreNothingIsBelievedOrKept(t *testing.T) {
	for cause, err := range map[string]error{
		"unreachable": cache.ErrUnreachable,
		"refused":     cache.ErrRefused,
		"read_only":   cache.ErrReadOnly,
		"full":        cache.ErrFull,
		"timeout":     context.DeadlineExceeded,
		"other":       errors.New("odd"),
	} {
		t.Run(cause, func(t *testing.T) {
			store := newStore()
			g := open(t, func(o *cache.Options) { o.Shared = store })
			f := field("dorset")
			g.fetch(ann, f, "penicillin")
			store.set(func() { store.fault = only("read", err) })
			found, r := g.look(ann, f)
			if _, usable := r.Epoch(); found != "" || usable || r.Live() {
				t.Errorf("found %q, usable: %t", found, usable)
			}
			g.keep(r, f, "kept on no ground")
			if g.seen.count("failed "+cause) != 1 || g.seen.count("look unreachable") != 1 || g.seen.count("fill shared unusable") != 1 {
				t.Errorf("told: %v", g.seen.told)
			}
			store.set(func() { store.fault = nil })
			g.want(ann, f, "penicillin")
		})
	}
}

func TestAStoreThatPanicsIsAStoreThatFails(t *testing.T) {
	store := newStore()
	g := open(t, func(o *cache.Options) { o.Shared = store })
	store.set(func() {
		store.fault = func(op string) error {
			if op == "read" {
				panic("odd")
			}
			return nil
		}
	})
	g.want(ann, field("dorset"), "")
	if g.seen.count("failed other") != 1 {
		t.Errorf("told: %v", g.seen.told)
	}
}

// A store that hangs, and heeds no context, holds up a few lookups by the bound each,
// then none; once it answers again it is used again, without a lookup to find out.
func TestAHungStoreHoldsUpAFewLookupsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared, o.SharedTimeout = store, 50*time.Millisecond })
		f := field("dorset")
		g.fetch(ann, f, "penicillin")
		synctest.Wait()
		release := make(chan struct{})
		store.set(func() {
			store.fault = func(string) error { <-release; return cache.ErrUnreachable }
		})
		var waited []time.Duration
		for range 8 {
			began := time.Now()
			g.want(ann, f, "")
			waited = append(waited, time.Since(began))
		}
		bound := 50 * time.Millisecond
		if diff := cmp.Diff([]time.Duration{bound, bound, bound, bound, bound, 0, 0, 0}, waited); diff != "" {
			t.Errorf("lookups were held up (-want +got):\n%s", diff)
		}
		s := g.State().Shared
		if s.Answers || s.Cause != cache.CauseTimeout || !s.Since.Equal(noon) {
			t.Errorf("the store's state is %+v", s)
		}
		if g.seen.count("failed open") != 3 {
			t.Errorf("told: %v", g.seen.told)
		}

		time.Sleep(time.Hour)
		if g.State().Shared.Answers {
			t.Error("a store that hangs is said to answer")
		}
		store.set(func() { store.fault = nil })
		close(release)
		time.Sleep(5 * time.Second)
		if s := g.State().Shared; !s.Answers || s.Cause != cache.CauseNone {
			t.Errorf("the store's state is %+v", s)
		}
		g.want(ann, f, "penicillin")
	})
}

// A caller with less time than the bound says nothing of the store.
func TestImpatientCallersDoNotCutTheStoreOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared = store })
		synctest.Wait()
		release := make(chan struct{})
		store.set(func() { store.fault = func(string) error { <-release; return nil } })
		for range 50 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			g.Read(ctx, ann, []cache.Field{field("dorset")})
			cancel()
		}
		if !g.State().Shared.Answers || g.seen.count("look gone") != 50 {
			t.Errorf("told: %v", g.seen.told)
		}
		close(release)
	})
}

// While the store is left alone nothing waits for it.
func TestFillsAreDroppedWhileTheStoreIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		g := open(t, func(o *cache.Options) { o.Shared = store })
		f := field("dorset")
		_, r := g.look(ann, f)
		store.set(func() { store.fault = down })
		for range 5 {
			g.look(ann, f)
		}
		g.keep(r, f, "penicillin")
		if g.seen.count("fill shared open") != 1 {
			t.Errorf("told: %v", g.seen.told)
		}
	})
}

// A store that is not there when the gateway starts is noticed without any lookup.
func TestAStoreThatIsAwayAtTheStartIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore()
		store.fault = down
		g := open(t, func(o *cache.Options) { o.Shared = store })
		time.Sleep(10 * time.Second)
		if s := g.State().Shared; s.Answers || s.Cause != cache.CauseUnreachable {
			t.Errorf("the store's state is %+v", s)
		}
	})
}
