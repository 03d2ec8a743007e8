package lookup

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// The times that are used where nothing else is said.
const (
	// DefaultCallTimeout bounds a call whose caller set no deadline.
	DefaultCallTimeout = 10 * time.Second
	// DefaultRegionTimeout bounds a region whose definition says nothing.
	DefaultRegionTimeout = 8 * time.Second
)

// Directory says which regions a call is about. It must be safe for concurrent use.
type Directory interface {
	// Expand replaces names that stand for several regions by those regions. The
	// error says that a name is of no region.
	Expand(ids []string) ([]string, error)
	// RegionsOf are the regions of the caller's own organisation and those that its
	// supplier has declared. Empty when none is known.
	RegionsOf(caller *adapterv1.Caller) []string
	// All are all regions.
	All() []string
}

// Options are what a Lookup works with.
type Options struct {
	// Directory says which regions a call is about. Required.
	Directory Directory
	// Now is the clock for what is written into answers and observations: time.Now
	// when nil. Deadlines are kept by the contexts' own clock.
	Now func() time.Time
	// Observe hears of every call to a region. It is called from several goroutines
	// and must return at once. Nil hears nothing.
	Observe func(Observation)
	// Tracer makes a span of every call to a region. Nil makes none.
	Tracer trace.Tracer
	// CallTimeout bounds a call whose caller set no deadline: DefaultCallTimeout when zero.
	CallTimeout time.Duration
	// RegionTimeout bounds a region whose definition says nothing: DefaultRegionTimeout when zero.
	RegionTimeout time.Duration
	// Cache keeps what regions gave. Nil keeps nothing, and then no two calls share a question.
	Cache Cache
	// Keep says how long.
	Keep Keep
	// Cached hears, once for each lookup and each region of which the cache was read,
	// how many of its sections were served from there, and how many not. It must
	// return at once. Nil hears nothing.
	Cached func(region string, hits, misses int)
	// MaxFlights is how many questions may run on without the calls that began them:
	// DefaultMaxFlights when zero. Above it a question ends with its call.
	MaxFlights int
}

// Lookup reads records. It is safe for concurrent use.
type Lookup struct {
	opts     Options
	deployed atomic.Pointer[deployed]
	flights  flights
}

// New makes a Lookup over the regions of a deployment. Close ends it.
func New(regions []Fetcher, opts Options) *Lookup {
	l := &Lookup{opts: opts.withDefaults(), flights: newFlights()}
	l.Replace(Deployment{
		Regions: regions, Directory: opts.Directory, Keep: opts.Keep, CallTimeout: opts.CallTimeout, RegionTimeout: opts.RegionTimeout,
	})
	return l
}

func (o Options) withDefaults() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Observe == nil {
		o.Observe = func(Observation) {}
	}
	if o.Tracer == nil {
		o.Tracer = noop.NewTracerProvider().Tracer("")
	}
	if o.Cached == nil {
		o.Cached = func(string, int, int) {}
	}
	if o.MaxFlights <= 0 {
		o.MaxFlights = DefaultMaxFlights
	}
	return o
}

// Fetcher is one regional system as a lookup asks it: an [adapters.Region], or
// what stands around its calls (retries, a breaker, a limit), which is a Fetcher
// around a Fetcher. It must be safe for concurrent use, and each answer must be one
// that nobody else holds: the lookup writes into it.
type Fetcher interface {
	ID() string
	Describe() *adapterv1.DescribeResponse
	CanLocate() bool
	Supports(lhcrv1.Section) (bool, string)
	Locate(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error)
	Fetch(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
	FetchDocument(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error)
}

var _ Fetcher = (*adapters.Region)(nil)
