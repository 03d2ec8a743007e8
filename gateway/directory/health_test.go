package directory_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// clock moves on by a second each time it is read.
type clock struct{ at time.Time }

func (c *clock) now() time.Time {
	c.at = c.at.Add(time.Second)
	return c.at
}

func start() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

const (
	none     = lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
	answered = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
	inPart   = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
	down     = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	refusing = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
)

func observe(h *directory.Health, results ...lhcrv1.HealthStatus) {
	for i, status := range results {
		h.Observe(directory.Call{RegionID: "dorset", Status: status, Duration: time.Duration(i+1) * time.Millisecond})
	}
}

func repeat(status lhcrv1.HealthStatus, n int) []lhcrv1.HealthStatus {
	return slices.Repeat([]lhcrv1.HealthStatus{status}, n)
}

func TestHealthIsWhatTheLastCallsSaw(t *testing.T) {
	tests := map[string]struct {
		calls []lhcrv1.HealthStatus
		want  lhcrv1.HealthStatus
	}{
		"no call":                        {nil, none},
		"answered":                       {repeat(answered, 3), answered},
		"one answered in part":           {[]lhcrv1.HealthStatus{inPart, answered}, inPart},
		"some answered":                  {[]lhcrv1.HealthStatus{answered, down}, inPart},
		"none answered":                  {repeat(down, 2), down},
		"refused in the end":             {[]lhcrv1.HealthStatus{down, refusing}, refusing},
		"down in the end":                {[]lhcrv1.HealthStatus{refusing, down}, down},
		"given up by the caller":         {[]lhcrv1.HealthStatus{none}, none},
		"old failures are forgotten":     {append(repeat(down, 5), repeat(answered, directory.LastCalls)...), answered},
		"failures are not forgotten yet": {append(repeat(down, 5), repeat(answered, directory.LastCalls-1)...), inPart},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := directory.NewHealth((&clock{start()}).now)
			observe(h, tt.calls...)
			if got := h.Of("dorset").GetStatus(); got != tt.want {
				t.Errorf("status %v, want %v", got, tt.want)
			}
			if got := h.Of("yorkshire").GetStatus(); got != lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED {
				t.Errorf("another region's status is %v", got)
			}
		})
	}
}

func TestHealthReportsTimesCountsAndLatency(t *testing.T) {
	h := directory.NewHealth((&clock{start()}).now)
	observe(h, answered, down, answered, refusing, inPart)
	want := &lhcrv1.RegionHealth{
		RegionId:       "dorset",
		Status:         inPart,
		LastAnswered:   timestamppb.New(start().Add(5 * time.Second)),
		LastFailed:     timestamppb.New(start().Add(4 * time.Second)),
		LastFailure:    "it refused our credentials or this caller",
		Calls:          5,
		Failures:       2,
		TypicalLatency: durationpb.New(3 * time.Millisecond),
	}
	if diff := cmp.Diff(want, h.Of("dorset"), protocmp.Transform()); diff != "" {
		t.Errorf("health (-want +got):\n%s", diff)
	}
}

func TestAFailureIsWordedByItsKind(t *testing.T) {
	tests := map[string]directory.Call{
		"":                          {Status: answered},
		"it did not answer in time": {Status: down, Code: codes.DeadlineExceeded},
		"it could not be reached or was out of order":           {Status: down, Code: codes.Unavailable},
		"its answer could not be understood or was not whole":   {Status: down, Code: codes.DataLoss},
		"it answered none of the sections asked for":            {Status: down, Code: codes.OK},
		"it asked us to slow down, or its answer was too large": {Status: refusing, Code: codes.ResourceExhausted},
		"it refused our credentials or this caller":             {Status: refusing, Code: codes.OK},
		"the call to it failed":                                 {Status: down, Code: codes.Internal},
	}
	for want, call := range tests {
		h := directory.NewHealth((&clock{start()}).now)
		call.RegionID = "dorset"
		h.Observe(call)
		if got := h.Of("dorset").GetLastFailure(); got != want {
			t.Errorf("%v with %v reads %q, want %q", call.Status, call.Code, got, want)
		}
	}
}

func TestObserveAnswersTheStatusSince(t *testing.T) {
	h := directory.NewHealth((&clock{start()}).now)
	if got := h.Observe(directory.Call{RegionID: "dorset", Status: down}); got != down {
		t.Errorf("status %v after a failure, want DOWN", got)
	}
}

func TestHealthTakesCallsSideBySide(t *testing.T) {
	h := directory.NewHealth(time.Now)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { observe(h, repeat(answered, 50)...); h.Of("dorset") })
	}
	group.Wait()
	if got := h.Of("dorset").GetCalls(); got != directory.LastCalls {
		t.Errorf("%d calls are looked back on, want %d", got, directory.LastCalls)
	}
}

// guards know of one region that is left alone.
type guards struct{ breaker lhcrv1.BreakerState }

func (g *guards) Report(health *lhcrv1.RegionHealth) {
	if health.GetRegionId() == "dorset" {
		health.Breaker, health.CallsInFlight, health.CallsWaiting = g.breaker, 3, 2
	}
}

func TestARegionThatIsLeftAloneIsDown(t *testing.T) {
	h := directory.NewHealth((&clock{start()}).now)
	observe(h, answered, down)
	g := &guards{lhcrv1.BreakerState_BREAKER_STATE_OPEN}
	h.Guarded(g)
	want := &lhcrv1.RegionHealth{
		RegionId: "dorset", Status: down, Calls: 2, Failures: 1,
		LastAnswered: timestamppb.New(start().Add(time.Second)), LastFailed: timestamppb.New(start().Add(2 * time.Second)),
		LastFailure: "it answered none of the sections asked for", TypicalLatency: durationpb.New(time.Millisecond),
		Breaker: lhcrv1.BreakerState_BREAKER_STATE_OPEN, CallsInFlight: 3, CallsWaiting: 2,
	}
	if diff := cmp.Diff(want, h.Of("dorset"), protocmp.Transform()); diff != "" {
		t.Errorf("health (-want +got):\n%s", diff)
	}
	if got := h.Observe(directory.Call{RegionID: "dorset", Status: none}); got != down {
		t.Errorf("a call that a guard refused leaves it %v", got)
	}
	if got := h.Of("yorkshire"); got.GetStatus() != none || got.GetCallsInFlight() != 0 {
		t.Errorf("another region's health is %v", got)
	}
	g.breaker = lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN
	if got := h.Of("dorset"); got.GetStatus() != inPart || got.GetCalls() != 2 {
		t.Errorf("a region that is tried is %v after %d calls, want as its calls were", got.GetStatus(), got.GetCalls())
	}
}

func TestARegionThatWasNeverAskedHasGuards(t *testing.T) {
	h := directory.NewHealth(time.Now)
	h.Guarded(&guards{lhcrv1.BreakerState_BREAKER_STATE_CLOSED})
	if got := h.Of("dorset").GetBreaker(); got != lhcrv1.BreakerState_BREAKER_STATE_CLOSED {
		t.Errorf("its breaker is %v", got)
	}
}
