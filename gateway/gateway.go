// Package gateway is the server: it puts the rooms together and runs them.
//
//	supplier ──gRPC──▶ edge ──▶ services ──▶ lookup ──▶ adapter of each region
//	         ──REST──▶ rest ──gRPC in memory──▶ edge …
//
// It never names a concrete adapter: the binary brings them in a registry.
package gateway

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/rest"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"google.golang.org/grpc"
)

// Options are what a gateway is made of. Config and Registry are required.
type Options struct {
	// Config is what the deployment decides.
	Config *config.Config
	// Registry is the regions that the binary was built with.
	Registry *adapters.Registry
	// Logger takes the log and the lines of the audit. Nil for one as configured, to standard error.
	Logger *slog.Logger
	// Now is the clock. Nil for the wall clock.
	Now func() time.Time
	// Random is the source of chance, safe for concurrent use. Nil for the system's.
	Random io.Reader
	// Version is the version of the software.
	Version string
	// TraceExporter takes the traces in the place of the configured collector. Nil for the collector.
	TraceExporter sdktrace.SpanExporter
}

// Server is a gateway. It runs once.
type Server struct {
	opts       Options
	security   *tls.Config
	deployment *deployment
	directory  *directory.Directory
	metrics    *telemetry.Metrics
	tracing    *telemetry.Tracing
	lookup     *lookup.Lookup
	watch      *watch
	audit      audit.Log
	edge       *edge.Edge
	grpc       *grpc.Server
	memory     *memory
	rest       *rest.Handler
	probes     *probes

	running   atomic.Bool
	serving   atomic.Bool
	ready     chan struct{}
	listeners listeners
}

// New makes a gateway of a configuration that is whole and whose files can be read,
// and of a registry. The error says what is missing or wrong, key first. Nothing
// listens yet, and nothing was asked of a region.
func New(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, memory: newMemory(), ready: make(chan struct{})}
	for _, step := range []func() error{s.readSecurity, s.deployRegions, s.observeItself, s.buildLookup, s.buildEdge, s.buildGRPC, s.buildREST} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (o Options) withDefaults() (Options, error) {
	if o.Config == nil || o.Registry == nil {
		return o, errors.New("a gateway needs a configuration and a registry of regions")
	}
	if err := errors.Join(o.Config.Validate(), o.Config.CheckFiles()); err != nil {
		return o, fmt.Errorf("configuration: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Logger == nil {
		log := o.Config.Telemetry.Log
		logger, err := telemetry.NewLogger(os.Stderr, telemetry.LogOptions{Level: log.Level, Format: log.Format})
		if err != nil {
			return o, fmt.Errorf("telemetry.log: %w", err)
		}
		o.Logger = logger
	}
	return o, nil
}

func (s *Server) readSecurity() (err error) {
	s.security, err = serverTLS(s.opts.Config)
	return err
}

func (s *Server) deployRegions() (err error) {
	if s.deployment, err = deploy(s.opts); err != nil {
		return err
	}
	s.directory, err = directory.New(directory.Options{
		Entries:       s.deployment.entries,
		Organisations: s.opts.Config.Organisations,
		Suppliers:     s.opts.Config.Suppliers,
	})
	return err
}

func (s *Server) observeItself() (err error) {
	s.metrics = telemetry.NewMetrics(s.opts.Version)
	otlp := s.opts.Config.Telemetry.OTLP
	s.tracing, err = telemetry.NewTracing(context.Background(), telemetry.TracingOptions{
		Endpoint: otlp.Endpoint, CAFile: otlp.CAFile, PlainText: otlp.PlainText,
		Version: s.opts.Version, Exporter: s.opts.TraceExporter,
	})
	return err
}

func (s *Server) buildLookup() error {
	s.watch = &watch{metrics: s.metrics}
	s.lookup = lookup.New(s.deployment.regions, lookup.Options{
		Directory:     s.directory,
		Now:           s.opts.Now,
		Observe:       s.watch.observe,
		Tracer:        s.tracing.Provider().Tracer("github.com/openlhcr/openlhcr/gateway/lookup"),
		CallTimeout:   s.opts.Config.Timeouts.Call.Duration,
		RegionTimeout: s.opts.Config.Timeouts.Region.Duration,
	})
	return nil
}

// Ready is closed once every listener takes calls. It stays open when [Server.Run] fails before.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// GRPCAddr is where gRPC listens. Nil before the gateway is ready.
func (s *Server) GRPCAddr() net.Addr { return s.address(s.listeners.grpc) }

// RESTAddr is where REST listens. Nil before the gateway is ready, and without REST.
func (s *Server) RESTAddr() net.Addr { return s.address(s.listeners.rest) }

// MetricsAddr is where the metrics are served. Nil before the gateway is ready, and without them.
func (s *Server) MetricsAddr() net.Addr { return s.address(s.listeners.metrics) }

func (s *Server) address(l net.Listener) net.Addr {
	select {
	case <-s.ready:
		if l != nil {
			return l.Addr()
		}
	default:
	}
	return nil
}

// isServing says whether the gateway takes calls.
func (s *Server) isServing() bool { return s.serving.Load() }

// closeIdle lets go of the connections to the regions that nobody uses.
func (s *Server) closeIdle() {
	for _, c := range s.deployment.clients {
		c.CloseIdleConnections()
	}
}

// metricsHandler serves the metrics at /metrics.
func (s *Server) metricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.Handler())
	return mux
}
