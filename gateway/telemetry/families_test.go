package telemetry_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// busy are metrics of which each has counted or is watched.
func busy() *telemetry.Metrics {
	m := telemetry.NewMetrics("1.2.3")
	one := m.Method("/s/M")
	one.Started()
	one.Ended(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, time.Second)
	one.Response(5, true)
	m.Unread(codes.Internal)
	m.RegionCall("dorset", "Fetch", "OK", time.Second)
	m.Joined("dorset", 1)
	m.Cached("dorset", 2, 1)
	m.Guards().Attempted(guard.Attempt{RegionID: "dorset", Method: "Fetch", Code: codes.Unavailable, Failed: true, Waited: 20 * time.Millisecond})
	m.Guards().Attempted(guard.Attempt{RegionID: "dorset", Method: "Fetch", Number: 2})
	m.Guards().Refused(guard.Refused{RegionID: "dorset", Method: "Fetch", Why: guard.BreakerOpen})
	m.Guards().Retried(guard.Retried{RegionID: "dorset", Method: "Fetch", Decision: guard.AskedAgain})
	m.Guards().Changed(guard.Changed{RegionID: "dorset", To: lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN})
	m.WatchGuards(func() map[string]guard.State {
		return map[string]guard.State{
			"dorset":    {Breaker: lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN, InFlight: 3, Waiting: 4},
			"yorkshire": {Breaker: lhcrv1.BreakerState_BREAKER_STATE_OPEN},
		}
	})
	m.Cache().Looked(cache.Look{
		Fields: make([]cache.Field, 4), Found: []cache.Layer{cache.LayerMemory, cache.LayerShared, cache.LayerNone, cache.LayerShared},
		Result: cache.LookOK, Shared: 2 * time.Millisecond,
	})
	m.Cache().Filled(cache.Filling{Layer: cache.LayerShared, Result: cache.FillKept, Values: 8})
	m.Cache().Purged(cache.PurgeDone)
	m.Cache().Failed(cache.Causes()[0])
	m.WatchCache(func() cache.State {
		return cache.State{Patients: 1, Bytes: 2, MaxBytes: 3, Queued: 4, QueuedBytes: 5, Tombstones: 6, Shared: cache.SharedState{Used: true, Answers: true}}
	})
	m.Load().Refused(load.CauseMemory)
	m.Load().Waited(20 * time.Millisecond)
	m.WatchLoad(func() load.State {
		return load.State{InFlight: 1, Calls: 2, Waiting: 3, MostWaiting: 4, MemoryUsed: 5, MemoryLimit: 6}
	})
	m.RegionCheck("dorset", lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING)
	m.RegionCheck("dorset", 99)
	m.WatchHealth(func() map[string]lhcrv1.HealthStatus {
		return map[string]lhcrv1.HealthStatus{"dorset": lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED, "yorkshire": lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED}
	})
	m.Certificates(map[string]time.Time{"gateway": time.Unix(1, 0)})
	return m
}

