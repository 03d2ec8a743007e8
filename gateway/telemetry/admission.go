package telemetry

import (
	"time"

	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/prometheus/client_golang/prometheus"
)

// admission are the metrics of how many calls are let in.
type admission struct {
	refusals *prometheus.CounterVec
	wait     prometheus.Observer
	state    *polled[load.State]
}

var _ load.Observer = (*admission)(nil)

func newAdmission(f *families) *admission {
	a := &admission{
		refusals: f.counter("lhcr_admission_refusals_total", "Calls that were not let in: too many in all, too many of one supplier, too little memory.", "cause"),
		wait:     f.histogram(waits(), "lhcr_admission_wait_seconds", "How long calls waited that were let in after a wait.").WithLabelValues(),
		state:    newPolled[load.State](),
	}
	at(a.refusals, load.Causes())
	inFlight := a.state.gauge(f, "lhcr_admission_calls_in_flight", "Calls of the contract that were let in and go on.")
	limit := a.state.gauge(f, "lhcr_admission_calls_limit", "The most that may.")
	waiting := a.state.gauge(f, "lhcr_admission_calls_waiting", "Calls that wait to be let in.")
	most := a.state.gauge(f, "lhcr_admission_waiting_limit", "The most that may.")
	used := a.state.gauge(f, "lhcr_memory_used_bytes", "Memory that the process uses.")
	within := a.state.gauge(f, "lhcr_memory_limit_bytes", "Memory that the gateway keeps within. 0 for no bound.")
	a.state.read = func(s load.State, set func(*prometheus.Desc, float64, ...string)) {
		set(inFlight, float64(s.InFlight))
		set(limit, float64(s.Calls))
		set(waiting, float64(s.Waiting))
		set(most, float64(s.MostWaiting))
		set(used, float64(s.MemoryUsed))
		set(within, float64(s.MemoryLimit))
	}
	f.registry.MustRegister(a.state)
	return a
}

// Load hears whom the gate lets in.
func (m *Metrics) Load() load.Observer { return m.load }

// WatchLoad says where to read how full the gateway is.
func (m *Metrics) WatchLoad(state func() load.State) { m.load.state.watch(state) }

// Refused counts a call that was not let in.
func (a *admission) Refused(cause load.Cause) { a.refusals.WithLabelValues(string(cause)).Inc() }

// Waited notes how long a call waited.
func (a *admission) Waited(d time.Duration) { a.wait.Observe(d.Seconds()) }
