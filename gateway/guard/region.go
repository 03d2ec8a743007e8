// Package guard stands between a lookup and a regional system: it keeps a region's
// trouble from becoming the gateway's, and the gateway's load from becoming the
// region's trouble.
//
// A [Region] is a [lookup.Fetcher] around a [lookup.Fetcher]. A call passes, from
// the outside in: a deadline, which bounds all that follows; a circuit breaker, which
// leaves alone a region that fails; retries, of reads only; and a limit on the calls
// side by side, with a bounded queue before it. What a guard refuses is an
// error that says so (see [RefusalOf]): it never blames the region.
//
// What is passed through here are reads. A contribution must never be: a write that
// seemed to fail may have been done.
//
// Time is that of the runtime, as contexts and timers have it.
package guard

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Options are what the guards of a region work with.
type Options struct {
	// Observer hears what the guards do. Nil hears nothing.
	Observer Observer
	// Log is told when the region is left alone and when it is asked again. Nil is told nothing.
	Log *slog.Logger
	// Random gives numbers from 0 up to 1, by which the waits before retries vary.
	// It must be safe for concurrent use. The runtime's own when nil.
	Random func() float64
}

// Region is one regional system with guards around it. It is safe for concurrent use.
type Region struct {
	inner lookup.Fetcher
	time  time.Duration
	*guards
}

var _ lookup.Fetcher = (*Region)(nil)

// guards are what a region remembers between calls.
type guards struct {
	policy   Policy
	observer Observer
	retries  *retries
	breaker  *breaker
	limit    *limit
}

// New puts guards around a region. The error says what is wrong with the policy.
func New(inner lookup.Fetcher, policy Policy, opts Options) (*Region, error) {
	if err := policy.Validate(); err != nil {
		return nil, err
	}
	if opts.Observer == nil {
		opts.Observer = deaf{}
	}
	if opts.Random == nil {
		opts.Random = rand.Float64
	}
	g := &guards{
		policy:   policy,
		observer: opts.Observer,
		retries:  newRetries(policy, opts.Random),
		breaker:  newBreaker(policy.Breaker, changes{regionID: inner.ID(), observer: opts.Observer, log: opts.Log}),
		limit:    newLimit(policy.Concurrency, policy.Queue),
	}
	return g.around(inner), nil
}

// Around puts the same guards around the region as it is made anew, with other
// credentials for instance: what the breaker knows is kept, and calls under way to
// the one count for the other, unless the one has lost some. The inner region must be of the same id.
func (r *Region) Around(inner lookup.Fetcher) *Region {
	g := *r.guards
	g.limit = r.limit.anew(r.policy)
	return g.around(inner)
}

func (g *guards) around(inner lookup.Fetcher) *Region {
	return &Region{inner: inner, time: timeOf(inner, g.policy.Timeout), guards: g}
}

// Policy is what the guards keep to.
func (r *Region) Policy() Policy { return r.policy }

// ID is the region's id.
func (r *Region) ID() string { return r.inner.ID() }

// Describe is what the adapter said of its region. Callers must not change it.
func (r *Region) Describe() *adapterv1.DescribeResponse { return r.inner.Describe() }

// CanLocate says whether Locate is worth calling.
func (r *Region) CanLocate() bool { return r.inner.CanLocate() }

// Supports says whether the region gives a section and, if not, why.
func (r *Region) Supports(section lhcrv1.Section) (bool, string) { return r.inner.Supports(section) }

// Locate asks the region whether it holds a patient. An answer that says nothing, which
// an adapter can give without its region, is the error UNIMPLEMENTED: to whoever asks it
// means the same, and whoever judges the region by its calls does not take it for one.
func (r *Region) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	res, err := marked(through(ctx, r, question[*adapterv1.LocateRequest, *adapterv1.LocateResponse]{
		method: lookup.MethodLocate, request: req, ask: r.inner.Locate, read: located,
	}))
	if err == nil && isUnsaid(res) {
		return nil, errUnsaid
	}
	return res, err
}

// Fetch asks the region for sections of a patient's record. An answer in which every
// section is UNAVAILABLE is asked for again as an error would be, and delivered as it
// came when that does not help.
func (r *Region) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return marked(through(ctx, r, question[*adapterv1.FetchRequest, *adapterv1.FetchResponse]{
		method: lookup.MethodFetch, request: req, ask: r.inner.Fetch, read: readOutcomes,
	}))
}

// FetchDocument asks the region for one content of one document.
func (r *Region) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return marked(through(ctx, r, question[*adapterv1.FetchDocumentRequest, *adapterv1.FetchDocumentResponse]{
		method: lookup.MethodFetchDocument, request: req, ask: r.inner.FetchDocument, read: delivered,
	}))
}
