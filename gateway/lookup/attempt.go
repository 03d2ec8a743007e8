package lookup

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// attempts watches the calls that a lookup makes to one region, one after the
// other: each becomes one observation and one span, when it ends or when the lookup
// stops waiting for it, whichever is first. Neither carries anything of the patient.
type attempts struct {
	lookup *Lookup
	region string
	trace  trace.SpanContext // of the call that began them
	joined atomic.Int32

	mu        sync.Mutex
	current   *attempt
	abandoned bool
}

// attempt is one call in flight.
type attempt struct {
	method Method
	began  time.Time
	span   trace.Span
}

// start begins a call. The context carries its span.
func (a *attempts) start(ctx context.Context, method Method) context.Context {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.abandoned {
		return ctx
	}
	ctx, span := a.lookup.opts.Tracer.Start(ctx, "region "+string(method), trace.WithSpanKind(trace.SpanKindClient))
	if span.IsRecording() {
		span.SetAttributes(attribute.String("lhcr.region", a.region), attribute.String("lhcr.method", string(method)))
	}
	a.current = &attempt{method: method, began: a.lookup.opts.Now(), span: span}
	return ctx
}

// join counts another lookup that waits for what these calls give, and links its
// trace to theirs.
func (a *attempts) join(ctx context.Context) {
	a.joined.Add(1)
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.AddLink(trace.Link{SpanContext: a.trace})
	}
}

// end closes the call that was begun.
func (a *attempts) end(err error) {
	a.close(Observation{Code: status.Code(err), Refused: refusalOf(err)}, false)
}

// answered closes a Fetch by what it gave.
func (a *attempts) answered(code codes.Code, outcomes map[lhcrv1.OutcomeStatus]int) {
	a.close(Observation{Code: code, Outcomes: outcomes}, false)
}

// abandon closes the call in flight because nobody waits for it any more. What
// becomes of it later is not heard of.
func (a *attempts) abandon(cause error) {
	a.close(Observation{Code: status.FromContextError(cause).Code()}, true)
}

func (a *attempts) close(o Observation, last bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.abandoned = a.abandoned || last
	call := a.current
	if a.current = nil; call == nil {
		return
	}
	if call.span.IsRecording() {
		call.span.SetAttributes(attribute.String("rpc.grpc.status_code", o.Code.String()))
	}
	if o.Code != codes.OK {
		call.span.SetStatus(otelcodes.Error, "")
	}
	call.span.End()
	o.RegionID, o.Method, o.Joined = a.region, call.method, int(a.joined.Load())
	o.Duration = a.lookup.opts.Now().Sub(call.began)
	a.lookup.opts.Observe(o)
}
