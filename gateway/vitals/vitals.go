// Package vitals tries regions that nobody asks, so that it is known how they fare
// before a patient's record is wanted.
//
// A region whose calls are answered shows by them that it lives, and is not tried. One
// that is down is tried less and less often, and never more often than one that is
// well; one that is left alone by its guards is not tried at all. A try touches no
// patient's data and counts neither for nor against its region: see package guard.
//
// Time is that of the runtime, as timers have it.
package vitals

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/guard"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Region is a region with its guards.
type Region interface {
	adapters.Checker
	// ID is the region's id.
	ID() string
	// State is how its guards stand.
	State() guard.State
}

var _ Region = (*guard.Region)(nil)

// Finding is what came of trying a region.
type Finding struct {
	// RegionID is the region.
	RegionID string
	// Status is what it says of the region: UNSPECIFIED where it says nothing.
	Status lhcrv1.HealthStatus
	// Steps are what was found step by step, free of identifiers and addresses.
	Steps []*lhcrv1.HealthStep
}

// Options are what a Watch works with.
type Options struct {
	// Found is told what came of each try, by several goroutines. Required. It must
	// return at once, and must not call the Watch.
	Found func(Finding)
	// Random gives numbers from 0 up to 1, by which the waits vary. It must be safe for
	// concurrent use. The runtime's own when nil.
	Random func() float64
}

// Watch watches over regions. It is safe for concurrent use.
type Watch struct {
	opts Options

	mu      sync.Mutex
	every   time.Duration
	regions map[string]*watched
	running context.Context // nil unless it runs
}

// New makes a watch over no region.
func New(opts Options) *Watch {
	if opts.Random == nil {
		opts.Random = rand.Float64
	}
	return &Watch{opts: opts, regions: map[string]*watched{}}
}

// Set says which regions are watched from now on, and how often each is tried; 0 tries
// none. One that was watched already goes on as it was. Once it returns, nothing is
// found any more of those that are watched no longer.
func (w *Watch) Set(regions []Region, every time.Duration) {
	for _, gone := range w.replace(regions, every) {
		gone.end()
	}
}

func (w *Watch) replace(regions []Region, every time.Duration) (gone []*watched) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := w.regions
	w.regions = map[string]*watched{}
	for _, r := range regions {
		if old := before[r.ID()]; every > 0 && old != nil && old.region == r && w.every == every {
			w.regions[r.ID()] = old
			delete(before, r.ID())
		} else if every > 0 {
			w.regions[r.ID()] = w.watch(r, every)
		}
	}
	w.every = every
	for _, old := range before {
		gone = append(gone, old)
	}
	return gone
}

func (w *Watch) watch(r Region, every time.Duration) *watched {
	one := newWatched(r, every, w.opts)
	if w.running != nil {
		one.begin(w.running)
	}
	return one
}

// Answered says that a patient's call was answered by a region: it lives.
func (w *Watch) Answered(regionID string) {
	w.mu.Lock()
	one := w.regions[regionID]
	w.mu.Unlock()
	if one != nil {
		now := time.Now()
		one.answered.Store(&now)
	}
}

// Run tries the regions until the context is done. A try that hangs is not waited for.
func (w *Watch) Run(ctx context.Context) {
	w.start(ctx)
	<-ctx.Done()
	for _, one := range w.stop() {
		one.end()
	}
}

func (w *Watch) start(ctx context.Context) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = ctx
	for _, one := range w.regions {
		one.begin(ctx)
	}
}

func (w *Watch) stop() []*watched {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.running = nil
	var all []*watched
	for _, one := range w.regions {
		all = append(all, one)
	}
	return all
}
