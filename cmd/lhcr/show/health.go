package show

import (
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Health says how each region fares, of those that are switched on. Of the others it
// says that they are off, and why.
func (v View) Health(regions []*lhcrv1.Region, health []*lhcrv1.RegionHealth) string {
	off := map[string]string{}
	for _, r := range regions {
		if !r.GetConfigured() {
			off[r.GetRegionId()] = regionState(r)
		}
	}
	t := table.New("Region", "Health", "Last answered", "Last failed", "Why", "Last tried", "Typical time", "Calls under way", "Waiting")
	for _, h := range health {
		if state := off[h.GetRegionId()]; state != "" {
			t.Add(table.Row{Style: paint.Dim, Cells: []string{h.GetRegionId(), state}})
			continue
		}
		t.Add(table.Row{Style: healthStyle(h), Cells: []string{
			h.GetRegionId(), healthWords(h), moment(h.GetLastAnswered()), moment(h.GetLastFailed()), h.GetLastFailure(), moment(h.GetLastChecked()),
			typicalTime(h), fmt.Sprint(h.GetCallsInFlight()), fmt.Sprint(h.GetCallsWaiting()),
		}, Notes: failedSteps(h)})
	}
	return t.Render(v.Width, v.Paint)
}

func healthStyle(h *lhcrv1.RegionHealth) paint.Style {
	switch h.GetStatus() {
	case lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return paint.Alarm
	case lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED:
		return paint.Dim
	}
	return paint.Plain
}

// failedSteps are those at which the gateway failed when it last tried a region, and
// what to ask of whom.
func failedSteps(h *lhcrv1.RegionHealth) []string {
	var failed []string
	for _, step := range h.GetSteps() {
		if !step.GetOk() {
			failed = append(failed, joined(": ", "When it was tried, "+step.GetName()+" failed", step.GetMessage()))
		}
	}
	return failed
}

// healthWords says whether a region is asked, and what came of it lately: of its calls
// or, where the gateway tried it since, of that.
func healthWords(h *lhcrv1.RegionHealth) string {
	switch h.GetBreaker() {
	case lhcrv1.BreakerState_BREAKER_STATE_OPEN:
		return joined(": ", "left alone for "+roughly(h.GetRetryAfter().AsDuration()), failuresOf(h))
	case lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN:
		return joined(": ", "tried again with one call at a time", failuresOf(h))
	}
	if words := triedWords(h); words != "" {
		return words
	}
	switch h.GetStatus() {
	case lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY:
		return "answers"
	case lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		if h.GetFailures() == 0 {
			return "answers in part"
		}
		return "answers at times: " + failuresOf(h)
	case lhcrv1.HealthStatus_HEALTH_STATUS_DOWN:
		return joined(": ", "down", failuresOf(h))
	case lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return joined(": ", "refuses us", failuresOf(h))
	}
	return "not asked yet"
}

// triedWords is how a region fares that the gateway tried since its last call. Nothing
// where it was called since.
func triedWords(h *lhcrv1.RegionHealth) string {
	at := h.GetLastChecked().AsTime()
	if h.GetLastChecked() == nil || !at.After(h.GetLastAnswered().AsTime()) || !at.After(h.GetLastFailed().AsTime()) {
		return ""
	}
	switch h.GetStatus() {
	case lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY:
		return "answers when tried"
	case lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		if h.GetFailures() > 0 {
			return "answers when tried, but " + failuresOf(h)
		}
		return "answers in part when tried"
	case lhcrv1.HealthStatus_HEALTH_STATUS_DOWN:
		return joined(": ", "down when tried", failuresOf(h))
	case lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return joined(": ", "refuses us when tried", failuresOf(h))
	}
	return ""
}

// failuresOf is how many of the last calls failed, in words. Nothing when none did.
func failuresOf(h *lhcrv1.RegionHealth) string {
	failed, calls := h.GetFailures(), h.GetCalls()
	switch {
	case failed == 0:
		return ""
	case calls == 1:
		return "the last call failed"
	case failed == calls:
		return fmt.Sprintf("all of the last %d calls failed", calls)
	case failed*2 == calls:
		return fmt.Sprintf("half of the last %d calls failed", calls)
	}
	return fmt.Sprintf("%d of the last %d calls failed", failed, calls)
}

// roughly is a wait in whole seconds, and never none.
func roughly(d time.Duration) string {
	return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second)/time.Second)))
}

func moment(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().UTC().Format("2006-01-02 15:04:05 UTC")
}

func typicalTime(h *lhcrv1.RegionHealth) string {
	if h.GetTypicalLatency() == nil {
		return ""
	}
	return h.GetTypicalLatency().AsDuration().Round(time.Millisecond).String()
}
