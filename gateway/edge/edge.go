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
//	deadline    (deadline.go)    a call without one gets one
//	validate    (validate.go)    the request's rules
//
// and then reaches its service, with the caller in its context (package access).
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
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
)

// Verifier checks a bearer token and says who calls. Its errors are those of the
// contract; it must be safe for concurrent use.
type Verifier interface {
	Verify(token string) (*adapterv1.Caller, error)
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
	methods   map[string]method
	validator protovalidate.Validator
	walk      stage
}

// New makes an edge. The error says which option is missing, or which of the
// contract's rules cannot be applied.
func New(options Options) (*Edge, error) {
	if options.Audit == nil || options.Metrics == nil || options.Logger == nil || options.Now == nil || options.Random == nil {
		return nil, errors.New("edge: audit, metrics, logger, clock and source of chance are required")
	}
	e := &Edge{options: options, methods: knownMethods()}
	var err error
	if e.validator, err = newValidator(e.methods); err != nil {
		return nil, err
	}
	e.walk = inOrder(e.recovered, e.numbered, e.recorded, e.shaped, e.recovered, e.identified, e.timed)
	return e, nil
}

// ServerOptions make a gRPC server walk its calls through the edge, and set its
// limits.
func (e *Edge) ServerOptions() []grpc.ServerOption {
	options := []grpc.ServerOption{
		grpc.UnaryInterceptor(e.unary),
		grpc.StreamInterceptor(e.stream),
		grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error { return noSuchMethod() }),
		grpc.InTapHandle(e.tap),
		grpc.ForceServerCodecV2(newCodec()),
	}
	for _, h := range e.statsHandlers() {
		options = append(options, grpc.StatsHandler(h))
	}
	return append(options, e.limits()...)
}

func (e *Edge) statsHandlers() []stats.Handler {
	handlers := []stats.Handler{&count{edge: e}}
	if e.options.Tracing != nil {
		handlers = append(handlers, e.options.Tracing.ServerHandler(e.knows))
	}
	return handlers
}

// stage is one concern of the walk: it does its part, and calls next for the rest.
type stage func(ctx context.Context, c *call, next func(context.Context) error) error

// inOrder makes one stage of several, the first outermost.
func inOrder(stages ...stage) stage {
	return func(ctx context.Context, c *call, last func(context.Context) error) error {
		next := last
		for i := len(stages) - 1; i >= 0; i-- {
			s, inner := stages[i], next
			next = func(ctx context.Context) error { return s(ctx, c, inner) }
		}
		return next(ctx)
	}
}
