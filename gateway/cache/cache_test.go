package cache_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestWhatIsFilledIsFoundUnderItsNameOnly(t *testing.T) {
	for name, change := range map[string]func(*cache.Options){
		"memory":            nil,
		"shared":            func(o *cache.Options) { o.Memory, o.Shared = 0, newStore() },
		"memory and shared": func(o *cache.Options) { o.Shared = newStore() },
	} {
		t.Run(name, func(t *testing.T) {
			g := open(t, change)
			f := field("dorset")
			g.fetch(ann, f, "penicillin")
			g.want(ann, f, "penicillin")
			g.want(bob, f, "")
			for what, change := range map[string]func(*cache.Field){
				"region":  func(f *cache.Field) { f.Region = "yorkshire" },
				"section": func(f *cache.Field) { f.Section = lhcrv1.Section_SECTION_UNSPECIFIED },
				"view":    func(f *cache.Field) { f.View[0]++ },
				"reader":  func(f *cache.Field) { f.Reader = "2" },
			} {
				other := f
				change(&other)
				if got, _ := g.look(ann, other); got != "" {
					t.Errorf("with another %s it is found", what)
				}
			}
		})
	}
}

func TestGatewaysShare(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
	one, two := open(t, shared), open(t, shared)
	f, other := field("dorset"), field("yorkshire")
	one.fetch(ann, f, "penicillin")

	_, r := two.look(ann, f)
	if e, ok := r.Entry(0); !ok || !e.Retrieved.Equal(noon) || r.Layer(0) != cache.LayerShared {
		t.Errorf("the other gateway finds %v from %q", e, r.Layer(0))
	}
	two.Read(t.Context(), ann, []cache.Field{f, other})
	if store.asked != 1+1+1 {
		t.Errorf("%d fields were asked for, of which the second gateway has one", store.asked)
	}
	if got := two.seen.count("found memory"); got != 1 {
		t.Errorf("what was shared is found in memory %d times, want once", got)
	}
}

// unclosed is a store that outlives the caches that share it.
type unclosed struct{ cache.Store }

func (unclosed) Close() error { return nil }

func TestValuesEndInTime(t *testing.T) {
	for name, c := range map[string]struct {
		retrieved, life time.Duration // when it was retrieved, from noon; how long it may be served
		later           time.Duration // how much later it is looked for
		want            bool
	}{
		"fresh":                      {life: time.Hour, later: 0, want: true},
		"just before its end":        {life: time.Hour, later: time.Hour - 1, want: true},
		"at its end":                 {life: time.Hour, later: time.Hour},
		"retrieved earlier":          {retrieved: -30 * time.Minute, life: time.Hour, later: 29 * time.Minute, want: true},
		"ends by when it came":       {retrieved: -30 * time.Minute, life: time.Hour, later: 30 * time.Minute},
		"kept for longer than ever":  {life: 100 * time.Hour, later: 24 * time.Hour},
		"kept for as long as can be": {life: 100 * time.Hour, later: 24*time.Hour - 1, want: true},
		"over before it came":        {retrieved: -2 * time.Hour, life: time.Hour},
		"for no time":                {},
		"for less than none":         {life: -time.Hour},
		"retrieved never":            {retrieved: -1 << 62, life: time.Hour},
		"from a clock a bit ahead":   {retrieved: time.Minute, life: time.Hour, want: true},
		"from the future":            {retrieved: time.Minute + 1, life: time.Hour},
		"the clock a bit back":       {life: time.Hour, later: -time.Minute, want: true},
		"the clock back":             {life: time.Hour, later: -time.Minute - 1},
		"the clock far back":         {life: time.Hour, later: -1000 * time.Hour},
		"the clock far ahead":        {life: time.Hour, later: 1e6 * time.Hour},
	} {
		for layer, change := range map[string]func(*cache.Options){
			"memory": nil,
			"shared": func(o *cache.Options) { o.Memory, o.Shared = 0, newStore() },
		} {
			t.Run(layer+" "+name, func(t *testing.T) {
				g := open(t, change)
				f := field("dorset")
				_, r := g.look(ann, f)
				g.Fill(r, []cache.Kept{{Field: f, Value: &text{[]byte("penicillin")}, Retrieved: noon.Add(c.retrieved), For: c.life}})
				if err := g.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
				g.pass(c.later)
				if got, _ := g.look(ann, f); got != "" != c.want {
					t.Errorf("found %q, want it found: %t", got, c.want)
				}
			})
		}
	}
}

