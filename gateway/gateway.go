// Package gateway is the server: it puts the rooms together and runs them.
//
//	supplier ──gRPC──▶ edge ──▶ services ──▶ lookup ──▶ guards ──▶ adapter of each region
//	         ──REST──▶ rest ──gRPC in memory──▶ edge …      └──▶ cache
//
// It never names a concrete adapter: the binary brings them in a registry.
//
// What a configuration makes of the registry stands together and never changes. A
// reload (reload.go) makes it anew of what changed, and has the next call meet it.
package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/certificates"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/reload"
	"github.com/openlhcr/openlhcr/gateway/rest"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	"github.com/openlhcr/openlhcr/gateway/vitals"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Options are what a gateway is made of. Config and Registry are required.
type Options struct {
	// Config is what the deployment decides.
	Config *config.Config
	// ConfigFile is the file that Config was read from, to be looked at for changes.
	// Empty for none.
	ConfigFile string
	// Reread reads the configuration again, for [Server.Reload]. Nil: only the files
	// that Config names are read again.
	Reread func() (*config.Config, error)
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
	opts     Options
	workshop workshop
	identity *certificates.Keeper // nil where the listeners are in plain text
	trusted  *trusted             // nil where nobody is asked for a token
	gate     *load.Gate
	metrics  *telemetry.Metrics
	tracing  *telemetry.Tracing
	cache    *cache.Cache // nil where nothing is kept
	lookup   *lookup.Lookup
	watch    *watch
	vitals   *vitals.Watch
	health   *directory.Health
	audit    *audit.Lines
	edge     *edge.Edge
	doors    doors
	memory   *memory
	rest     *rest.Handler
	probes   *probes

	now       atomic.Pointer[standing]
	reloading sync.Mutex
	taken     atomic.Pointer[reload.Imprint]
	refused   string // what was said of the last refusal; with reloading

	running   atomic.Bool
	serving   atomic.Bool
	ready     chan struct{}
	halted    chan struct{}
	halt      func()
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
	s := &Server{opts: opts, memory: newMemory(), ready: make(chan struct{}), halted: make(chan struct{})}
	s.halt = sync.OnceFunc(func() { close(s.halted) })
	imprint := s.imprintOfOwn().With(imprintOf(opts.Config))
	s.taken.Store(&imprint)
	for _, step := range []func() error{s.readIdentity, s.observeItself, s.connectRegions, s.openCache, s.buildLookup, s.buildEdge, s.buildGRPC, s.buildREST} {
		if err := step(); err != nil {
			s.abandon()
			return nil, err
		}
	}
	s.showExpiries()
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

func (s *Server) readIdentity() error {
	first, err := readIdentity(s.opts.Config)
	if err == nil && first != nil {
		s.identity = certificates.NewKeeper(first)
	}
	return err
}

func (s *Server) connectRegions() error {
	c := s.opts.Config
	s.workshop = workshop{
		opts: s.opts, budget: newBudget(c),
		guards: guard.Options{Observer: s.metrics.Guards(), Log: s.opts.Logger},
	}
	first, err := s.workshop.stand(c, nil)
	if err != nil {
		return err
	}
	s.now.Store(first)
	s.health = directory.NewHealth(s.opts.Now)
	s.health.Guarded(first.guards())
	s.metrics.WatchGuards(func() map[string]guard.State { return s.now.Load().guards().States() })
	s.metrics.WatchHealth(s.statuses)
	s.vitals = vitals.New(vitals.Options{Found: s.found})
	s.vitals.Set(first.watched(), c.Health.Every.Duration)
	return nil
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
	s.watch = &watch{metrics: s.metrics, vitals: s.vitals}
	first := s.now.Load().deployment()
	opts := lookup.Options{
		Directory:     first.Directory,
		Now:           s.opts.Now,
		Observe:       s.watch.observe,
		Tracer:        s.tracing.Provider().Tracer("github.com/openlhcr/openlhcr/gateway/lookup"),
		CallTimeout:   first.CallTimeout,
		RegionTimeout: first.RegionTimeout,
		Keep:          first.Keep,
		Cached:        s.metrics.Cached,
	}
	if s.cache != nil {
		opts.Cache = s.cache
	}
	s.lookup = lookup.New(first.Regions, opts)
	return nil
}

// Ready is closed once every listener takes calls. It stays open when [Server.Run] fails before.
func (s *Server) Ready() <-chan struct{} { return s.ready }

// isServing says whether the gateway takes calls.
func (s *Server) isServing() bool { return s.serving.Load() }

// directory is that of what stands now.
func (s *Server) directory() *directory.Directory { return s.now.Load().directory }
