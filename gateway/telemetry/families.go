package telemetry

import (
	"cmp"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// Family is what is known of a metric before anything is counted.
type Family struct {
	// Name is its name, "lhcr_…", with the unit in it where it has one.
	Name string
	// Help says what it counts.
	Help string
	// Kind is "counter", "gauge" or "histogram".
	Kind string
	// Labels are the names of its labels. None holds what a caller can make up.
	Labels []string
}

// Families are all metrics of a gateway but for those of the Go runtime and of the
// process, sorted by name: for whoever compares a document, a dashboard or an alert
// with what exists.
func Families() []Family {
	return slices.SortedFunc(slices.Values(NewMetrics("").families.all), func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
}

// families makes metrics on a registry, and remembers them.
type families struct {
	registry *prometheus.Registry
	all      []Family
}

func (f *families) add(kind, name, help string, labels []string) {
	f.all = append(f.all, Family{Name: name, Help: help, Kind: kind, Labels: labels})
}

func (f *families) counter(name, help string, labels ...string) *prometheus.CounterVec {
	f.add("counter", name, help, labels)
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	f.registry.MustRegister(vec)
	return vec
}

func (f *families) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	f.add("gauge", name, help, labels)
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	f.registry.MustRegister(vec)
	return vec
}

func (f *families) histogram(buckets []float64, name, help string, labels ...string) *prometheus.HistogramVec {
	f.add("histogram", name, help, labels)
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	f.registry.MustRegister(vec)
	return vec
}

// callTimes are for what a caller waits for, waits for what lies within a call; in seconds.
func callTimes() []float64 {
	return []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 2, 3, 5, 10, 30}
}

func waits() []float64 {
	return []float64{.0001, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}
}

// sizes are from 256 B to 16 MiB.
func sizes() []float64 { return prometheus.ExponentialBuckets(256, 4, 9) }

// at makes the counter of each of the values of one label, so that it stands at 0
// before it first counts: what is not there cannot be seen to rise.
func at[T ~string](vec *prometheus.CounterVec, values []T, others ...string) {
	for _, v := range values {
		vec.WithLabelValues(append(slices.Clone(others), string(v))...)
	}
}
