package telemetry

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"
)

// calls are the metrics of the calls that suppliers make.
type calls struct {
	ended         *prometheus.CounterVec
	inFlight      prometheus.Gauge
	duration      *prometheus.HistogramVec
	refusals      *prometheus.CounterVec
	unread        *prometheus.CounterVec
	requestBytes  *prometheus.HistogramVec
	responseBytes *prometheus.HistogramVec
	parts         *prometheus.CounterVec
	panics        prometheus.Counter
	auditFailures prometheus.Counter
}

func newCalls(f *families) *calls {
	return &calls{
		ended:         f.counter("lhcr_calls_total", "Calls that ended, by gRPC method and code.", "method", "code"),
		inFlight:      f.gauge("lhcr_calls_in_flight", "Calls in progress, those of gRPC's own services included.").WithLabelValues(),
		duration:      f.histogram(callTimes(), "lhcr_call_duration_seconds", "How long calls took.", "method"),
		refusals:      f.counter("lhcr_call_refusals_total", "Calls that failed, by the contract's ErrorReason.", "method", "reason"),
		unread:        f.counter("lhcr_calls_unread_total", "Calls that ended before the gateway's own code saw them.", "code"),
		requestBytes:  f.histogram(sizes(), "lhcr_request_bytes", "The sizes of requests.", "method"),
		responseBytes: f.histogram(sizes(), "lhcr_response_bytes", "The sizes of answers, or of each part of a stream.", "method"),
		parts:         f.counter("lhcr_parts_total", "The parts that streams sent.", "method"),
		panics:        f.counter("lhcr_panics_total", "Faults of ours that were caught.").WithLabelValues(),
		auditFailures: f.counter("lhcr_audit_failures_total", "Audit records that could not be written.").WithLabelValues(),
	}
}

// Method counts the calls of one method. Its counters are looked up once, and not
// with each call.
type Method struct {
	name     string
	of       *calls
	ok       prometheus.Counter
	duration prometheus.Observer
	request  prometheus.Observer
	response prometheus.Observer
}

// Method is what counts the calls of a method that the contract has, or of [UnknownMethod].
func (m *Metrics) Method(name string) *Method {
	c := m.calls
	return &Method{
		name: name, of: c, ok: c.ended.WithLabelValues(name, codes.OK.String()),
		duration: c.duration.WithLabelValues(name),
		request:  c.requestBytes.WithLabelValues(name), response: c.responseBytes.WithLabelValues(name),
	}
}

// Started counts a call as in progress.
func (m *Method) Started() { m.of.inFlight.Inc() }

// Ended counts a call that [Method.Started] counted. The reason is unspecified for
// one that went well.
func (m *Method) Ended(code codes.Code, reason lhcrv1.ErrorReason, took time.Duration) {
	m.of.inFlight.Dec()
	m.duration.Observe(took.Seconds())
	if code == codes.OK {
		m.ok.Inc()
		return
	}
	m.of.ended.WithLabelValues(m.name, code.String()).Inc()
	m.of.refusals.WithLabelValues(m.name, reason.String()).Inc()
}

// Request notes the size of a request in bytes.
func (m *Method) Request(size int) { m.request.Observe(float64(size)) }

// Response notes the size of an answer, or of one part of a stream, in bytes.
func (m *Method) Response(size int, part bool) {
	m.response.Observe(float64(size))
	if part {
		m.of.parts.WithLabelValues(m.name).Inc()
	}
}

// Unread counts a call that ended before the gateway's own code saw it.
func (m *Metrics) Unread(code codes.Code) { m.calls.unread.WithLabelValues(code.String()).Inc() }

// Panic counts a fault of ours that was caught.
func (m *Metrics) Panic() { m.calls.panics.Inc() }

// AuditFailure counts an audit record that could not be written.
func (m *Metrics) AuditFailure() { m.calls.auditFailures.Inc() }
