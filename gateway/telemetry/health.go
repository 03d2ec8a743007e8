package telemetry

import (
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/prometheus/client_golang/prometheus"
)

// health is the metrics of how regions fare, by their calls and by what trying them found.
type health struct {
	checks *prometheus.CounterVec
	state  *polled[map[string]lhcrv1.HealthStatus]
}

func newHealth(f *families) *health {
	h := &health{
		checks: f.counter("lhcr_region_checks_total", "How often regions were tried without a patient, by what was found.", "region", "result"),
		state:  newPolled[map[string]lhcrv1.HealthStatus](),
	}
	fares := h.state.gauge(f, "lhcr_region_health", "How a region fares: 1 for the status that it has.", "region", "status")
	h.state.read = func(states map[string]lhcrv1.HealthStatus, set func(*prometheus.Desc, float64, ...string)) {
		for region, status := range states {
			for _, word := range HealthWords() {
				set(fares, truth(word == healthWord(status)), region, word)
			}
		}
	}
	f.registry.MustRegister(h.state)
	return h
}

// HealthWords are the values of the label that says how a region fares.
func HealthWords() []string { return []string{"unknown", "healthy", "degraded", "down", "refusing"} }

// healthWord is the word of a status, one of [HealthWords].
func healthWord(s lhcrv1.HealthStatus) string {
	if _, known := lhcrv1.HealthStatus_name[int32(s)]; !known || s == lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED {
		return "unknown"
	}
	return strings.ToLower(strings.TrimPrefix(s.String(), "HEALTH_STATUS_"))
}

// RegionCheck counts that a region was tried without a patient.
func (m *Metrics) RegionCheck(region string, found lhcrv1.HealthStatus) {
	m.health.checks.WithLabelValues(region, healthWord(found)).Inc()
}

// WatchHealth says where to read how each region fares that is switched on.
func (m *Metrics) WatchHealth(states func() map[string]lhcrv1.HealthStatus) {
	m.health.state.watch(states)
}
