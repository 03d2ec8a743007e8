package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.uber.org/goleak"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

// slow is a region whose answer waits until it is let go.
type slow struct {
	asked, answer chan struct{}
}

func newSlow() slow { return slow{make(chan struct{}, 8), make(chan struct{})} }

func (s slow) fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	s.asked <- struct{}{}
	select {
	case <-s.answer:
		return answers(allergic("dorset", "a1"))(ctx, req)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// outcome is how a call ended, over whichever door.
type outcome struct {
	door         string
	completeness lhcrv1.Completeness
	err          error
}

// callBoth makes a call over each door, side by side.
func (h *house) callBoth(t *testing.T) <-chan outcome {
	t.Helper()
	out := make(chan outcome, 2)
	records, ctx, req := h.records(t), h.as(t), asking(lhcrv1.Section_SECTION_ALLERGIES)
	go func() {
		res, err := records.GetRecord(ctx, req)
		out <- outcome{"gRPC", res.GetCompleteness(), err}
	}()
	web := h.web(t, h.clientTLS(t, h.ca, ""))
	post := newPost(t, h, body(t, req))
	go func() {
		res, err := web.Do(post)
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				err = errors.New(res.Status)
			}
		}
		out <- outcome{"REST", lhcrv1.Completeness_COMPLETENESS_COMPLETE, err}
	}()
	return out
}

func TestADrainLetsCallsInProgressEnd(t *testing.T) {
	s := newSlow()
	h := prepare(t, &region{id: "dorset", fetch: s.fetch})
	h.config.Cache.Enabled = false // the calls are not to join each other
	h.open(t)
	watching, err := healthv1.NewHealthClient(h.conn(t)).Watch(t.Context(), &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if first, err := watching.Recv(); err != nil || first.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Fatalf("health at first: %v, %v", first.GetStatus(), err)
	}
	outcomes := h.callBoth(t)
	<-s.asked
	<-s.asked
	h.stop()
	if next, err := watching.Recv(); err != nil || next.GetStatus() != healthv1.HealthCheckResponse_NOT_SERVING {
		t.Errorf("health while draining: %v, %v", next.GetStatus(), err)
	}
	select {
	case <-h.ended:
		t.Fatalf("the gateway ended with calls in progress: %v", h.err)
	default:
	}
	close(s.answer)
	for range 2 {
		if o := <-outcomes; o.err != nil || o.completeness != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
			t.Errorf("the call over %s ended with %v, %v", o.door, o.completeness, o.err)
		}
	}
}

func TestADrainThatTakesTooLongCutsOff(t *testing.T) {
	s := newSlow()
	h := prepare(t, &region{id: "dorset", fetch: s.fetch})
	h.config.Timeouts.Drain.Duration = 50 * time.Millisecond
	h.config.Cache.Enabled = false // the calls are not to join each other
	h.open(t)
	outcomes := h.callBoth(t)
	<-s.asked
	<-s.asked
	h.stop()
	for range 2 {
		if o := <-outcomes; o.err == nil {
			t.Errorf("the call over %s ended well", o.door)
		}
	}
}

func TestAGatewayRunsOnce(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	if err := h.Run(t.Context()); err == nil {
		t.Error("a second Run was let begin")
	}
}

func TestAnAddressInUseIsNamedAndNothingStaysOpen(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	other := prepare(t, &region{id: "dorset", fetch: answers(nil)})
	other.config.Listen.REST = h.RESTAddr().String()
	server, err := gateway.New(other.opts)
	if err != nil {
		t.Fatal(err)
	}
	err = server.Run(t.Context())
	if err == nil || !contains(err.Error(), "listen.rest") {
		t.Errorf("error %v, want it to name listen.rest", err)
	}
	if server.GRPCAddr() != nil {
		t.Error("a gateway that did not start has an address")
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
	server, err := gateway.New(h.opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	<-server.Ready()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
}
