package directory_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func checked(h *directory.Health, status lhcrv1.HealthStatus) lhcrv1.HealthStatus {
	return h.Checked(directory.Check{RegionID: "dorset", Status: status})
}

func TestACheckCountsUntilTheNextCall(t *testing.T) {
	tests := map[string]struct {
		calls []lhcrv1.HealthStatus
		check lhcrv1.HealthStatus
		want  lhcrv1.HealthStatus
	}{
		"no call, and it answers":             {nil, answered, answered},
		"no call, and it is down":             {nil, down, down},
		"no call, and it refuses":             {nil, refusing, refusing},
		"no call, and it answers in part":     {nil, inPart, inPart},
		"no call, and it says nothing":        {nil, none, none},
		"calls answered, and now down":        {repeat(answered, 3), down, down},
		"calls answered, and now refusing":    {repeat(answered, 3), refusing, refusing},
		"calls answered, and now in part":     {repeat(answered, 3), inPart, inPart},
		"calls answered, and it says nothing": {repeat(answered, 3), none, answered},
		"calls failed, and now it answers":    {repeat(down, 3), answered, inPart},
		"calls refused, and now it answers":   {repeat(refusing, 3), answered, inPart},
		"calls refused, and now down":         {repeat(refusing, 3), down, down},
		"some calls failed, and it answers":   {[]lhcrv1.HealthStatus{down, answered}, answered, inPart},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := directory.NewHealth((&clock{start()}).now)
			observe(h, tt.calls...)
			if got := checked(h, tt.check); got != tt.want || h.Of("dorset").GetStatus() != tt.want {
				t.Errorf("status %v, and asked for %v, want %v", got, h.Of("dorset").GetStatus(), tt.want)
			}
			if got := h.Of("yorkshire"); got.GetStatus() != none || got.GetLastChecked() != nil {
				t.Errorf("another region is %v", got)
			}
			if tt.check == none {
				return
			}
			if got := h.Observe(directory.Call{RegionID: "dorset", Status: answered}); (got == answered) != (tt.calls == nil || tt.calls[0] == answered) {
				t.Errorf("after a call that was answered %v: the check is over", got)
			}
		})
	}
}

func TestHealthTellsWhatACheckFound(t *testing.T) {
	h := directory.NewHealth((&clock{start()}).now)
	observe(h, down)
	steps := []*lhcrv1.HealthStep{{Name: "token", Ok: true}, {Name: "metadata", Message: "ask its team"}}
	h.Checked(directory.Check{RegionID: "dorset", Status: down, Steps: steps})
	want := &lhcrv1.RegionHealth{
		RegionId: "dorset", Status: down, Calls: 1, Failures: 1,
		LastFailed: timestamppb.New(start().Add(time.Second)), LastFailure: "it answered none of the sections asked for",
		LastChecked: timestamppb.New(start().Add(2 * time.Second)), Steps: steps,
	}
	if diff := cmp.Diff(want, h.Of("dorset"), protocmp.Transform()); diff != "" {
		t.Errorf("health (-want +got):\n%s", diff)
	}
}

// A check is no call: a region that is left alone stays so.
func TestACheckDoesNotOpenABreaker(t *testing.T) {
	h := directory.NewHealth((&clock{start()}).now)
	h.Guarded(&guards{lhcrv1.BreakerState_BREAKER_STATE_OPEN})
	if got := checked(h, answered); got != down {
		t.Errorf("status %v, want DOWN: it is not asked", got)
	}
}
