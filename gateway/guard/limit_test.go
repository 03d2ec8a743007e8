package guard_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// narrow is a policy with room for so many calls.
func narrow(concurrency, queue int) guard.Policy {
	p := guard.DefaultPolicy()
	p.Concurrency, p.Queue = concurrency, queue
	return p
}

func TestCallsBeyondTheLimitWaitTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		r, n := guarded(t, &regional{fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			order = append(order, string(req.GetHandle()))
			return taking(time.Second, answers(returned))(ctx, req)
		}}, narrow(1, 3))
		for _, name := range []string{"a", "b", "c", "d"} {
			go func() { _, _ = r.Fetch(t.Context(), &adapterv1.FetchRequest{Handle: []byte(name)}) }()
			synctest.Wait()
		}
		if got := r.State(); got.InFlight != 1 || got.Waiting != 3 {
			t.Errorf("state %+v, want 1 under way and 3 waiting", got)
		}
		err := ask(t.Context(), r)
		wantRefusal(t, err, guard.QueueFull)
		if status.Code(err) != codes.Unavailable || retryDelay(err) != time.Second || len(n.asked()) != 0 {
			t.Errorf("error %v, retry after %v", err, retryDelay(err))
		}
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if !slices.Equal(order, []string{"a", "b", "c", "d"}) {
			t.Errorf("asked in the order %q", order)
		}
		if got := n.asked()[3].Waited; got != 3*time.Second {
			t.Errorf("the last waited %v", got)
		}
		if got := r.State(); got != (guard.State{Breaker: closed}) {
			t.Errorf("state %+v at rest", got)
		}
	})
}

func TestACallWaitsNoLongerThanItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{})
		r, n := guarded(t, &regional{fetch: func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			<-wake // and does not mind its context
			return &adapterv1.FetchResponse{}, nil
		}}, narrow(1, 1))
		go times(t.Context(), 1, r)
		synctest.Wait()
		began := time.Now()
		wantRefusal(t, ask(t.Context(), r), guard.QueueTimeout)
		if took := time.Since(began); took != 8*time.Second {
			t.Errorf("refused after %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := ask(ctx, r)
		if _, refused := guard.RefusalOf(err); refused || status.Code(err) != codes.Canceled {
			t.Errorf("a caller who left the queue gets %v", err)
		}
		if got := r.State(); got.InFlight != 1 || got.Waiting != 0 {
			t.Errorf("state %+v: the call that hangs keeps its place", got)
		}
		close(wake)
		synctest.Wait()
		if err := ask(t.Context(), r); err != nil || r.State().InFlight != 0 {
			t.Errorf("once it is over: %v", err)
		}
		if got := n.turnedAway(); len(got) != 1 || got[0].Why != guard.QueueTimeout {
			t.Errorf("refused %+v", got)
		}
	})
}

func TestRefusalsAreStatusesThatSayWhatTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := guarded(t, &regional{fetch: hangs()}, narrow(1, 1))
		for range 2 {
			go times(t.Context(), 1, r)
		}
		synctest.Wait()
		err := ask(t.Context(), r)
		marked, ok := err.(interface{ GuardRefusal() string })
		if !ok || marked.GuardRefusal() != "queue_full" || err.Error() != status.Convert(err).Message() || err.Error() == "" {
			t.Errorf("error %v", err)
		}
		if _, ok := guard.RefusalOf(code(codes.Unavailable)); ok {
			t.Error("a region's own error counts as a refusal")
		}
	})
}

// noRoom is a refusal of something that stands between the guards and the region.
type noRoom struct{ error }

func (noRoom) GRPCStatus() *status.Status { return status.New(codes.Unavailable, "no room") }
func (noRoom) GuardRefusal() string       { return "no_room" }

func TestARefusalFurtherInIsNoFailureOfTheRegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: fails(noRoom{})}, guard.DefaultPolicy())
		times(t.Context(), 20, r)
		wantBreaker(t, r, closed)
		wantRefusal(t, ask(t.Context(), r), "no_room")
		if len(n.asked()) != 0 || len(n.turnedAway()) != 21 || len(n.decided()) != 0 {
			t.Errorf("%d attempts, %d refusals, %d retries", len(n.asked()), len(n.turnedAway()), len(n.decided()))
		}
	})
}

func TestReportFillsInWhatTheGuardsKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := guarded(t, &regional{fetch: inTurn(slices.Repeat([]fetch{fails(code(codes.Unavailable))}, 10)...)}, once())
		slow := r.Around(&regional{fetch: hangs()})
		go times(t.Context(), 2, slow)
		synctest.Wait()
		times(t.Context(), 10, r)
		all := guard.Regions{"dorset": r}
		health := &lhcrv1.RegionHealth{RegionId: "dorset"}
		all.Report(health)
		if health.GetBreaker() != open || health.GetRetryAfter().AsDuration() != 10*time.Second || health.GetCallsInFlight() != 1 {
			t.Errorf("health %v", health)
		}
		if got := all.States(); len(got) != 1 || got["dorset"] != r.State() {
			t.Errorf("states %+v", got)
		}
		other := &lhcrv1.RegionHealth{RegionId: "yorkshire"}
		if all.Report(other); other.GetBreaker() != lhcrv1.BreakerState_BREAKER_STATE_UNSPECIFIED {
			t.Errorf("a region without guards has a breaker that is %v", other.GetBreaker())
		}
	})
}
