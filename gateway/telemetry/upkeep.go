package telemetry

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// upkeep are the metrics of what keeps the gateway going: tokens, files, certificates.
type upkeep struct {
	serving     prometheus.Gauge
	kept        prometheus.Counter
	signature   prometheus.Counter
	reloads     *prometheus.CounterVec
	lastReload  prometheus.Gauge
	mu          sync.Mutex // one change of the certificates at a time
	certificate *prometheus.GaugeVec
}

func newUpkeep(f *families) *upkeep {
	tokens := f.counter("lhcr_tokens_verified_total", "Tokens that were taken, by what of: their signature, or that it was checked before.", "from")
	u := &upkeep{
		serving:     f.gauge("lhcr_serving", "Whether new calls are taken: 0 before the start and while draining.").WithLabelValues(),
		kept:        tokens.WithLabelValues("kept"),
		signature:   tokens.WithLabelValues("signature"),
		reloads:     f.counter("lhcr_reloads_total", "How often changed files were taken over, or could not be.", "result"),
		lastReload:  f.gauge("lhcr_reload_last_success_timestamp_seconds", "When files were last taken over, the start included, in seconds since 1970.").WithLabelValues(),
		certificate: f.gauge("lhcr_certificate_expiry_timestamp_seconds", "When a certificate expires, in seconds since 1970.", "certificate"),
	}
	at(u.reloads, []string{"ok", "failed"})
	return u
}

// Serving says whether new calls are taken.
func (m *Metrics) Serving(is bool) { m.upkeep.serving.Set(truth(is)) }

// TokenVerified counts a token that was taken, and whether its signature had been
// checked before.
func (m *Metrics) TokenVerified(kept bool) {
	if kept {
		m.upkeep.kept.Inc()
		return
	}
	m.upkeep.signature.Inc()
}

// Reloaded counts that changed files were taken over, or could not be.
func (m *Metrics) Reloaded(ok bool, at time.Time) {
	if !ok {
		m.upkeep.reloads.WithLabelValues("failed").Inc()
		return
	}
	m.upkeep.reloads.WithLabelValues("ok").Inc()
	m.upkeep.lastReload.Set(seconds(at))
}

// Certificates says when each certificate of the gateway expires, by names such as
// "gateway" and "region/dorset/client". One that is no longer named is no longer told of.
func (m *Metrics) Certificates(notAfter map[string]time.Time) {
	u := m.upkeep
	u.mu.Lock()
	defer u.mu.Unlock()
	u.certificate.Reset()
	for name, at := range notAfter {
		u.certificate.WithLabelValues(name).Set(seconds(at))
	}
}

func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
