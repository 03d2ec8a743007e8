package cache_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// heap is the memory that is in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// churn fills a cache with several times what it may hold: patients with 3 regions of 8
// sections, most of 2 KiB, some empty, some large, seen by one or by many views.
func churn(g *gateway, bound int64, random *rand.Rand) {
	ctx := context.Background()
	pool := make([]byte, 64<<10)
	for total := int64(0); total < 6*bound; {
		patient := fmt.Sprintf("999%07d", random.IntN(1e6))
		var fields []cache.Field
		for i := range 24 {
			fields = append(fields, cache.Field{
				Region: regions[i%3], Section: lhcrv1.Section(i / 3), View: cache.View{byte(random.IntN(3))}, Reader: "reader 1",
			})
		}
		var kept []cache.Kept
		for _, f := range fields {
			size := []int{0, 40, 500, 2 << 10, 2 << 10, 2 << 10, 2 << 10, 40 << 10}[random.IntN(8)]
			// A value with slack, as a region's answer that was read piece by piece has it.
			kept = append(kept, cache.Kept{Field: f, Value: &text{pool[:size]}, Retrieved: g.clock(), For: time.Hour})
			total += int64(size)
		}
		g.Fill(g.Read(ctx, patient, fields), kept)
		g.Read(ctx, patient, fields)
	}
}

var regions = []string{"dorset", "yorkshire", "wessex"}

func TestMemoryStaysWithinItsBoundUnderChurn(t *testing.T) {
	for name, bound := range map[string]int64{"8 MiB": 8 << 20, "32 MiB": 32 << 20} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			g := open(t, func(o *cache.Options) { o.Memory = bound })
			churn(g, bound, rand.New(rand.NewPCG(1, 2)))
			taken := heap() - before
			s := g.State()
			t.Logf("%.2f of the bound is taken, %.2f told, by %d patients", ratio(taken, bound), ratio(s.Bytes, bound), s.Patients)
			if taken > bound*12/10 || taken < bound/2 {
				t.Errorf("%d bytes are taken of %d", taken, bound)
			}
			if s.Bytes > bound*12/10 || s.Bytes < bound/2 || s.MaxBytes != bound || s.Patients == 0 {
				t.Errorf("the state tells of %d bytes of %d", s.Bytes, s.MaxBytes)
			}
			runtime.KeepAlive(g)
		})
	}
}

// Small values make the memory beside them the larger part.
func TestMemoryBesideTheValuesIsCounted(t *testing.T) {
	const bound = 8 << 20
	for name, fields := range map[string]int{"one value": 1, "9 values": 9, "30 values": 30, "113 values": 113} {
		t.Run(name, func(t *testing.T) {
			before := heap()
			g := open(t, func(o *cache.Options) { o.Memory = bound })
			for i := range 40000 / fields * 2 {
				var asked []cache.Field
				var kept []cache.Kept
				for n := range fields {
					f := cache.Field{Region: "dorset", Section: lhcrv1.Section(n), Reader: "1"}
					asked = append(asked, f)
					kept = append(kept, cache.Kept{Field: f, Value: &text{}, Retrieved: noon, For: time.Hour})
				}
				g.Fill(g.Read(context.Background(), fmt.Sprint(i), asked), kept)
			}
			taken, told := heap()-before, g.State().Bytes
			t.Logf("%.2f of the bound is taken, %.2f told", ratio(taken, bound), ratio(told, bound))
			if taken > bound*12/10 {
				t.Errorf("%d bytes are taken of %d", taken, int64(bound))
			}
			if told < bound/2 {
				t.Fatalf("only %d bytes were filled", told)
			}
		})
	}
}

// What comes from the shared store is counted as what comes from a region.
func TestWhatIsSharedIsCountedToo(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
	one, two := open(t, shared), open(t, shared)
	for i := range 20 {
		f := field(fmt.Sprint("region", i))
		one.fill(ann, make([]byte, 2<<10), f)
		if err := one.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		two.look(ann, f)
	}
	if a, b := one.State().Bytes, two.State().Bytes; b < a || b > a*11/10 {
		t.Errorf("%d bytes are kept of what was fetched, %d of the same when it was shared", a, b)
	}
}

func ratio(a, b int64) float64 { return float64(a) / float64(b) }

