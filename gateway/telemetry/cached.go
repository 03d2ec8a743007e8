package telemetry

import (
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/prometheus/client_golang/prometheus"
)

// cached are the metrics of what is kept.
type cached struct {
	reads     *prometheus.CounterVec
	memory    prometheus.Counter
	elsewhere prometheus.Counter
	nowhere   prometheus.Counter
	shared    prometheus.Observer
	fills     *prometheus.CounterVec
	purges    *prometheus.CounterVec
	failures  *prometheus.CounterVec
	state     *polled[cache.State]
}

var _ cache.Observer = (*cached)(nil)

func newCached(f *families) *cached {
	values := f.counter("lhcr_cache_values_total", "Values that were looked for, by where they were found.", "layer")
	c := &cached{
		reads:     f.counter("lhcr_cache_reads_total", "Reads of what is kept of a patient, by how they ended.", "result"),
		memory:    values.WithLabelValues(string(cache.LayerMemory)),
		elsewhere: values.WithLabelValues(string(cache.LayerShared)),
		nowhere:   values.WithLabelValues("none"),
		shared:    f.histogram(waits(), "lhcr_cache_shared_read_seconds", "How long reads of the shared cache took.").WithLabelValues(),
		fills:     f.counter("lhcr_cache_fills_total", "Values that were to be kept, by layer and by what became of them.", "layer", "result"),
		purges:    f.counter("lhcr_cache_purges_total", "Purges of a patient, by how they ended.", "result"),
		failures:  f.counter("lhcr_cache_failures_total", "What was wrong with the shared cache, or with a value in it.", "cause"),
	}
	at(c.reads, cache.LookResults())
	for _, l := range cache.Layers() {
		at(c.fills, cache.FillResults(), string(l))
	}
	at(c.purges, cache.PurgeResults())
	at(c.failures, cache.Causes())
	c.poll(f)
	return c
}

// poll adds what is read when it is asked for.
func (c *cached) poll(f *families) {
	c.state = newPolled[cache.State]()
	patients := c.state.gauge(f, "lhcr_cache_patients", "Patients of whom something is kept in this process.")
	bytes := c.state.gauge(f, "lhcr_cache_memory_bytes", "Memory that is taken by what is kept in this process.")
	limit := c.state.gauge(f, "lhcr_cache_memory_limit_bytes", "The most memory that may be.")
	queued := c.state.gauge(f, "lhcr_cache_queued_fills", "Fills of the shared cache that wait.")
	queuedBytes := c.state.gauge(f, "lhcr_cache_queued_bytes", "Memory that is taken by fills of the shared cache that wait.")
	tombstones := c.state.gauge(f, "lhcr_cache_tombstones", "Purges that the shared cache has not taken yet.")
	up := c.state.gauge(f, "lhcr_cache_shared_up", "Whether the shared cache answers. Absent without one.")
	writable := c.state.gauge(f, "lhcr_cache_shared_writable", "Whether the shared cache answers and keeps what it is given. Absent without one.")
	c.state.read = func(s cache.State, set func(*prometheus.Desc, float64, ...string)) {
		set(patients, float64(s.Patients))
		set(bytes, float64(s.Bytes))
		set(limit, float64(s.MaxBytes))
		set(queued, float64(s.Queued))
		set(queuedBytes, float64(s.QueuedBytes))
		set(tombstones, float64(s.Tombstones))
		if s.Shared.Used {
			set(up, truth(s.Shared.Answers))
			set(writable, truth(s.Shared.Answers && s.Shared.Takes))
		}
	}
	f.registry.MustRegister(c.state)
}

// Cache hears what the cache does.
func (m *Metrics) Cache() cache.Observer { return m.cache }

// WatchCache says where to read how the cache stands.
func (m *Metrics) WatchCache(state func() cache.State) { m.cache.state.watch(state) }

// Looked counts a read.
func (c *cached) Looked(l cache.Look) {
	c.reads.WithLabelValues(string(l.Result)).Inc()
	var memory, elsewhere, nowhere int
	for _, layer := range l.Found {
		switch layer {
		case cache.LayerMemory:
			memory++
		case cache.LayerShared:
			elsewhere++
		default:
			nowhere++
		}
	}
	c.memory.Add(float64(memory))
	c.elsewhere.Add(float64(elsewhere))
	c.nowhere.Add(float64(nowhere))
	if l.Shared > 0 {
		c.shared.Observe(l.Shared.Seconds())
	}
}

// Filled counts values that were to be kept.
func (c *cached) Filled(f cache.Filling) {
	c.fills.WithLabelValues(string(f.Layer), string(f.Result)).Add(float64(f.Values))
}

// Purged counts a purge.
func (c *cached) Purged(r cache.PurgeResult) { c.purges.WithLabelValues(string(r)).Inc() }

// Failed counts a failure.
func (c *cached) Failed(cause cache.Cause) { c.failures.WithLabelValues(string(cause)).Inc() }
