package telemetry

import (
	"strings"

	"github.com/openlhcr/openlhcr/gateway/guard"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/prometheus/client_golang/prometheus"
)

// guards are the metrics of what stands around the calls to regions.
type guards struct {
	attempts *prometheus.CounterVec
	failures *prometheus.CounterVec
	queue    *prometheus.HistogramVec
	refusals *prometheus.CounterVec
	retries  *prometheus.CounterVec
	changes  *prometheus.CounterVec
	state    *polled[map[string]guard.State]
}

var _ guard.Observer = (*guards)(nil)

func newGuards(f *families) *guards {
	g := &guards{
		attempts: f.counter("lhcr_region_attempts_total", "Calls that went to regions, each attempt by itself.", "region", "method", "code"),
		failures: f.counter("lhcr_region_attempt_failures_total", "Calls to regions that count as the region's failure.", "region", "method"),
		queue:    f.histogram(waits(), "lhcr_region_queue_seconds", "How long calls waited for their turn at a region.", "region"),
		refusals: f.counter("lhcr_region_refusals_total", "Calls that did not go to a region: its breaker is open, or too many are under way.", "region", "method", "why"),
		retries:  f.counter("lhcr_region_retries_total", "Reads that failed in a way in which asking again can help, by what was decided.", "region", "method", "decision"),
		changes:  f.counter("lhcr_region_breaker_changes_total", "How often a region's breaker changed, by what it changed to.", "region", "to"),
		state:    newPolled[map[string]guard.State](),
	}
	open := g.state.gauge(f, "lhcr_region_breaker_open", "Whether a region is left alone: 1 it is, 0.5 one call tries it, 0 it is not.", "region")
	inFlight := g.state.gauge(f, "lhcr_region_calls_in_flight", "Calls under way to a region.", "region")
	waiting := g.state.gauge(f, "lhcr_region_calls_waiting", "Calls that wait for their turn at a region.", "region")
	g.state.read = func(states map[string]guard.State, set func(*prometheus.Desc, float64, ...string)) {
		for region, s := range states {
			set(open, openness(s.Breaker), region)
			set(inFlight, float64(s.InFlight), region)
			set(waiting, float64(s.Waiting), region)
		}
	}
	f.registry.MustRegister(g.state)
	return g
}

// Guards hears what the guards of regions do.
func (m *Metrics) Guards() guard.Observer { return m.guards }

// WatchGuards says where to read how the guards of each region stand.
func (m *Metrics) WatchGuards(states func() map[string]guard.State) { m.guards.state.watch(states) }

// Attempted counts a call to a region.
func (g *guards) Attempted(a guard.Attempt) {
	g.attempts.WithLabelValues(a.RegionID, string(a.Method), a.Code.String()).Inc()
	g.queue.WithLabelValues(a.RegionID).Observe(a.Waited.Seconds())
	if a.Failed {
		g.failures.WithLabelValues(a.RegionID, string(a.Method)).Inc()
	}
}

// Refused counts a call that did not go to a region.
func (g *guards) Refused(r guard.Refused) {
	g.refusals.WithLabelValues(r.RegionID, string(r.Method), string(r.Why)).Inc()
}

// Retried counts a read that could be asked again.
func (g *guards) Retried(r guard.Retried) {
	g.retries.WithLabelValues(r.RegionID, string(r.Method), string(r.Decision)).Inc()
}

// Changed counts a breaker's change.
func (g *guards) Changed(c guard.Changed) {
	g.changes.WithLabelValues(c.RegionID, breakerWord(c.To)).Inc()
}

func breakerWord(s lhcrv1.BreakerState) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "BREAKER_STATE_"))
}

func openness(s lhcrv1.BreakerState) float64 {
	switch s {
	case lhcrv1.BreakerState_BREAKER_STATE_OPEN:
		return 1
	case lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN:
		return 0.5
	}
	return 0
}
