// Package edge is the first and the last that a call meets, over gRPC and, since
// REST dials gRPC in memory, over REST. A call walks through one concern after the
// other, each in a file of its own:
//
//	count       (count.go)       every call is counted, those too that never get further
//	recover     (recover.go)     a panic becomes INTERNAL, its value goes nowhere
//	request id  (requestid.go)   taken from the caller when it is a UUID, else made
//	audit       (record.go)      opened before anything is decided, written before anything is disclosed
//	error shape (shape.go)       whatever failed becomes an error of the contract
//	identify    (identify.go)    who calls, from the bearer token
//	permit      (permit.go)      whether they may
//	deadline    (deadline.go)    a call without one gets one, and none waits for ever
//	admit       (admit.go)       whether there is room for another call
//	validate    (validate.go)    the request's rules
//
// and then reaches its service, with the caller in its context (package access).
//
// Whoever is not identified is refused before there is any talk of room: such calls
// cost little, and would take the room of those who are. A call that finds no room has
// not been looked at any further.
//
// Bytes that are no message walk too, and are refused where requests are validated
// (codec.go). What never gets into the walk, a message too large, an unknown
// compression, grpc answers itself; the count notices it and has it audited.
package edge

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"buf.build/go/protovalidate"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
)

// Verifier checks a bearer token and says who calls, in a copy that is the asker's own.
// Its errors are those of the contract; it must be safe for concurrent use.
type Verifier interface {
	Verify(token string) (access.Identity, error)
}

// Options are what the edge needs. Those not said to be optional are required.
type Options struct {
	// Verifier checks tokens. Without one every call that needs a token is refused.
	Verifier Verifier
	// Unauthenticated is the caller of calls without a token. Nil refuses those.
	Unauthenticated *adapterv1.Caller
	// Audit takes the records.
	Audit audit.Log
	// Metrics counts.
	Metrics *telemetry.Metrics
	// Logger is told of faults of ours.
	Logger *slog.Logger
	// Now is the clock.
	Now func() time.Time
	// Random is the source of request ids. It must be safe for concurrent use, as crypto/rand.Reader is.
	Random io.Reader
	// Tracing traces calls. Optional.
	Tracing *telemetry.Tracing
	// Load says whether there is room for another call. Nil lets every call in.
	Load *load.Gate
	// DefaultTimeout is the deadline of calls of the contract that come without one. Zero for none.
	DefaultTimeout time.Duration
	// MaxRequestBytes is the largest request. Zero for 256 KiB.
	MaxRequestBytes int
	// MaxConcurrentStreams is the most calls side by side on one connection. Zero for 250.
	MaxConcurrentStreams uint32
}

// Edge is the walk of every call. It is safe for concurrent use.
type Edge struct {
	options   Options
	public    *surface
	admin     *surface
	validator protovalidate.Validator
	walk      []stage
}

// New makes an edge. The error says which option is missing, or which of the
// contract's rules cannot be applied.
func New(options Options) (*Edge, error) {
	if options.Audit == nil || options.Metrics == nil || options.Logger == nil || options.Now == nil || options.Random == nil {
		return nil, errors.New("edge: audit, metrics, logger, clock and source of chance are required")
	}
	e := &Edge{options: options}
	e.public, e.admin = e.suppliers(), e.operators()
	var err error
	if e.validator, err = newValidator(e.public, e.admin); err != nil {
		return nil, err
	}
	e.walk = []stage{e.recovered, e.numbered, e.recorded, e.shaped, e.recovered, e.identified, e.permitted, e.timed, e.admitted}
	return e, nil
}

// ServerOptions make a gRPC server walk its calls through the edge, and set its
// limits. It is to serve what suppliers see: RecordService, RegionService,
// ServerService, and gRPC's health and reflection.
func (e *Edge) ServerOptions() []grpc.ServerOption { return e.public.serverOptions() }

// AdminServerOptions do the same for the server of those who operate the gateway:
// CacheService, ServerService, health and reflection.
func (e *Edge) AdminServerOptions() []grpc.ServerOption { return e.admin.serverOptions() }

func (s *surface) serverOptions() []grpc.ServerOption {
	options := []grpc.ServerOption{
		grpc.UnaryInterceptor(s.unary),
		grpc.StreamInterceptor(s.stream),
		grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return noSuchMethod() }),
		grpc.InTapHandle(s.tap),
		grpc.ForceServerCodecV2(newCodec()),
	}
	for _, h := range s.statsHandlers() {
		options = append(options, grpc.StatsHandler(h))
	}
	return append(options, s.edge.limits()...)
}

func (s *surface) statsHandlers() []stats.Handler {
	handlers := []stats.Handler{&count{s}}
	if s.edge.options.Tracing != nil {
		if traces := s.edge.options.Tracing.ServerHandler(s.knows); traces != nil {
			handlers = append(handlers, traces)
		}
	}
	return handlers
}

// stage is one concern of the walk: it does its part, and calls the call's next for
// the rest, once at most.
type stage func(ctx context.Context, c *call) error

// next goes on with the walk: with the next stage, and after the last with the service.
func (c *call) next(ctx context.Context) error {
	if len(c.left) == 0 {
		return c.service(ctx)
	}
	s := c.left[0]
	c.left = c.left[1:]
	return s(ctx, c)
}
