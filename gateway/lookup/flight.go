package lookup

import (
	"context"
	"slices"
	"sync"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/status"
)

// DefaultMaxFlights is how many questions may run on without the calls that began
// them, unless something else is said.
const DefaultMaxFlights = 1024

// flight is one question on its way to a region: located, fetched, checked, encoded
// and kept once, for every call that asks the same meanwhile. Its parts never change,
// so all of them share them.
//
// A flight whose answer may be kept is detached from the call that began it: it runs
// to its end, which the region's time bounds, though every call leaves, so that who
// asks again is served from the cache. Any other ends with its call.
type flight struct {
	*plan
	lookup   *Lookup
	region   *region
	views    views
	reading  *cache.Reading // under whose epoch the answer is kept; nil when it is not
	located  *part.Location // as it was kept; nil when it must be located
	wanted   []lhcrv1.Section
	attempts attempts
	detached bool
	parts    []*part.Part // aligned with wanted; written once, before anybody hears of the landing

	// Guarded by flights.
	key    flightKey // zero when nobody may join
	landed bool
	aboard []passenger
	cancel context.CancelFunc
}

// flightKey is what questions have in common that are the same question. Equal
// epochs say that no purge came between them.
type flightKey struct {
	region   *region
	patient  string
	born     string
	view     cache.View
	sections string
	epoch    [16]byte
}

// passenger is a call that waits for a flight: where it is told, and as what.
type passenger struct {
	landed chan<- int
	index  int
}

// flights are the flights of a Lookup. What golang.org/x/sync/singleflight offers does
// not fit: there a panic of the work ends the process, nobody can leave, and nothing
// can be ended or waited for.
type flights struct {
	mu     sync.Mutex
	open   map[flightKey]*flight // those that may be joined
	all    map[*flight]struct{}  // those whose goroutine still runs
	free   int                   // how many of them are detached
	closed bool
	idle   chan struct{} // closed once nothing runs after the end
}

func newFlights() flights {
	return flights{open: map[flightKey]*flight{}, all: map[*flight]struct{}{}, idle: make(chan struct{})}
}

// board finds the flight that asks the same, or begins one.
func (fs *flights) board(c *call, q *question, index int) *flight {
	me := passenger{c.landed, index}
	fs.mu.Lock()
	key, kept := c.flightKey(q)
	if f := fs.open[key]; f != nil && key != (flightKey{}) {
		f.aboard = append(f.aboard, me)
		f.attempts.join(c.ctx)
		fs.mu.Unlock()
		return f
	}
	f := c.newFlight(q)
	f.aboard = append(f.aboard, me)
	if f.detached = kept && !fs.closed && fs.free < c.lookup.opts.MaxFlights; f.detached {
		fs.free++
		if f.key = key; key != (flightKey{}) {
			fs.open[key] = f
		}
	}
	ctx := f.departs(c)
	fs.all[f] = struct{}{}
	fs.mu.Unlock()
	f.run(ctx)
	return f
}

// flightKey is the key of a question, zero when nobody may join it, and whether its
// answer may be kept.
func (c *call) flightKey(q *question) (key flightKey, kept bool) {
	if !q.keeps {
		return flightKey{}, false
	}
	epoch, ok := c.reading.Epoch()
	if !ok || pastCache(c.request.GetFreshness()) {
		return flightKey{}, ok
	}
	sections := make([]byte, len(q.missing))
	for i, n := range q.missing {
		sections[i] = byte(q.sections[n])
	}
	return flightKey{
		region: q.region, patient: c.asked.Number(), born: c.request.GetPatient().GetDateOfBirth(),
		view: q.views.record, sections: string(sections), epoch: epoch,
	}, true
}

func (c *call) newFlight(q *question) *flight {
	f := &flight{plan: c.plan, lookup: c.lookup, region: q.region, views: q.views, located: q.located}
	f.attempts.lookup, f.attempts.region = c.lookup, q.region.id
	if q.keeps {
		f.reading = c.reading
	}
	for _, n := range q.missing {
		f.wanted = append(f.wanted, q.sections[n])
	}
	return f
}

// departs is the context of a flight: that of its call or, detached, one that ends
// with the Lookup only. It carries the trace of the call that began it.
func (f *flight) departs(c *call) context.Context {
	ctx := c.bounded
	if f.detached {
		ctx = context.WithoutCancel(c.ctx)
	}
	ctx, f.cancel = context.WithCancel(ctx)
	f.attempts.trace = trace.SpanContextFromContext(ctx)
	return ctx
}

// run asks in a goroutine of its own. When the region's time or the context ends
// first, the region counts as late there and then, whether its adapter minds its
// context or not; what it may still say reaches nobody who waited.
func (f *flight) run(ctx context.Context) {
	wait, told := regionTime(ctx, f.region)
	waiting, stopWaiting := context.WithTimeout(ctx, wait)
	late := make(chan struct{})
	inTime := context.AfterFunc(waiting, func() {
		defer close(late)
		f.attempts.abandon(waiting.Err())
		f.lookup.flights.land(f, f.withoutAnswer(status.FromContextError(waiting.Err()).Err()))
	})
	go func() {
		defer f.lookup.flights.gone(f)
		defer stopWaiting()
		telling, cancel := context.WithTimeout(waiting, told)
		defer cancel()
		parts := f.guarded(telling)
		if !inTime() {
			<-late
			return
		}
		f.lookup.flights.land(f, parts)
	}()
}

// land tells everybody aboard, and lets nobody join any more.
func (fs *flights) land(f *flight, parts []*part.Part) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.parts, f.landed = parts, true
	if fs.open[f.key] == f {
		delete(fs.open, f.key)
	}
	for _, p := range f.aboard {
		p.landed <- p.index // has room for it
	}
	f.aboard = nil
}

// leave takes a call off a flight. False when the flight has landed.
func (fs *flights) leave(f *flight, landed chan<- int) bool {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.aboard = slices.DeleteFunc(f.aboard, func(p passenger) bool { return p.landed == landed })
	return !f.landed
}

// gone says that nothing of a flight runs any more.
func (fs *flights) gone(f *flight) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f.cancel()
	delete(fs.all, f)
	if f.detached {
		fs.free--
	}
	fs.settle()
}

// settle says that nothing runs after the end, once.
func (fs *flights) settle() {
	if !fs.closed || len(fs.all) > 0 {
		return
	}
	select {
	case <-fs.idle:
	default:
		close(fs.idle)
	}
}

// Close ends all questions that are under way and waits until nothing of them runs,
// or until the context ends: its error then says that an adapter does not mind that
// it was told to stop. The questions of a call that comes later end with it.
func (l *Lookup) Close(ctx context.Context) error {
	select {
	case <-l.flights.close():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (fs *flights) close() <-chan struct{} {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.closed = true
	clear(fs.open) // nobody joins what is being ended
	for f := range fs.all {
		f.cancel()
	}
	fs.settle()
	return fs.idle
}
