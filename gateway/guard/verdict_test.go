package guard_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"
)

// meanings is what each end of a call means: whether it is asked again, what a
// breaker is after twelve of them, and what becomes of one that is trying the region.
var meanings = map[string]struct {
	region fetch
	again  bool
	after  lhcrv1.BreakerState
	trial  lhcrv1.BreakerState
}{
	"unavailable":         {fails(code(codes.Unavailable)), true, open, open},
	"internal":            {fails(code(codes.Internal)), true, open, open},
	"unknown":             {fails(code(codes.Unknown)), true, open, open},
	"aborted":             {fails(code(codes.Aborted)), true, open, open},
	"broken off":          {fails(code(codes.Canceled)), true, open, open},
	"its own timeout":     {fails(code(codes.DeadlineExceeded)), true, open, open},
	"no status":           {fails(errors.New("it failed")), true, open, open},
	"a code of its own":   {fails(code(77)), true, open, open},
	"not found":           {fails(code(codes.NotFound)), false, closed, closed},
	"permission denied":   {fails(code(codes.PermissionDenied)), false, closed, closed},
	"unauthenticated":     {fails(code(codes.Unauthenticated)), false, closed, closed},
	"failed precondition": {fails(code(codes.FailedPrecondition)), false, closed, closed},
	"resource exhausted":  {fails(code(codes.ResourceExhausted)), false, closed, closed},
	"slow down":           {fails(codeIn(codes.ResourceExhausted, time.Second)), true, closed, closed},
	"denied for a second": {fails(codeIn(codes.PermissionDenied, time.Second)), false, closed, closed},
	"data loss":           {fails(code(codes.DataLoss)), false, closed, halfOpen},
	"invalid argument":    {fails(code(codes.InvalidArgument)), false, closed, halfOpen},
	"out of range":        {fails(code(codes.OutOfRange)), false, closed, halfOpen},
	"already exists":      {fails(code(codes.AlreadyExists)), false, closed, halfOpen},
	"unimplemented":       {fails(code(codes.Unimplemented)), false, closed, halfOpen},
	"answered":            {answers(returned), false, closed, closed},
	"refused":             {answers(lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED), false, closed, closed},
	"not understood":      {answers(lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID), false, closed, closed},
	"all unavailable":     {says(&lhcrv1.SectionOutcome{Status: unavailable}, &lhcrv1.SectionOutcome{Status: unavailable}), true, open, open},
	"one of two came":     {says(&lhcrv1.SectionOutcome{Status: unavailable}, &lhcrv1.SectionOutcome{Status: returned}), false, closed, closed},
	"nothing asked":       {says(), false, closed, closed},
	"retrying may help":   {says(gapped(false), gapped(true)), true, open, open},
	"retrying is no help": {says(gapped(false), gapped(false)), false, open, open},
}

// says is a region that answers with these outcomes.
func says(outcomes ...*lhcrv1.SectionOutcome) fetch {
	return func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return &adapterv1.FetchResponse{Outcomes: outcomes}, nil
	}
}

func gapped(retryable bool) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{Status: unavailable, Gaps: []*lhcrv1.Gap{{Retryable: retryable}}}
}

func TestWhatEachEndOfACallMeans(t *testing.T) {
	for name, want := range meanings {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, n := guarded(t, &regional{fetch: want.region}, patient())
				times(t.Context(), 1, r)
				if again := len(n.asked()) == 2; again != want.again {
					t.Errorf("asked %d times: asked again %t, want %t", len(n.asked()), again, want.again)
				}
				r, n = guarded(t, &regional{fetch: want.region}, once())
				times(t.Context(), 12, r)
				wantBreaker(t, r, want.after)
				if failed := n.asked()[0].Failed; failed != (want.after == open) {
					t.Errorf("observed as failed: %t", failed)
				}
				r = opened(t, want.region)
				times(t.Context(), 1, r)
				wantBreaker(t, r, want.trial)
			})
		})
	}
}

// opened is a region whose breaker will try it with the next call.
func opened(t *testing.T, then fetch) *guard.Region {
	t.Helper()
	behave := fails(code(codes.Unavailable))
	r, _ := guarded(t, &regional{fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return behave(ctx, req)
	}}, once())
	times(t.Context(), 10, r)
	wantBreaker(t, r, open)
	behave = then
	time.Sleep(once().Breaker.Pause + time.Millisecond)
	wantBreaker(t, r, halfOpen)
	return r
}

func TestTheLastAnswerIsDeliveredAsItCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var given []*adapterv1.FetchResponse
		r, _ := guarded(t, &regional{fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			res, err := answers(unavailable)(ctx, req)
			given = append(given, res)
			return res, err
		}}, guard.DefaultPolicy())
		got, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{})
		if err != nil || len(given) != 2 || got != given[1] {
			t.Errorf("of %d answers %p is delivered with error %v", len(given), got, err)
		}
	})
}

func TestTheEndOfAContextIsKnownWithoutAStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: inTurn(fails(context.Canceled), fails(context.DeadlineExceeded), fails(errors.New("it failed")))}, once())
		times(t.Context(), 3, r)
		for i, want := range []codes.Code{codes.Canceled, codes.DeadlineExceeded, codes.Unknown} {
			if got := n.asked()[i].Code; got != want {
				t.Errorf("attempt %d ended with %v, want %v", i+1, got, want)
			}
		}
	})
}

func TestNothingIsAskedAgainForACallerWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: hangs()}, guard.DefaultPolicy())
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		times(ctx, 1, r)
		if len(n.asked()) != 1 || len(n.decided()) != 0 {
			t.Errorf("%d attempts, %d thoughts of another", len(n.asked()), len(n.decided()))
		}
	})
}

func TestAnOutcomeSaysWhenToAskAgain(t *testing.T) {
	in := func(d time.Duration) fetch {
		return says(&lhcrv1.SectionOutcome{Status: unavailable, RetryAfter: durationpb.New(time.Second)},
			&lhcrv1.SectionOutcome{Status: unavailable, Gaps: []*lhcrv1.Gap{{Retryable: true, RetryAfter: durationpb.New(d)}}},
			&lhcrv1.SectionOutcome{Status: unavailable})
	}
	for d, want := range map[time.Duration]time.Duration{2 * time.Second: 2 * time.Second, 9 * time.Second: 0} {
		synctest.Test(t, func(t *testing.T) {
			r, _ := guarded(t, &regional{fetch: inTurn(in(d), answers(returned))}, guard.DefaultPolicy())
			began := time.Now()
			times(t.Context(), 1, r)
			if took := time.Since(began); took != want {
				t.Errorf("asked to wait %v, it took %v, want %v", d, took, want)
			}
		})
	}
}
