package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// regions are the metrics of what lookups ask regions. Labels come from the
// deployment and the adapter's methods, never from a caller.
type regions struct {
	calls    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	joined   *prometheus.CounterVec
	sections *prometheus.CounterVec
}

func newRegions(f *families) *regions {
	return &regions{
		calls:    f.counter("lhcr_region_calls_total", "Questions to regions, with asking again.", "region", "method", "outcome"),
		duration: f.histogram(callTimes(), "lhcr_region_call_duration_seconds", "How long questions to regions took, with waiting and asking again.", "region", "method"),
		joined:   f.counter("lhcr_region_joined_lookups_total", "Lookups that joined a question which another had asked.", "region"),
		sections: f.counter("lhcr_cached_sections_total", "Sections of regions that lookups wanted, by whether they were answered from what is kept.", "region", "result"),
	}
}

// RegionCall counts a question to a region: its id, the adapter's method ("Fetch") and
// how it ended (a gRPC code, or another word of few). None may come from a caller.
func (m *Metrics) RegionCall(region, method, outcome string, took time.Duration) {
	m.regions.calls.WithLabelValues(region, method, outcome).Inc()
	m.regions.duration.WithLabelValues(region, method).Observe(took.Seconds())
}

// Joined counts lookups that joined a question to a region.
func (m *Metrics) Joined(region string, lookups int) {
	if lookups > 0 {
		m.regions.joined.WithLabelValues(region).Add(float64(lookups))
	}
}

// Cached counts the sections of a region that a lookup wanted: hits were answered from
// what is kept, misses were asked for.
func (m *Metrics) Cached(region string, hits, misses int) {
	if hits > 0 {
		m.regions.sections.WithLabelValues(region, "hit").Add(float64(hits))
	}
	if misses > 0 {
		m.regions.sections.WithLabelValues(region, "miss").Add(float64(misses))
	}
}
