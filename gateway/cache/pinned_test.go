package cache_test

import (
	"runtime"
	"slices"
	"testing"
	"weak"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// Values may come from a store in one piece of memory. What this process keeps of them
// must not hold all of it for as long as one value stays.
func TestAValueThatIsKeptPinsNoOther(t *testing.T) {
	store, keys := newStore(), newRing(t)
	shared := func(o *cache.Options) { o.Shared, o.Keys = unclosed{store}, keys }
	one, two := open(t, shared), open(t, shared)
	one.fetch(ann, field("dorset"), "penicillin")
	one.fetch(ann, field("yorkshire"), "latex")
	var came weak.Pointer[byte]
	store.set(func() {
		store.lie = func(_ cache.PatientKey, e cache.Epoch, values [][]byte) (cache.Epoch, [][]byte) {
			all := slices.Concat(append(values, make([]byte, 1<<20))...)
			came = weak.Make(&all[0])
			for i, v := range values {
				values[i], all = all[:len(v):len(v)], all[len(v):]
			}
			return e, values
		}
	})
	r := two.Read(t.Context(), ann, []cache.Field{field("dorset"), field("yorkshire")})
	runtime.GC()
	if came.Value() != nil {
		t.Error("the memory in which the values came is still held")
	}
	for i := range 2 {
		if r.Layer(i) != cache.LayerShared {
			t.Errorf("value %d came from %q", i, r.Layer(i))
		}
	}
	runtime.KeepAlive(two)
}