// What another gateway kept for longer than this one remembers purges is not believed
// for longer.
func TestNothingLivesLongerThanPurgesAreRemembered(t *testing.T) {
	store, keys := newStore(), newRing(t)
	long := open(t, func(o *cache.Options) { o.Shared, o.Keys, o.Longest = unclosed{store}, keys, 100*time.Hour })
	short := open(t, func(o *cache.Options) { o.Shared, o.Keys, o.Longest = unclosed{store}, keys, time.Hour })
	f := field("dorset")
	_, r := long.look(ann, f)
	long.Fill(r, []cache.Kept{{Field: f, Value: &text{[]byte("penicillin")}, Retrieved: noon, For: 50 * time.Hour}})
	if err := long.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	short.pass(time.Hour - 1)
	short.want(ann, f, "penicillin")
	short.pass(1)
	short.want(ann, f, "")
}

func TestAnOlderValueDoesNotTakeThePlaceOfANewer(t *testing.T) {
	g := open(t, nil)
	f := field("dorset")
	_, r := g.look(ann, f)
	g.keep(r, f, "new")
	g.Fill(r, []cache.Kept{{Field: f, Value: &text{[]byte("old")}, Retrieved: noon.Add(-time.Minute), For: time.Hour}})
	g.want(ann, f, "new")
}

func TestACallerWhoIsGoneCostsNothing(t *testing.T) {
	store := newStore()
	g := open(t, func(o *cache.Options) { o.Shared = store })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := g.Read(ctx, ann, []cache.Field{field("dorset")})
	if _, usable := r.Epoch(); usable || store.reads != 0 || g.seen.count("look gone") != 1 {
		t.Errorf("usable: %t, reads: %d", usable, store.reads)
	}
	alone := open(t, nil)
	alone.fetch(ann, field("dorset"), "penicillin")
	if _, found := alone.Read(ctx, ann, []cache.Field{field("dorset")}).Entry(0); found {
		t.Error("something is found for a caller who is gone")
	}
}

func TestKeysAreTakenOver(t *testing.T) {
	store := newStore()
	file, err := seal.NewFile(rand.Reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := seal.Rotate(file, rand.Reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	before, after := ring(t, file), ring(t, rotated)
	g := open(t, func(o *cache.Options) { o.Memory, o.Shared, o.Keys = 0, store, before })
	f, other := field("dorset"), field("yorkshire")
	g.fetch(ann, f, "penicillin")
	if err := g.Rekey(after); err != nil {
		t.Fatal(err)
	}
	g.want(ann, f, "penicillin")
	g.fetch(ann, other, "latex")
	if err := g.Rekey(before); err != nil {
		t.Fatal(err)
	}
	g.want(ann, f, "penicillin")
	g.want(ann, other, "")
	if got := g.seen.count("failed unknown_key"); got != 1 {
		t.Errorf("an unknown key was told of %d times, want once", got)
	}
	if err := g.Rekey(newRing(t)); err != seal.ErrOtherIndex {
		t.Errorf("another index key: %v", err)
	}
	g.want(ann, f, "penicillin")
}

func TestACacheThatKeepsNothingFindsNothing(t *testing.T) {
	g := open(t, func(o *cache.Options) { o.Memory = 0 })
	f := field("dorset")
	g.fetch(ann, f, "penicillin")
	g.want(ann, f, "")
	if g.seen.count("look off") != 2 {
		t.Error("it does not say that it is off")
	}
	closed := open(t, nil)
	_, r := closed.look(ann, f)
	if err := closed.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed.Fill(r, []cache.Kept{{Field: f, Value: &text{}, Retrieved: noon, For: time.Hour}})
	closed.want(ann, f, "")
	if closed.seen.count("fill memory closed") != 1 {
		t.Error("a closed cache takes a fill")
	}
	if _, err := closed.Purge(t.Context(), ann); err == nil {
		t.Error("a closed cache says that it purged")
	}
	if err := closed.Close(t.Context()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	whole := cache.Options{Memory: 1, Parse: parseText, Longest: 1}
	for want, change := range map[string]func(*cache.Options){
		"cache: Parse is missing":          func(o *cache.Options) { o.Parse = nil },
		"cache: Longest is missing":        func(o *cache.Options) { o.Longest = 0 },
		"cache: Memory is negative":        func(o *cache.Options) { o.Memory = -1 },
		"cache: a shared store needs keys": func(o *cache.Options) { o.Shared = newStore() },
	} {
		o := whole
		change(&o)
		_, err := cache.New(o)
		if err == nil {
			t.Errorf("%s: taken", want)
			continue
		}
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
	}
}
