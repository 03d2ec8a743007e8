package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
)

// pair is a gateway that leaves and one that takes over, with the same certificate
// and issuer, and how often each asked its region.
type pair struct {
	old, next           *house
	oldAsked, nextAsked counted
}

// newPair makes a pair in which every call reaches a region.
func newPair(t *testing.T, notice time.Duration) *pair {
	t.Helper()
	p := &pair{}
	p.old = prepare(t, p.oldAsked.region("dorset"))
	p.next = prepare(t, p.nextAsked.region("dorset"))
	for _, h := range []*house{p.old, p.next} {
		h.config.Cache.Enabled = false
		h.config.Timeouts.Notice.Duration = notice
		h.config.TLS, h.config.Auth.JWKSFile = p.old.config.TLS, p.old.config.Auth.JWKSFile
		h.open(t)
	}
	return p
}

// callers call without pause, side by side, until they are stopped. The first failure counts.
type callers struct {
	group  sync.WaitGroup
	stop   atomic.Bool
	made   atomic.Int64
	failed atomic.Pointer[error]
}

func (c *callers) start(n int, call func() error) {
	for range n {
		c.group.Go(func() {
			for !c.stop.Load() {
				if err := call(); err != nil {
					c.failed.CompareAndSwap(nil, &err)
					return
				}
				c.made.Add(1)
			}
		})
	}
}

// takeOver has the old gateway leave under the callers, and wants none of them to notice.
func (p *pair) takeOver(t *testing.T, c *callers) {
	t.Helper()
	redistest.Await(t, "calls at the old gateway", func() bool { return p.oldAsked.fetches.Load() > 50 || c.failed.Load() != nil })
	p.old.stop()
	if err := p.old.wait(); err != nil {
		t.Errorf("the old gateway ended with %v", err)
	}
	made := c.made.Load()
	redistest.Await(t, "calls at the next gateway", func() bool { return c.made.Load() > made+50 || c.failed.Load() != nil })
	c.stop.Store(true)
	c.group.Wait()
	if err := c.failed.Load(); err != nil {
		t.Errorf("of more than %d calls one failed: %v", c.made.Load(), *err)
	}
	if p.nextAsked.fetches.Load() == 0 {
		t.Error("the next gateway was never called: this test proves nothing")
	}
}

func TestNoCallFailsWhileAnotherGatewayTakesOver(t *testing.T) {
	for _, policy := range []string{"round_robin", "pick_first"} {
		t.Run(policy, func(t *testing.T) {
			p := newPair(t, 100*time.Millisecond)
			both := manual.NewBuilderWithScheme("pair")
			both.InitialState(resolver.State{Addresses: []resolver.Address{{Addr: p.old.GRPCAddr().String()}, {Addr: p.next.GRPCAddr().String()}}})
			conn, err := grpc.NewClient("pair:///gateways", grpc.WithResolvers(both),
				grpc.WithTransportCredentials(credentials.NewTLS(p.old.clientTLS(t, p.old.ca, ""))),
				grpc.WithDefaultServiceConfig(fmt.Sprintf(`{"loadBalancingConfig": [{%q: {}}]}`, policy)))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			records, ctx := lhcrv1.NewRecordServiceClient(conn), p.old.called(t, sandboxissuer.Pharmacist())
			c := &callers{}
			c.start(8, func() error { return wholeRecord(records.GetRecord(ctx, allergies())) })
			p.takeOver(t, c)
		})
	}
}

func wholeRecord(res *lhcrv1.GetRecordResponse, err error) error {
	if err == nil && res.GetCompleteness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		return errors.New(res.GetCompleteness().String())
	}
	return err
}

// Over REST whatever balances calls goes by /readyz; connections that are open are told to close.
func TestNoCallOverRESTFailsWhileAnotherGatewayTakesOver(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP2 %t", http2), func(t *testing.T) {
			// Long enough for each connection to be used once: one that rests while it is
			// closed and is called in that moment fails, as HTTP/1.1 has it (RFC 9112, section 9.5).
			p := newPair(t, time.Second)
			client := p.balanced(t, http2)
			token := "Bearer " + p.old.token(t)
			content := body(t, allergies())
			c := &callers{}
			c.start(8, func() error { return post(t.Context(), client, token, content) })
			p.takeOver(t, c)
		})
	}
}