func TestWhatOthersTellIsCounted(t *testing.T) {
	got := scrape(t, busy())
	for _, want := range []string{
		`lhcr_region_attempts_total{code="Unavailable",method="Fetch",region="dorset"} 1`,
		`lhcr_region_attempt_failures_total{method="Fetch",region="dorset"} 1`,
		`lhcr_region_queue_seconds_sum{region="dorset"} 0.02`,
		`lhcr_region_refusals_total{method="Fetch",region="dorset",why="breaker_open"} 1`,
		`lhcr_region_retries_total{decision="asked_again",method="Fetch",region="dorset"} 1`,
		`lhcr_region_breaker_changes_total{region="dorset",to="half_open"} 1`,
		`lhcr_region_breaker_open{region="dorset"} 0.5`,
		`lhcr_region_breaker_open{region="yorkshire"} 1`,
		`lhcr_region_calls_in_flight{region="dorset"} 3`,
		`lhcr_region_calls_waiting{region="dorset"} 4`,
		`lhcr_region_checks_total{region="dorset",result="refusing"} 1`,
		`lhcr_region_checks_total{region="dorset",result="unknown"} 1`,
		`lhcr_region_health{region="dorset",status="degraded"} 1`,
		`lhcr_region_health{region="dorset",status="healthy"} 0`,
		`lhcr_region_health{region="yorkshire",status="unknown"} 1`,
		`lhcr_region_health{region="yorkshire",status="down"} 0`,
		`lhcr_cache_reads_total{result="ok"} 1`,
		`lhcr_cache_reads_total{result="unreachable"} 0`,
		`lhcr_cache_values_total{layer="memory"} 1`,
		`lhcr_cache_values_total{layer="shared"} 2`,
		`lhcr_cache_values_total{layer="none"} 1`,
		`lhcr_cache_shared_read_seconds_sum 0.002`,
		`lhcr_cache_fills_total{layer="shared",result="kept"} 8`,
		`lhcr_cache_fills_total{layer="memory",result="overflow"} 0`,
		`lhcr_cache_purges_total{result="done"} 1`,
		`lhcr_cache_purges_total{result="failed"} 0`,
		`lhcr_cache_failures_total{cause="` + string(cache.Causes()[0]) + `"} 1`,
		`lhcr_cache_patients 1`, `lhcr_cache_memory_bytes 2`, `lhcr_cache_memory_limit_bytes 3`,
		`lhcr_cache_queued_fills 4`, `lhcr_cache_queued_bytes 5`, `lhcr_cache_tombstones 6`, `lhcr_cache_shared_up 1`, `lhcr_cache_shared_writable 0`,
		`lhcr_admission_refusals_total{cause="memory"} 1`,
		`lhcr_admission_refusals_total{cause="supplier"} 0`,
		`lhcr_admission_wait_seconds_sum 0.02`,
		`lhcr_admission_calls_in_flight 1`, `lhcr_admission_calls_limit 2`, `lhcr_admission_calls_waiting 3`, `lhcr_admission_waiting_limit 4`,
		`lhcr_memory_used_bytes 5`, `lhcr_memory_limit_bytes 6`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestWithoutASharedCacheNobodySaysThatItIsDown(t *testing.T) {
	m := telemetry.NewMetrics("1")
	m.WatchCache(func() cache.State { return cache.State{} })
	if got := scrape(t, m); strings.Contains(got, "\nlhcr_cache_shared_up") || !strings.Contains(got, "\nlhcr_cache_patients 0\n") {
		t.Error("it does")
	}
}

// Families says of every metric what a scrape says of it.
func TestFamiliesAreWhatThereIs(t *testing.T) {
	gathered, err := busy().Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]telemetry.Family{}
	for _, f := range gathered {
		if !strings.HasPrefix(f.GetName(), "lhcr_") {
			continue
		}
		family := telemetry.Family{Name: f.GetName(), Help: f.GetHelp(), Kind: strings.ToLower(f.GetType().String())}
		for _, l := range f.GetMetric()[0].GetLabel() {
			family.Labels = append(family.Labels, l.GetName())
		}
		got[family.Name] = family
	}
	want := map[string]telemetry.Family{}
	for _, f := range telemetry.Families() {
		slices.Sort(f.Labels)
		want[f.Name] = f
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metrics (-families +scrape):\n%s", diff)
	}
	if names := slices.Collect(maps.Keys(want)); len(names) != len(telemetry.Families()) {
		t.Error("two metrics have one name")
	}
}

// Whoever reads a metric without a document knows what it counts and in which unit.
func TestMetricsAreNamedAsIsUsual(t *testing.T) {
	for _, f := range telemetry.Families() {
		switch {
		case !strings.HasPrefix(f.Name, "lhcr_") || !strings.HasSuffix(f.Help, "."):
			t.Errorf("%s: %q", f.Name, f.Help)
		case f.Kind == "counter" != strings.HasSuffix(f.Name, "_total"):
			t.Errorf("%s is a %s", f.Name, f.Kind)
		case f.Kind == "histogram" && !strings.HasSuffix(f.Name, "_seconds") && !strings.HasSuffix(f.Name, "_bytes"):
			t.Errorf("%s has no unit", f.Name)
		}
	}
}
