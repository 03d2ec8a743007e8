package telemetry

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/stats"
)

// TracingOptions say where traces go.
type TracingOptions struct {
	// Endpoint is the collector, host:port, by OTLP over gRPC. Empty for no tracing.
	Endpoint string
	// CAFile is the file of the authorities that the collector's certificate is
	// checked against, PEM. Empty for the system's own.
	CAFile string
	// PlainText reaches the collector without TLS.
	PlainText bool
	// Version is the version of the software.
	Version string
	// Exporter replaces the collector, for tests. Nil for the collector.
	Exporter sdktrace.SpanExporter
}

// Tracing is how calls are traced: not at all without a collector.
type Tracing struct {
	on       bool
	provider trace.TracerProvider
	shutdown func(context.Context) error
}

// NewTracing makes tracing. It does not wait for the collector to be there.
func NewTracing(ctx context.Context, options TracingOptions) (*Tracing, error) {
	if options.Endpoint == "" && options.Exporter == nil {
		return &Tracing{provider: tracenoop.NewTracerProvider(), shutdown: func(context.Context) error { return nil }}, nil
	}
	exporter, err := exporterOf(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter),
		// Our own attributes only: the default resource would add the machine's and what the environment says.
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "openlhcr"), attribute.String("service.version", options.Version))),
	)
	return &Tracing{on: true, provider: provider, shutdown: provider.Shutdown}, nil
}

func exporterOf(ctx context.Context, options TracingOptions) (sdktrace.SpanExporter, error) {
	if options.Exporter != nil {
		return options.Exporter, nil
	}
	transport, err := transportOf(options)
	if err != nil {
		return nil, err
	}
	return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(options.Endpoint), transport)
}

func transportOf(options TracingOptions) (otlptracegrpc.Option, error) {
	if options.PlainText {
		return otlptracegrpc.WithInsecure(), nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if options.CAFile != "" {
		pem, err := os.ReadFile(options.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, errors.New("the file of the collector's authorities holds no certificate")
		}
	}
	return otlptracegrpc.WithTLSCredentials(credentials.NewTLS(config)), nil
}

// Provider makes tracers.
func (t *Tracing) Provider() trace.TracerProvider { return t.provider }

// Shutdown sends what is left and ends tracing.
func (t *Tracing) Shutdown(ctx context.Context) error { return t.shutdown(ctx) }

// ServerHandler traces the calls of a gRPC server whose method isKnown. A span holds
// the method, the code and the address of the listener: never a header, a message,
// or the name of a method that a caller made up. Of the caller's own trace only the
// ids are taken, not the texts that go with it. Nil where nothing is traced.
func (t *Tracing) ServerHandler(isKnown func(method string) bool) stats.Handler {
	if !t.on {
		return nil
	}
	return otelgrpc.NewServerHandler(
		otelgrpc.WithTracerProvider(t.provider),
		otelgrpc.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelgrpc.WithPropagators(ids{}),
		otelgrpc.WithFilter(func(info *stats.RPCTagInfo) bool { return isKnown(info.FullMethodName) }),
	)
}
