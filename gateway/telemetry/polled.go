package telemetry

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// polled are gauges that are read when they are asked for, of something that knows
// how it stands. Before that is watched there are none.
type polled[S any] struct {
	state atomic.Pointer[func() S]
	read  func(S, func(desc *prometheus.Desc, value float64, labels ...string))
	descs []*prometheus.Desc
}

func newPolled[S any]() *polled[S] { return &polled[S]{} }

// gauge adds one.
func (p *polled[S]) gauge(f *families, name, help string, labels ...string) *prometheus.Desc {
	f.add("gauge", name, help, labels)
	desc := prometheus.NewDesc(name, help, labels, nil)
	p.descs = append(p.descs, desc)
	return desc
}

func (p *polled[S]) watch(state func() S) { p.state.Store(&state) }

// Describe names them.
func (p *polled[S]) Describe(descs chan<- *prometheus.Desc) {
	for _, d := range p.descs {
		descs <- d
	}
}

// Collect reads them.
func (p *polled[S]) Collect(metrics chan<- prometheus.Metric) {
	state := p.state.Load()
	if state == nil {
		return
	}
	p.read((*state)(), func(desc *prometheus.Desc, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	})
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
