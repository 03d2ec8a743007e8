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
)

// failsFor is a region that fails over the record of one patient.
func failsFor(number int) fetch {
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		if req.GetPatient().GetNhsNumber() == someone(number).GetNhsNumber() {
			return answers(unavailable)(ctx, req)
		}
		return answers(returned)(ctx, req)
	}
}

func TestOnePatientDoesNotHaveTheRegionLeftAlone(t *testing.T) {
	tests := map[string]struct {
		before, after int // calls about another patient, that fail, before and after
		between       time.Duration
		want          lhcrv1.BreakerState
	}{
		"one patient":                        {0, 0, 0, closed},
		"and another before":                 {1, 0, 0, open},
		"and another after":                  {0, 1, 0, open},
		"and another longer ago than counts": {1, 0, 31 * time.Second, closed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := guarded(t, &regional{fetch: fails(code(codes.Unavailable))}, once())
				about := func(number, calls int) {
					for range calls {
						_ = askAbout(t.Context(), r, number) // what comes of it is told by the breaker
					}
				}
				about(1, tt.before)
				time.Sleep(tt.between)
				about(0, 20)
				about(1, tt.after)
				wantBreaker(t, r, tt.want)
			})
		})
	}
}

func TestACallIsCountedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: fails(code(codes.Unavailable))}, guard.DefaultPolicy())
		times(t.Context(), 9, r)
		wantBreaker(t, r, closed)
		if len(n.asked()) != 18 {
			t.Errorf("%d attempts of nine calls", len(n.asked()))
		}
		times(t.Context(), 1, r)
		wantBreaker(t, r, open)
	})
}

// Failures of before the region was left alone are of no weight once it answers again.
func TestOnePatientDoesNotHaveTheRegionLeftAloneAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := opened(t, failsFor(0))
		_ = askAbout(t.Context(), r, 1) // the trial: it answers
		wantBreaker(t, r, closed)
		for range 20 {
			_ = askAbout(t.Context(), r, 0)
		}
		wantBreaker(t, r, closed)
	})
}

// Somebody who looks at one patient's record again and again must not take every trial.
func TestTrialsAboutOnePatientDoNotKeepTheRegionLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := opened(t, failsFor(0))
		_ = askAbout(t.Context(), r, 0)
		wantBreaker(t, r, open)
		time.Sleep(once().Breaker.Pause + time.Millisecond)
		_ = askAbout(t.Context(), r, 0)
		wantBreaker(t, r, halfOpen)
		if err := askAbout(t.Context(), r, 1); err != nil {
			t.Error("another patient is not asked for:", err)
		}
		wantBreaker(t, r, closed)
	})
}

func TestATrialAfterTheRegionWasWellCountsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := slices.Repeat([]fetch{fails(code(codes.Unavailable))}, 11)
		r := opened(t, inTurn(append([]fetch{down[0], answers(returned)}, down...)...))
		pause := func() { time.Sleep(once().Breaker.Pause + time.Millisecond) }
		_ = askAbout(t.Context(), r, 0)
		pause()
		_ = askAbout(t.Context(), r, 1) // it answers
		wantBreaker(t, r, closed)
		times(t.Context(), 10, r)
		pause()
		wantBreaker(t, r, halfOpen)
		_ = askAbout(t.Context(), r, 0)
		wantBreaker(t, r, open)
	})
}
