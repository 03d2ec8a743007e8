package cache_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// Nothing that leaves the cache tells a patient, or what was recorded of one.
func TestNothingTellsAPatient(t *testing.T) {
	store := newStore()
	g := open(t, func(o *cache.Options) { o.Shared = store })
	f := field("dorset")
	var out strings.Builder
	for _, err := range []error{nil, cache.ErrUnreachable, nil} {
		store.set(func() { store.fault = func(string) error { return err } })
		for range 3 {
			found, r := g.look(ann, f)
			g.keep(r, f, "penicillin "+ann)
			layers, purgeErr := g.Purge(t.Context(), ann)
			fmt.Fprintf(&out, "%v %+v %v %v", found == "", g.State(), layers, purgeErr)
			g.fetch(ann, f, "penicillin "+ann)
		}
	}
	for what := range g.seen.told {
		out.WriteString(what)
	}
	for patient, cells := range store.cells {
		out.Write(patient[:])
		for name, value := range cells {
			out.Write(name[:])
			out.Write(value)
		}
	}
	if len(store.cells) == 0 || out.Len() < 500 {
		t.Fatal("there is nothing to look through")
	}
	for _, canary := range []string{ann, "9990", "000018", "penicillin", "dorset"} {
		if strings.Contains(out.String(), canary) {
			t.Errorf("%q gets out", canary)
		}
	}
}
