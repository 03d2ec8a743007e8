package guard_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// stuck is a region whose adapter hangs, whatever its context does, until it wakes.
func stuck(wake <-chan struct{}) fetch {
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		<-wake
		return answers(returned)(ctx, req)
	}
}

func wantState(t *testing.T, r *guard.Region, inFlight, lost int) {
	t.Helper()
	if got := r.State(); got.InFlight != inFlight || got.Lost != lost {
		t.Errorf("%d under way and %d lost, want %d and %d", got.InFlight, got.Lost, inFlight, lost)
	}
}

// hangAll makes as many calls as there is room for, and waits until just past the time
// at which they are lost: the region's 8 s twice.
func hangAll(t *testing.T, r *guard.Region) {
	for range r.Policy().Concurrency {
		go times(t.Context(), 1, r)
	}
	time.Sleep(16*time.Second + time.Millisecond)
	synctest.Wait()
}

func TestACallThatHangsGivesItsPlaceBackInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{})
		p := patient()
		p.Concurrency = 2
		r, _ := guarded(t, &regional{fetch: inTurn(stuck(wake), stuck(wake), answers(returned))}, p)
		for range 2 {
			go times(t.Context(), 1, r)
		}
		time.Sleep(16*time.Second - time.Millisecond)
		wantState(t, r, 2, 0)
		time.Sleep(2 * time.Millisecond)
		wantState(t, r, 0, 2)
		if err := ask(t.Context(), r); err != nil {
			t.Error("there is no room for others:", err)
		}
		close(wake)
		synctest.Wait()
		wantState(t, r, 0, 0)
	})
}

func TestTheLostCallsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{})
		p := patient()
		p.Concurrency = 2
		r, _ := guarded(t, &regional{fetch: stuck(wake)}, p)
		for range 6 {
			hangAll(t, r)
		}
		wantState(t, r, 2, 8)
		renewed := r.Around(&regional{fetch: answers(returned)})
		if err := ask(t.Context(), renewed); err != nil {
			t.Error("made anew, there is no room:", err)
		}
		close(wake)
		time.Sleep(time.Minute)
		synctest.Wait()
		wantState(t, r, 0, 0)
		if err := ask(t.Context(), r); err != nil {
			t.Error("once all came back:", err)
		}
	})
}
