package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// ids carries a trace from call to call by its ids alone (W3C traceparent). The
// texts that may go with them, tracestate and baggage, come from outside and could
// hold anything: they are neither taken nor passed on.
type ids struct{}

var _ propagation.TextMapPropagator = ids{}

// Inject writes the ids.
func (ids) Inject(ctx context.Context, carrier propagation.TextMapCarrier) {
	propagation.TraceContext{}.Inject(bare(ctx, trace.SpanContextFromContext(ctx)), carrier)
}

// Extract reads the ids.
func (ids) Extract(ctx context.Context, carrier propagation.TextMapCarrier) context.Context {
	remote := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(context.Background(), carrier))
	if !remote.IsValid() {
		return ctx
	}
	return trace.ContextWithRemoteSpanContext(ctx, remote.WithTraceState(trace.TraceState{}))
}

// Fields are the headers that are read and written.
func (ids) Fields() []string { return []string{"traceparent"} }

func bare(ctx context.Context, span trace.SpanContext) context.Context {
	return trace.ContextWithSpanContext(ctx, span.WithTraceState(trace.TraceState{}))
}
