package lookup_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Time in these tests is that of a synctest bubble: it moves only when everybody
// waits. A bubble fails when a goroutine is left behind.

// deaf is a region that minds no context, until released.
func deaf(about *adapterv1.DescribeResponse, release <-chan struct{}) adapters.Adapter {
	return &fetchFunc{about, func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		<-release
		return fetched(nil, outcome(problems, nothing)), nil
	}}
}

// slow is a region that answers after a while, or fails when its context ends.
func slow(about *adapterv1.DescribeResponse, after time.Duration) adapters.Adapter {
	return &fetchFunc{about, func(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		select {
		case <-time.After(after):
			return fetched(nil, outcome(problems, nothing)), nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

func TestALateRegionDelaysNobodyAndSaysSo(t *testing.T) {
	tests := map[string]struct {
		late     func(<-chan struct{}) adapters.Adapter
		deadline time.Duration // of the caller, 0 for none
		want     time.Duration // by when the answer is there
	}{
		"hanging, the region's own time": {func(r <-chan struct{}) adapters.Adapter {
			return deaf(timeout(describe("yorkshire"), 2*time.Second), r)
		}, 10 * time.Second, 2 * time.Second},
		"slow, the region's own time": {func(<-chan struct{}) adapters.Adapter {
			return slow(timeout(describe("yorkshire"), 2*time.Second), time.Hour)
		}, 10 * time.Second, 2 * time.Second},
		"hanging, the deadline less 5 %":         {func(r <-chan struct{}) adapters.Adapter { return deaf(timeout(describe("yorkshire"), time.Hour), r) }, 4 * time.Second, 3800 * time.Millisecond},
		"hanging, the deadline less 50 ms":       {func(r <-chan struct{}) adapters.Adapter { return deaf(describe("yorkshire"), r) }, 200 * time.Millisecond, 150 * time.Millisecond},
		"hanging, no time stated by the region":  {func(r <-chan struct{}) adapters.Adapter { return deaf(describe("yorkshire"), r) }, time.Minute, lookup.DefaultRegionTimeout},
		"hanging, no deadline set by the caller": {func(r <-chan struct{}) adapters.Adapter { return deaf(timeout(describe("yorkshire"), time.Hour), r) }, 0, lookup.DefaultCallTimeout * 19 / 20},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				defer close(release)
				var seen observations
				l := newLookup(t, lookup.Options{Observe: seen.observe}, test.late(release),
					answering("dorset", fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}, outcome(problems, returned))))
				ctx := t.Context()
				if test.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				began := time.Now()
				sent, err := l.Get(ctx, caller(), request(problems))
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(began); took > test.want {
					t.Errorf("the answer took %v, want at most %v", took, test.want)
				}
				res := onWire(t, sent)
				o := outcomeOf(t, res.GetOutcomes(), "yorkshire", problems)
				if o.GetStatus() != unavailable || len(o.GetGaps()) != 1 || o.GetGaps()[0].GetKind() != lhcrv1.GapKind_GAP_KIND_TIMED_OUT || !o.GetGaps()[0].GetRetryable() {
					t.Errorf("the late region is %v with %d gaps, want UNAVAILABLE, TIMED_OUT", o.GetStatus(), len(o.GetGaps()))
				}
				if len(res.GetRecord().GetProblems()) != 1 || res.GetCompleteness() != partialAnswer {
					t.Errorf("%d problems, %v: want the other region's one, partial", len(res.GetRecord().GetProblems()), res.GetCompleteness())
				}
				wantObserved(t, seen.all(), "yorkshire", codes.DeadlineExceeded)
				wantObserved(t, seen.all(), "dorset", codes.OK)
			})
		})
	}
}

// wantObserved wants exactly one observation of a region.
func wantObserved(t *testing.T, seen []lookup.Observation, region string, code codes.Code) {
	t.Helper()
	var of []codes.Code
	for _, o := range seen {
		if o.RegionID == region {
			of = append(of, o.Code)
		}
	}
	if len(of) != 1 || of[0] != code {
		t.Errorf("observed of %s: %v, want %v once", region, of, code)
	}
}

// What an adapter has by the end of its time still counts: it hears of the end
// before the lookup stops waiting.
func TestWhatARegionHasAtTheEndOfItsTimeCounts(t *testing.T) {
	for name, times := range map[string]struct{ region, caller time.Duration }{
		"its own time":      {time.Second, time.Minute},
		"the caller's time": {time.Hour, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				halfway := &fetchFunc{timeout(describe("dorset"), times.region), func(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
					<-ctx.Done()
					return fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}, outcome(problems, returned), outcome(alerts, unavailable)), nil
				}}
				ctx, cancel := context.WithTimeout(t.Context(), times.caller)
				defer cancel()
				res, err := newLookup(t, lookup.Options{}, halfway).Get(ctx, caller(), request(problems, alerts))
				if err != nil {
					t.Fatal(err)
				}
				if len(onWire(t, res).GetRecord().GetProblems()) != 1 {
					t.Error("what came was dropped with what did not")
				}
			})
		})
	}
}

func TestACallerWhoGivesUpStopsAllWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		l := newLookup(t, lookup.Options{Observe: seen.observe}, slow(describe("dorset"), time.Hour))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		_, err := l.Get(ctx, caller(), request(problems))
		if status.Code(err) != codes.Canceled || failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_CANCELLED {
			t.Errorf("error is %v %v, want CANCELLED", status.Code(err), failure.Reason(err))
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("it took %v to notice", took)
		}
		wantObserved(t, seen.all(), "dorset", codes.Canceled)
	})
}

func TestADeadlineThatLeavesNoTimeAsksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, left := range []time.Duration{-time.Second, 0, 50 * time.Millisecond} {
			var r recorder
			l := newLookup(t, lookup.Options{}, r.adapter("dorset"))
			ctx, cancel := context.WithTimeout(t.Context(), left)
			_, err := l.Get(ctx, caller(), request(problems))
			cancel()
			if failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED || status.Code(err) != codes.DeadlineExceeded {
				t.Errorf("with %v left: %v %v", left, status.Code(err), failure.Reason(err))
			}
			if len(r.asked) > 0 {
				t.Errorf("with %v left a region was asked", left)
			}
		}
	})
}

func TestTimesInTheAnswerAreOfTheGivenClock(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)
	l := newLookup(t, lookup.Options{Now: func() time.Time { return at }}, answering("dorset", fetched(nil, outcome(problems, nothing))))
	res := get(t, l, request(problems))
	if !res.GetAssembledAt().AsTime().Equal(at) || !res.GetOutcomes()[0].GetRetrievedAt().AsTime().Equal(at) {
		t.Errorf("assembled at %v, retrieved at %v", res.GetAssembledAt().AsTime(), res.GetOutcomes()[0].GetRetrievedAt().AsTime())
	}
	kept := outcome(problems, nothing)
	kept.RetrievedAt = timestamppb.New(at.Add(-time.Minute))
	res = get(t, newLookup(t, lookup.Options{}, answering("dorset", fetched(nil, kept))), request(problems))
	if got := res.GetOutcomes()[0].GetRetrievedAt().AsTime(); !got.Equal(at.Add(-time.Minute)) {
		t.Errorf("the adapter's own time of retrieval became %v", got)
	}
}
