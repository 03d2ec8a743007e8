package telemetry

import (
	"net/http"
	"runtime"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// UnknownMethod is the label of every method that the contract does not have.
const UnknownMethod = "unknown"

// Metrics counts what the gateway does. The package comment says where the names
// are. It is safe for concurrent use.
type Metrics struct {
	families *families
	calls    *calls
	regions  *regions
	guards   *guards
	health   *health
	cache    *cached
	load     *admission
	upkeep   *upkeep
}

// NewMetrics makes metrics on a registry of their own.
func NewMetrics(version string) *Metrics {
	f := &families{registry: prometheus.NewRegistry()}
	m := &Metrics{
		families: f, calls: newCalls(f), regions: newRegions(f), guards: newGuards(f), health: newHealth(f),
		cache: newCached(f), load: newAdmission(f), upkeep: newUpkeep(f),
	}
	f.gauge("lhcr_build_info", "Always 1.", "version", "goversion").WithLabelValues(version, runtime.Version()).Set(1)
	f.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics in the Prometheus and OpenMetrics text formats.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.families.registry, promhttp.HandlerOpts{Registry: m.families.registry})
}

// Gatherer is where the metrics can be read in process.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.families.registry }
