package lookup

import (
	"context"
	"sync"
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

// end closes the call that was begun.
func (a *attempts) end(err error) { a.close(status.Code(err), nil, false) }

// answered closes a Fetch by what it gave.
func (a *attempts) answered(code codes.Code, outcomes map[lhcrv1.OutcomeStatus]int) {
	a.close(code, outcomes, false)
}

// abandon closes the call in flight because nobody waits for it any more. What
// becomes of it later is not heard of.
func (a *attempts) abandon(cause error) {
	a.close(status.FromContextError(cause).Code(), nil, true)
}

func (a *attempts) close(code codes.Code, outcomes map[lhcrv1.OutcomeStatus]int, last bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.abandoned = a.abandoned || last
	call := a.current
	if a.current = nil; call == nil {
		return
	}
	if call.span.IsRecording() {
		call.span.SetAttributes(attribute.String("rpc.grpc.status_code", code.String()))
	}
	if code != codes.OK {
		call.span.SetStatus(otelcodes.Error, "")
	}
	call.span.End()
	a.lookup.opts.Observe(Observation{
		RegionID: a.region, Method: call.method, Code: code, Outcomes: outcomes, Duration: a.lookup.opts.Now().Sub(call.began),
	})
}
