package call_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/adapters/call"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestPaceSpreadsCallsOverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace, began := call.NewPace(5), time.Now()
		for range 20 {
			if err := pace.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began).Round(time.Millisecond); took != 3990*time.Millisecond {
			t.Errorf("20 calls at 5 a second took %v, want 19 times 210ms", took)
		}
	})
}

func TestPaceRefusesAtOnceWhatWouldComeTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := call.NewPace(1)
		if err := pace.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		began := time.Now()
		var failure *call.Failure
		if err := pace.Wait(ctx); !errors.As(err, &failure) || !failure.Retryable || failure.Status != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
			t.Errorf("%v, want UNAVAILABLE that may be asked again", err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("it waited %v before it refused", waited)
		}
	})
}

func TestNoPaceLetsEveryCallGo(t *testing.T) {
	if err := call.NewPace(0).Wait(t.Context()); err != nil {
		t.Error(err)
	}
}
