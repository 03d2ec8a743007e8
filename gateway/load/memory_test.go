package load_test

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/load"
)

func TestNearItsMemoryTheGateIsShut(t *testing.T) {
	now := time.Unix(0, 0)
	var usage load.Usage
	reads := 0
	g := load.New(load.Limits{Calls: 10, Memory: 1000}, load.Options{
		Now: func() time.Time { return now }, Memory: func() load.Usage { reads++; return usage },
	})
	steps := []struct {
		total, live int64
		shut        bool
	}{
		{0, 0, false},
		{840, 840, false}, // not near yet
		{900, 500, false}, // most of it is garbage, which goes
		{850, 750, true},
		{849, 749, true}, // a little below is not enough
		{990, 651, true},
		{990, 640, false},
		{900, 800, true},
		{799, 800, false},
	}
	for i, step := range steps {
		now = now.Add(time.Second)
		usage = load.Usage{Total: step.total, Live: step.live}
		if step.shut {
			wantRefused(t, g, "a", load.CauseMemory)
		} else {
			enter(t, g, "a").Leave()
		}
		if s := g.State(); s.Full != step.shut || s.MemoryUsed != step.total || s.MemoryLimit != 1000 {
			t.Errorf("step %d: the state is %+v", i, s)
		}
	}
	if reads != len(steps) {
		t.Errorf("it was read %d times in %d steps: more often than it can change", reads, len(steps))
	}
}

func TestWithoutABoundMemoryShutsNothing(t *testing.T) {
	g := load.New(load.Limits{Calls: 10}, load.Options{Memory: func() load.Usage { return load.Usage{Total: math.MaxInt64, Live: math.MaxInt64} }})
	enter(t, g, "a").Leave()
	if s := g.State(); s.Full || s.MemoryUsed == 0 {
		t.Errorf("the state is %+v", s)
	}
}

// What the runtime says follows what is held, and what is garbage is not live.
func TestTheRuntimeSaysWhatIsHeld(t *testing.T) {
	now := time.Unix(0, 0)
	g := load.New(load.Limits{Memory: 1 << 40}, load.Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	debug.FreeOSMemory() // and so collects
	before := g.State().MemoryUsed
	held := make([]byte, 64<<20)
	for i := range held {
		held[i] = 1
	}
	if after := g.State().MemoryUsed; after < before+32<<20 {
		t.Errorf("with 64 MiB more, %d became %d", before, after)
	}
	tight := load.New(load.Limits{Memory: 80 << 20}, load.Options{Now: func() time.Time { now = now.Add(time.Second); return now }})
	runtime.GC()
	wantRefused(t, tight, "a", load.CauseMemory)
	runtime.KeepAlive(held)
	held = nil
	runtime.GC()
	enter(t, tight, "a").Leave()
}

func TestTheRuntimesOwnLimit(t *testing.T) {
	if got := load.RuntimeLimit(0); got != math.MaxInt64 {
		t.Errorf("without a bound it is %d", got)
	}
	if got := load.RuntimeLimit(1000); got != 900 {
		t.Errorf("for 1000 it is %d", got)
	}
}

func TestGarbageMayBeMoreWhereMemoryIsBound(t *testing.T) {
	if got := load.GCPercent(0); got != 100 {
		t.Errorf("without a bound it is %d", got)
	}
	if got := load.GCPercent(1 << 30); got != 400 {
		t.Errorf("with one it is %d", got)
	}
}
