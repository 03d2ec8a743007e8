package sdktest

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/proto"
)

// Target is what to dial with [Gateway.Dialer].
const Target = "passthrough:///sdktest"

// Token is the bearer token that [Gateway.Client] sends unless told otherwise.
const Token = "sdktest"

// connBuffer is how much one connection in memory holds in each direction.
const connBuffer = 1 << 20

// Option changes how a gateway starts.
type Option func(*Gateway)

// WithClock dates the answers with this clock instead of the wall clock.
func WithClock(now func() time.Time) Option { return func(g *Gateway) { g.now = now } }

// Gateway is a gateway in this process. It is safe for concurrent use.
type Gateway struct {
	lhcrv1.UnimplementedRecordServiceServer
	lhcrv1.UnimplementedRegionServiceServer
	lhcrv1.UnimplementedServerServiceServer

	now    func() time.Time
	server *grpc.Server
	memory *bufconn.Listener
	served sync.WaitGroup

	mu      sync.Mutex
	faults  []*switched
	records map[string]*lhcrv1.GetRecordResponse // put by the test, by NHS number
	calls   []Call
}

// Call is one call that was made.
type Call struct {
	// Method is its full name: "/lhcr.v1.RecordService/GetRecord".
	Method string
	// Token is the bearer token that came with it. Empty without one.
	Token string
	// Request is what was asked.
	Request proto.Message
}

// Start starts a gateway. Close it when done.
func Start(options ...Option) *Gateway {
	g := &Gateway{now: time.Now, memory: bufconn.Listen(connBuffer), records: map[string]*lhcrv1.GetRecordResponse{}}
	for _, option := range options {
		option(g)
	}
	g.server = grpc.NewServer(grpc.ChainUnaryInterceptor(g.unary), grpc.ChainStreamInterceptor(g.stream))
	lhcrv1.RegisterRecordServiceServer(g.server, g)
	lhcrv1.RegisterRegionServiceServer(g.server, g)
	lhcrv1.RegisterServerServiceServer(g.server, g)
	g.Serve(g.memory)
	return g
}

// Serve takes calls from a listener too, without TLS, until Close: for programs
// that are no tests of Go.
func (g *Gateway) Serve(listener net.Listener) {
	g.served.Go(func() { _ = g.server.Serve(listener) })
}

// Close ends the gateway and every call under way.
func (g *Gateway) Close() {
	g.server.Stop()
	g.served.Wait()
}

// Client is a client of the gateway. Its options come after those that reach the
// gateway and send [Token]. Close it when done.
func (g *Gateway) Client(options ...sdk.Option) (*sdk.Client, error) {
	reach := []sdk.Option{sdk.WithDialer(g.Dialer()), sdk.WithInsecurePlaintext(), sdk.WithTokenSource(sdk.StaticToken(Token))}
	return sdk.Dial(context.Background(), Target, append(reach, options...)...)
}

// Dialer opens connections to the gateway, for a client that is dialled by hand.
func (g *Gateway) Dialer() func(context.Context, string) (net.Conn, error) {
	return func(ctx context.Context, _ string) (net.Conn, error) { return g.memory.DialContext(ctx) }
}

// Put makes a record that of an NHS number, instead of the fixture's. It is taken as
// every region's whole answer to every section.
func (g *Gateway) Put(nhsNumber string, record *lhcrv1.GetRecordResponse) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.records[nhsNumber] = proto.CloneOf(record)
}

// Calls are the calls that were made so far, in the order in which they began.
func (g *Gateway) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.calls)
}

func (g *Gateway) recordOf(nhsNumber string) (*lhcrv1.GetRecordResponse, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if record, ok := g.records[nhsNumber]; ok {
		return record, true
	}
	record, ok := fixtures().records[nhsNumber]
	return record, ok
}
