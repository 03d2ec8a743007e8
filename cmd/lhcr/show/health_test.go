package show_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestHealthIsToldInWords(t *testing.T) {
	const (
		healthy  = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
		degraded = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
		down     = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
		refusing = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
		closed   = lhcrv1.BreakerState_BREAKER_STATE_CLOSED
		open     = lhcrv1.BreakerState_BREAKER_STATE_OPEN
		halfOpen = lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN
	)
	tests := map[string]*lhcrv1.RegionHealth{
		"not asked yet":   {Breaker: closed},
		"answers":         {Breaker: closed, Status: healthy, Calls: 20},
		"answers in part": {Status: degraded, Calls: 20},
		"answers at times: 3 of the last 20 calls failed": {Breaker: closed, Status: degraded, Calls: 20, Failures: 3},
		"down: the last call failed":                      {Status: down, Calls: 1, Failures: 1},
		"down: all of the last 5 calls failed":            {Status: down, Calls: 5, Failures: 5},
		"refuses us: all of the last 2 calls failed":      {Status: refusing, Calls: 2, Failures: 2},
		"left alone for 8 s: half of the last 20 calls failed": {
			Breaker: open, Status: down, Calls: 20, Failures: 10, RetryAfter: durationpb.New(8200 * time.Millisecond),
		},
		"left alone for 1 s": {Breaker: open, Status: down, RetryAfter: durationpb.New(time.Millisecond)},
		"tried again with one call at a time: all of the last 20 calls failed": {Breaker: halfOpen, Status: down, Calls: 20, Failures: 20},
	}
	for want, health := range tests {
		health.RegionId = "dorset"
		region := &lhcrv1.Region{RegionId: "dorset", Configured: true}
		for _, page := range []string{
			wide.Health([]*lhcrv1.Region{region}, []*lhcrv1.RegionHealth{health}),
			wide.Regions([]*lhcrv1.Region{region}, []*lhcrv1.RegionHealth{health}),
		} {
			cells := strings.Split(strings.Split(page, "\n")[1], "  ")
			if !holdsCell(cells, want) {
				t.Errorf("want %q in\n%s", want, page)
			}
		}
	}
}

// What the gateway found when it tried a region counts until the next call.
func TestWhatTryingARegionFoundIsTold(t *testing.T) {
	const (
		healthy  = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
		degraded = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
		down     = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
		refusing = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	)
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	before, now, after := timestamppb.New(at.Add(-time.Minute)), timestamppb.New(at), timestamppb.New(at.Add(time.Minute))
	tests := map[string]*lhcrv1.RegionHealth{
		"not asked yet":                                          {},
		"answers when tried":                                     {Status: healthy},
		"answers in part when tried":                             {Status: degraded},
		"down when tried":                                        {Status: down},
		"refuses us when tried":                                  {Status: refusing},
		"down when tried: 1 of the last 20 calls failed":         {Status: down, Calls: 20, Failures: 1, LastAnswered: before},
		"answers when tried, but all of the last 2 calls failed": {Status: degraded, Calls: 2, Failures: 2, LastFailed: before},
		"answers": {Status: healthy, Calls: 20, LastAnswered: after},
		"answers at times: 3 of the last 20 calls failed":        {Status: degraded, Calls: 20, Failures: 3, LastAnswered: before, LastFailed: after},
		"left alone for 8 s: all of the last 20 calls failed":    {Breaker: lhcrv1.BreakerState_BREAKER_STATE_OPEN, Status: down, Calls: 20, Failures: 20, LastFailed: before, RetryAfter: durationpb.New(8 * time.Second)},
		"refuses us when tried: half of the last 2 calls failed": {Status: refusing, Calls: 2, Failures: 1, LastFailed: before, LastAnswered: before},
	}
	for want, health := range tests {
		health.RegionId, health.LastChecked = "dorset", now
		page := wide.Health(nil, []*lhcrv1.RegionHealth{health})
		if !holdsCell(strings.Split(strings.Split(page, "\n")[1], "  "), want) {
			t.Errorf("want %q in\n%s", want, page)
		}
		mustSay(t, page, "Last tried", "2026-11-21 12:00:00 UTC")
	}
	page := wide.Health(nil, []*lhcrv1.RegionHealth{{RegionId: "dorset", Status: down, LastChecked: now, Steps: []*lhcrv1.HealthStep{
		{Name: "token", Ok: true, Message: "well"}, {Name: "metadata", Message: "ask its team whether it is up"},
	}}})
	mustSay(t, page, "When it was tried, metadata failed: ask its team whether it is up")
	if strings.Contains(page, "token") {
		t.Errorf("a step that went well is told in\n%s", page)
	}
}

func holdsCell(cells []string, want string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) == want {
			return true
		}
	}
	return false
}

func TestHealthTellsTimesAndLoad(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	page := wide.Health(nil, []*lhcrv1.RegionHealth{{
		RegionId: "dorset", LastAnswered: timestamppb.New(at), LastFailed: timestamppb.New(at.Add(time.Minute)), LastFailure: "it did not answer in time",
		TypicalLatency: durationpb.New(1234567 * time.Microsecond), CallsInFlight: 32, CallsWaiting: 7,
	}})
	mustSay(t, page, "2026-11-21 12:00:00 UTC", "2026-11-21 12:01:00 UTC", "it did not answer in time", "1.235s", "32", "7")
}

func TestARegionThatIsSwitchedOffHasNoHealth(t *testing.T) {
	regions := []*lhcrv1.Region{{RegionId: "dorset", DisabledReason: "this deployment has not configured it"}}
	health := []*lhcrv1.RegionHealth{{RegionId: "dorset"}}
	for _, page := range []string{wide.Regions(regions, health), wide.Health(regions, health)} {
		mustSay(t, page, "off: this deployment has not configured it")
		if strings.Contains(page, "not asked yet") {
			t.Errorf("health is told in\n%s", page)
		}
	}
}

func TestANameThatIsOnInPartSaysSo(t *testing.T) {
	regions := []*lhcrv1.Region{
		{RegionId: "chie", DisabledReason: "not onboarded"},
		{RegionId: "dorset", Configured: true},
		{RegionId: "wessex", ExpandsTo: []string{"chie", "dorset"}, DisabledReason: "of what it stands for, chie is switched off"},
	}
	if page := wide.Regions(regions, nil); !strings.Contains(page, "on in part: of what it stands for, chie is switched off") {
		t.Error(page)
	}
	regions[1].Configured = false
	if page := wide.Regions(regions, nil); strings.Contains(page, "on in part") {
		t.Error(page)
	}
}

func TestADefinitionThatIsOffByDefaultSaysWhy(t *testing.T) {
	page := wide.Definitions([]*lhcrv1.Region{
		{RegionId: "dorset", DisabledReason: show.Undeployed}, {RegionId: "scr", DisabledReason: "Not open to pharmacies."},
	})
	if !strings.Contains(page, "Off unless a deployment configures it: Not open to pharmacies.") || strings.Count(page, "Off unless") != 1 {
		t.Error(page)
	}
}
