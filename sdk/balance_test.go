package sdk_test

import (
	"context"
	"net"
	"sync"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/test/bufconn"
)

// severalGateways resolves every name of the scheme "several" to two addresses, as a
// name in DNS that has two.
type severalGateways struct{}

func init() { resolver.Register(severalGateways{}) }

func (severalGateways) Scheme() string { return "several" }

func (severalGateways) Build(_ resolver.Target, cc resolver.ClientConn, _ resolver.BuildOptions) (resolver.Resolver, error) {
	return severalGateways{}, cc.UpdateState(resolver.State{Endpoints: []resolver.Endpoint{
		{Addresses: []resolver.Address{{Addr: "one"}}}, {Addresses: []resolver.Address{{Addr: "two"}}},
	}})
}

func (severalGateways) ResolveNow(resolver.ResolveNowOptions) {}
func (severalGateways) Close()                                {}

// pair is two gateways with health, that count their calls.
type pair struct {
	mu        sync.Mutex
	calls     map[string]int
	listeners map[string]*bufconn.Listener
	servers   map[string]*grpc.Server
	healths   map[string]*health.Server
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{calls: map[string]int{}, listeners: map[string]*bufconn.Listener{}, servers: map[string]*grpc.Server{}, healths: map[string]*health.Server{}}
	for _, name := range []string{"one", "two"} {
		g := &gateway{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.calls[name]++
			return &lhcrv1.GetRecordResponse{}, nil
		}}
		listener, server, condition := bufconn.Listen(1<<20), grpc.NewServer(), health.NewServer()
		lhcrv1.RegisterRecordServiceServer(server, g)
		lhcrv1.RegisterServerServiceServer(server, g)
		healthv1.RegisterHealthServer(server, condition)
		go func() { _ = server.Serve(listener) }() // ends with Stop
		t.Cleanup(server.Stop)
		p.listeners[name], p.servers[name], p.healths[name] = listener, server, condition
	}
	return p
}

func (p *pair) dial(ctx context.Context, address string) (net.Conn, error) {
	return p.listeners[address].DialContext(ctx)
}

func (p *pair) client(t *testing.T, options ...sdk.Option) *sdk.Client {
	t.Helper()
	client, err := sdk.Dial(t.Context(), "several:///gateways", append(options, sdk.WithDialer(p.dial), sdk.WithInsecurePlaintext())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() }) // the test is over
	return client
}

// until asks until the counts are as they should be, or the test's time is over.
func (p *pair) until(t *testing.T, client *sdk.Client, met func(one, two int) bool) {
	t.Helper()
	for range 2000 {
		p.mu.Lock()
		clear(p.calls)
		p.mu.Unlock()
		for range 10 {
			if _, err := client.GetRecord(t.Context(), testQuery()); err != nil {
				t.Fatalf("a call failed while another gateway serves: %v", err)
			}
		}
		p.mu.Lock()
		one, two := p.calls["one"], p.calls["two"]
		p.mu.Unlock()
		if met(one, two) {
			return
		}
	}
	t.Fatal("the calls never went where they should")
}

func TestCallsGoToEachGatewayInTurnAndPastOneThatIsDown(t *testing.T) {
	p := newPair(t)
	client := p.client(t)
	p.until(t, client, func(one, two int) bool { return one == 5 && two == 5 })
	p.servers["one"].Stop()
	p.until(t, client, func(one, two int) bool { return one == 0 && two == 10 })
}

func TestHealthCheckingPassesByAGatewayThatDrains(t *testing.T) {
	p := newPair(t)
	client := p.client(t, sdk.WithHealthChecking())
	p.until(t, client, func(one, two int) bool { return one == 5 && two == 5 })
	p.healths["one"].SetServingStatus("", healthv1.HealthCheckResponse_NOT_SERVING)
	p.until(t, client, func(one, two int) bool { return one == 0 && two == 10 })
	p.healths["one"].SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
	p.until(t, client, func(one, two int) bool { return one == 5 && two == 5 })
}

func TestAServiceConfigOfOnesOwnReplacesTheDefault(t *testing.T) {
	p := newPair(t)
	client := p.client(t, sdk.WithServiceConfig(`{"loadBalancingConfig":[{"pick_first":{}}]}`))
	p.until(t, client, func(one, two int) bool { return one == 10 && two == 0 })
}
