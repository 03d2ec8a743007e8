package guard_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// tryable is a region that can be tried without a patient.
type tryable struct {
	*regional
	check func(context.Context) error
	tried int
}

func (r *tryable) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	r.tried++
	return &adapterv1.CheckResponse{}, r.check(ctx)
}

func try(ctx context.Context, r *guard.Region) error {
	_, err := r.Check(ctx, &adapterv1.CheckRequest{})
	return err
}

func TestATryCountsNeitherForNorAgainstARegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &tryable{&regional{fetch: fails(code(codes.Unavailable))}, func(context.Context) error { return code(codes.Unavailable) }, 0}
		r, n := guarded(t, inner, once())
		for range 50 {
			if got := status.Code(try(t.Context(), r)); got != codes.Unavailable {
				t.Fatalf("tried: %v", got)
			}
		}
		wantBreaker(t, r, closed)
		inner.check = func(context.Context) error { return nil }
		times(t.Context(), 9, r)
		for range 50 { // nor do they dilute what patients' calls say
			if err := try(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
		times(t.Context(), 1, r)
		wantBreaker(t, r, open)
		tried := inner.tried
		wantRefusal(t, try(t.Context(), r), guard.BreakerOpen)
		if inner.tried != tried {
			t.Error("a region that is left alone was tried")
		}
		time.Sleep(once().Breaker.Pause + time.Millisecond)
		if err := try(t.Context(), r); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		wantBreaker(t, r, halfOpen) // a try is not the call by which it closes
		if len(n.asked()) != 10 || len(n.turnedAway()) != 0 {
			t.Errorf("%d attempts and %d refusals were told, want those of patients' calls alone", len(n.asked()), len(n.turnedAway()))
		}
	})
}

func TestATryTakesAPlaceAndWaitsForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		inner := &tryable{&regional{fetch: answers(returned)}, func(context.Context) error { <-gate; return nil }, 0}
		r, _ := guarded(t, inner, narrow(1, 1))
		go func() { _ = try(t.Context(), r) }()
		synctest.Wait()
		if got := r.State().InFlight; got != 1 {
			t.Errorf("%d under way, want the try", got)
		}
		wantRefusal(t, try(t.Context(), r), guard.QueueFull)
		if got := r.State().Waiting; got != 0 {
			t.Errorf("%d wait", got)
		}
		close(gate)
		synctest.Wait()
		if got := r.State(); got != (guard.State{Breaker: closed}) {
			t.Errorf("state %+v at rest", got)
		}
	})
}

func TestATryHasTheRegionsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &tryable{&regional{fetch: answers(returned), timeout: 3 * time.Second}, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, 0}
		r, _ := guarded(t, inner, once())
		began := time.Now()
		if err := try(context.Background(), r); err == nil || time.Since(began) != 3*time.Second {
			t.Errorf("it ended after %v: %v", time.Since(began), err)
		}
	})
}

func TestARegionThatCannotBeTriedSaysSo(t *testing.T) {
	r, _ := guarded(t, &regional{fetch: answers(returned)}, once())
	if got := status.Code(try(t.Context(), r)); got != codes.Unimplemented {
		t.Errorf("code %v", got)
	}
}