func TestNoPatientTakesAllTheRoom(t *testing.T) {
	t.Run("in views", func(t *testing.T) {
		g := open(t, func(o *cache.Options) { o.Memory = 64 << 20 })
		f := field("dorset")
		for i := range 1100 {
			f.View = cache.View{byte(i), byte(i >> 8)}
			g.pass(time.Millisecond)
			g.fetch(ann, f, "penicillin")
		}
		g.want(ann, f, "penicillin")
		var fields []cache.Field
		for i := range 1100 {
			f.View = cache.View{byte(i), byte(i >> 8)}
			fields = append(fields, f)
		}
		r, found := g.Read(t.Context(), ann, fields), 0
		for i := range fields {
			if _, ok := r.Entry(i); ok {
				found++
			}
		}
		if _, oldest := r.Entry(0); found != 1024 || oldest {
			t.Errorf("%d values of one patient are kept, the oldest: %t", found, oldest)
		}
	})
	t.Run("in bytes", func(t *testing.T) {
		g := open(t, func(o *cache.Options) { o.Memory = 1 << 20 })
		for i := range 10 {
			g.pass(time.Millisecond)
			g.fill(ann, make([]byte, 40<<10), field(fmt.Sprint("region", i)))
		}
		if s := g.State(); s.Bytes > 1<<20/8 {
			t.Errorf("one patient takes %d bytes of %d", s.Bytes, s.MaxBytes)
		}
		if got, _ := g.look(ann, field("region9")); got == "" {
			t.Error("the newest value made room for an older one")
		}
		g.fill(bob, make([]byte, 1<<20), field("dorset"))
		g.want(bob, field("dorset"), "")
		if g.seen.count("fill memory too_large") == 0 {
			t.Errorf("told: %v", g.seen.told)
		}
	})
}

func TestWhatIsOverIsSweptOut(t *testing.T) {
	g := open(t, nil)
	early, late := field("dorset"), field("yorkshire")
	g.fill(ann, make([]byte, 1000), early)
	one := g.State().Bytes
	g.pass(30 * time.Minute)
	g.fill(ann, make([]byte, 1000), late)
	g.pass(31 * time.Minute)
	if two := g.State().Bytes; two < one+1000 {
		t.Fatalf("%d bytes are kept of two values, %d of one", two, one)
	}
	g.look(ann, early)
	if left := g.State().Bytes; left > one+100 {
		t.Errorf("after a read %d bytes are kept of one value", left)
	}
	g.pass(time.Hour)
	g.fill(bob, nil, early) // upkeep
	if s := g.State(); s.Patients != 1 {
		t.Errorf("%d patients are kept, of one of whom all is over", s.Patients)
	}
}

// What is kept pins nothing of what it was read from.
func TestWhatIsKeptIsACopy(t *testing.T) {
	g := open(t, nil)
	answer := []byte("penicillin and much more")
	f := field("dorset")
	_, r := g.look(ann, f)
	g.Fill(r, []cache.Kept{{Field: f, Value: &text{answer[:10]}, Retrieved: noon, For: time.Hour}})
	clear(answer)
	g.want(ann, f, "penicillin")
}

// broken cannot be made again.
type broken struct{ err error }

func (b broken) AppendBinary(out []byte) ([]byte, error) { return append(out, '!'), b.err }
func (b broken) Footprint() int                          { return 0 }

func TestAValueThatCannotBeMadeAgainIsNotKept(t *testing.T) {
	for name, value := range map[string]cache.Value{"encoding": broken{errNoText}, "decoding": broken{}} {
		t.Run(name, func(t *testing.T) {
			g := open(t, nil)
			f, other := field("dorset"), field("yorkshire")
			_, r := g.look(ann, f)
			g.Fill(r, []cache.Kept{
				{Field: f, Value: value, Retrieved: noon, For: time.Hour},
				{Field: other, Value: &text{[]byte("latex")}, Retrieved: noon, For: time.Hour},
			})
			g.want(ann, f, "")
			g.want(ann, other, "latex")
			if g.seen.count("fill memory malformed") != 1 || g.seen.count("fill memory kept") != 1 {
				t.Errorf("told: %v", g.seen.told)
			}
		})
	}
}
