package telemetry

import (
	"net/http"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc/codes"
)

// UnknownMethod is the label of every method that the contract does not have.
const UnknownMethod = "unknown"

// Metrics counts what the gateway does. The package comment lists the names. It is
// safe for concurrent use.
type Metrics struct {
	registry       *prometheus.Registry
	calls          *prometheus.CounterVec
	inFlight       prometheus.Gauge
	callDuration   *prometheus.HistogramVec
	refusals       *prometheus.CounterVec
	unread         *prometheus.CounterVec
	requestBytes   *prometheus.HistogramVec
	responseBytes  *prometheus.HistogramVec
	parts          *prometheus.CounterVec
	panics         prometheus.Counter
	auditFailures  prometheus.Counter
	regionCalls    *prometheus.CounterVec
	regionDuration *prometheus.HistogramVec
}

// NewMetrics makes metrics on a registry of their own.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry:       prometheus.NewRegistry(),
		calls:          counters("lhcr_calls_total", "Calls that ended, by gRPC method and code.", "method", "code"),
		inFlight:       prometheus.NewGauge(prometheus.GaugeOpts{Name: "lhcr_calls_in_flight", Help: "Calls in progress."}),
		callDuration:   seconds("lhcr_call_duration_seconds", "How long calls took.", "method"),
		refusals:       counters("lhcr_call_refusals_total", "Calls that failed, by the contract's ErrorReason.", "method", "reason"),
		unread:         counters("lhcr_calls_unread_total", "Calls that ended before the gateway's own code saw them.", "code"),
		requestBytes:   sizes("lhcr_request_bytes", "The sizes of requests.", "method"),
		responseBytes:  sizes("lhcr_response_bytes", "The sizes of answers, or of each part of a stream.", "method"),
		parts:          counters("lhcr_parts_total", "The parts that streams sent.", "method"),
		panics:         counter("lhcr_panics_total", "Faults of ours that were caught."),
		auditFailures:  counter("lhcr_audit_failures_total", "Audit records that could not be written."),
		regionCalls:    counters("lhcr_region_calls_total", "Calls to regions.", "region", "method", "outcome"),
		regionDuration: seconds("lhcr_region_call_duration_seconds", "How long calls to regions took.", "region", "method"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "lhcr_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version}})
	build.Set(1)
	m.registry.MustRegister(build, m.calls, m.inFlight, m.callDuration, m.refusals, m.unread, m.requestBytes, m.responseBytes,
		m.parts, m.panics, m.auditFailures, m.regionCalls, m.regionDuration,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func seconds(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10, 30},
	}, labels)
}

func sizes(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(256, 4, 9), // 256 B to 16 MiB
	}, labels)
}

// Handler serves the metrics in the Prometheus and OpenMetrics text formats.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Gatherer is where the metrics can be read in process.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// CallStarted counts a call as in progress.
func (m *Metrics) CallStarted() { m.inFlight.Inc() }

// CallEnded counts a call that [Metrics.CallStarted] counted. The reason is
// unspecified for one that went well.
func (m *Metrics) CallEnded(method string, code codes.Code, reason lhcrv1.ErrorReason, took time.Duration) {
	m.inFlight.Dec()
	m.calls.WithLabelValues(method, code.String()).Inc()
	m.callDuration.WithLabelValues(method).Observe(took.Seconds())
	if code != codes.OK {
		m.refusals.WithLabelValues(method, reason.String()).Inc()
	}
}

// Unread counts a call that ended before the gateway's own code saw it.
func (m *Metrics) Unread(code codes.Code) { m.unread.WithLabelValues(code.String()).Inc() }

// Request notes the size of a request in bytes.
func (m *Metrics) Request(method string, size int) {
	m.requestBytes.WithLabelValues(method).Observe(float64(size))
}

// Response notes the size of an answer, or of one part of a stream, in bytes.
func (m *Metrics) Response(method string, size int, part bool) {
	m.responseBytes.WithLabelValues(method).Observe(float64(size))
	if part {
		m.parts.WithLabelValues(method).Inc()
	}
}

// Panic counts a fault of ours that was caught.
func (m *Metrics) Panic() { m.panics.Inc() }

// AuditFailure counts an audit record that could not be written.
func (m *Metrics) AuditFailure() { m.auditFailures.Inc() }

// RegionCall counts a call to a region: its id, the adapter's method ("Fetch") and
// how it ended (a gRPC code, or another word of few). None may come from a caller.
func (m *Metrics) RegionCall(region, method, outcome string, took time.Duration) {
	m.regionCalls.WithLabelValues(region, method, outcome).Inc()
	m.regionDuration.WithLabelValues(region, method).Observe(took.Seconds())
}
