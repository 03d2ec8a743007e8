package lookup

import (
	"context"
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
}

// Lookup reads records. It is safe for concurrent use.
type Lookup struct {
	regions map[string]*region
	opts    Options
}

// New makes a Lookup over the regions of a deployment.
func New(regions []*adapters.Region, opts Options) *Lookup {
	fetchers := make([]fetcher, 0, len(regions))
	for _, r := range regions {
		fetchers = append(fetchers, r)
	}
	return newLookup(fetchers, opts)
}

func newLookup(fetchers []fetcher, opts Options) *Lookup {
	l := &Lookup{regions: make(map[string]*region, len(fetchers)), opts: opts.withDefaults()}
	for _, f := range fetchers {
		l.regions[f.ID()] = l.newRegion(f)
	}
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
	if o.CallTimeout <= 0 {
		o.CallTimeout = DefaultCallTimeout
	}
	if o.RegionTimeout <= 0 {
		o.RegionTimeout = DefaultRegionTimeout
	}
	return o
}

// fetcher is one regional system as a lookup asks it. What stands around a region's
// calls (retries, a breaker, one flight for the same question) is a fetcher around
// a fetcher.
type fetcher interface {
	ID() string
	Describe() *adapterv1.DescribeResponse
	CanLocate() bool
	Supports(lhcrv1.Section) (bool, string)
	Locate(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error)
	Fetch(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
	FetchDocument(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error)
}

var _ fetcher = (*adapters.Region)(nil)