// balanced is a client whose next connection goes where calls are taken.
func (p *pair) balanced(t *testing.T, http2 bool) *http.Client {
	t.Helper()
	probe := p.old.web(t, p.old.clientTLS(t, p.old.ca, ""))
	transport := &http.Transport{TLSClientConfig: p.old.clientTLS(t, p.old.ca, ""), ForceAttemptHTTP2: http2, MaxIdleConnsPerHost: 8}
	if !http2 {
		transport.Protocols = &http.Protocols{}
		transport.Protocols.SetHTTP1(true)
	}
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		address := p.next.RESTAddr().String()
		if res, err := probe.Get("https://" + p.old.RESTAddr().String() + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				address = p.old.RESTAddr().String()
			}
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func post(ctx context.Context, client *http.Client, token, content string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://gateway.example/v1/record:get", strings.NewReader(content))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", token)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(res.Body)
	if err := errors.Join(err, res.Body.Close()); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || !strings.Contains(string(answer), "COMPLETENESS_COMPLETE") {
		return fmt.Errorf("%s: %s", res.Status, answer)
	}
	return nil
}

// leaving opens a house that was told to stop and gives notice for a minute.
func leaving(t *testing.T, regions ...*region) *house {
	t.Helper()
	h := prepare(t, regions...)
	h.config.Cache.Enabled = false
	h.config.Timeouts.Notice.Duration = time.Minute
	h.open(t)
	watching, err := healthv1.NewHealthClient(h.conn(t)).Watch(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []healthv1.HealthCheckResponse_ServingStatus{healthv1.HealthCheckResponse_SERVING, healthv1.HealthCheckResponse_NOT_SERVING} {
		if res, err := watching.Recv(); err != nil || res.GetStatus() != want {
			t.Fatalf("health %v (%v), want %v", res.GetStatus(), err, want)
		}
		h.stop()
	}
	return h
}

func TestAGatewayThatLeavesSaysSoAndTakesCallsForAWhile(t *testing.T) {
	h := leaving(t, (&counted{}).region("dorset"))
	ready := h.rest(t, "GET", "/readyz", "", nil)
	if ready.status != http.StatusServiceUnavailable {
		t.Errorf("/readyz says %d", ready.status)
	}
	if value, _ := h.metric(t, "lhcr_serving"); value != "0" {
		t.Errorf("lhcr_serving is %s", value)
	}
	if _, err := h.records(t).GetRecord(h.as(t), allergies()); err != nil {
		t.Errorf("over gRPC: %v", err)
	}
	if res := h.rest(t, "POST", "/v1/record:get", body(t, allergies()), nil); res.status != http.StatusOK {
		t.Errorf("over REST: %d", res.status)
	}
	select {
	case <-h.ended:
		t.Error("it ended before its time")
	default:
	}
	h.Halt()
	if err := h.wait(); err != nil {
		t.Errorf("halted, it ended with %v", err)
	}
}

func TestAHaltCutsOffWhatADrainWaitsFor(t *testing.T) {
	s := newSlow()
	h := leaving(t, &region{id: "dorset", fetch: s.fetch})
	outcomes := h.callBoth(t)
	<-s.asked
	<-s.asked
	h.Halt()
	for range 2 {
		if o := <-outcomes; o.err == nil {
			t.Errorf("the call over %s ended well", o.door)
		}
	}
	if err := h.wait(); err != nil {
		t.Errorf("halted, it ended with %v", err)
	}
	if !strings.Contains(h.log.String(), `"GetRecord"`) && !strings.Contains(h.log.String(), "RecordService/GetRecord") {
		t.Error("calls that were cut off are not in the audit")
	}
}

// What REST hands on within the process is the last to end: a request that is still on
// its way when the drain begins is answered.
func TestACallWhoseBodyIsOnItsWayWhenTheDrainBeginsIsAnswered(t *testing.T) {
	h := start(t, (&counted{}).region("dorset"))
	reading := make(chan struct{})
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{Got100Continue: func() { close(reading) }})
	content, send := io.Pipe()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+h.RESTAddr().String()+"/v1/record:get", content)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"Authorization": "Bearer " + h.token(t), "Content-Type": "application/json", "Expect": "100-continue"} {
		req.Header.Set(name, value)
	}
	transport := &http.Transport{TLSClientConfig: h.clientTLS(t, h.ca, ""), ExpectContinueTimeout: time.Minute}
	defer transport.CloseIdleConnections()
	answered := make(chan outcome, 1)
	go func() {
		res, err := (&http.Client{Transport: transport}).Do(req)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				err = errors.New(res.Status)
			}
		}
		answered <- outcome{door: "REST", err: err}
	}()
	<-reading
	h.stop()
	redistest.Await(t, "the drain to begin", func() bool { return strings.Contains(h.log.String(), "takes no more calls") })
	go func() {
		_, err := io.WriteString(send, body(t, allergies()))
		_ = send.CloseWithError(err)
	}()
	if o := <-answered; o.err != nil {
		t.Errorf("the call ended with %v", o.err)
	}
}
