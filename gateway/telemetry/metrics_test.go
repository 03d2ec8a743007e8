package telemetry_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

func scrape(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	res, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestMetricsCountWhatHappened(t *testing.T) {
	m := telemetry.NewMetrics("1.2.3")
	one := m.Method("/s/M")
	for range 3 {
		one.Started()
	}
	one.Ended(codes.OK, lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED, 40*time.Millisecond)
	one.Ended(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, time.Millisecond)
	m.Unread(codes.Internal)
	one.Request(300)
	one.Response(5000, true)
	m.Method("/s/N").Response(10, false)
	m.Panic()
	m.AuditFailure()
	m.RegionCall("dorset", "Fetch", "OK", 2*time.Second)
	m.Joined("dorset", 2)
	m.Joined("yorkshire", 0)
	m.Cached("dorset", 3, 1)
	got := scrape(t, m)
	for _, want := range []string{
		`lhcr_build_info{goversion="` + runtime.Version() + `",version="1.2.3"} 1`,
		`lhcr_calls_total{code="OK",method="/s/M"} 1`,
		`lhcr_calls_total{code="Unauthenticated",method="/s/M"} 1`,
		`lhcr_calls_in_flight 1`,
		`lhcr_call_duration_seconds_bucket{method="/s/M",le="0.025"} 1`,
		`lhcr_call_duration_seconds_bucket{method="/s/M",le="0.05"} 2`,
		`lhcr_call_refusals_total{method="/s/M",reason="ERROR_REASON_TOKEN_EXPIRED"} 1`,
		`lhcr_calls_unread_total{code="Internal"} 1`,
		`lhcr_request_bytes_sum{method="/s/M"} 300`,
		`lhcr_response_bytes_sum{method="/s/M"} 5000`,
		`lhcr_parts_total{method="/s/M"} 1`,
		`lhcr_panics_total 1`,
		`lhcr_audit_failures_total 1`,
		`lhcr_region_calls_total{method="Fetch",outcome="OK",region="dorset"} 1`,
		`lhcr_region_call_duration_seconds_sum{method="Fetch",region="dorset"} 2`,
		`lhcr_region_joined_lookups_total{region="dorset"} 2`,
		`lhcr_cached_sections_total{region="dorset",result="hit"} 3`,
		`lhcr_cached_sections_total{region="dorset",result="miss"} 1`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(got, `lhcr_parts_total{method="/s/N"}`) {
		t.Error("a whole answer counts as a part")
	}
}

func TestWhatKeepsTheGatewayGoingIsCounted(t *testing.T) {
	m := telemetry.NewMetrics("1.2.3")
	m.TokenVerified(true)
	m.TokenVerified(true)
	m.TokenVerified(false)
	m.Serving(true)
	m.Reloaded(true, time.Unix(1_795_000_000, 0))
	m.Reloaded(false, time.Unix(1_795_000_060, 0))
	m.Certificates(map[string]time.Time{"region/dorset/client": time.Unix(1_800_000_000, 0), "gone": time.Unix(1, 0)})
	m.Certificates(map[string]time.Time{"region/dorset/client": time.Unix(1_800_000_000, 0)})
	got := scrape(t, m)
	for _, want := range []string{
		`lhcr_tokens_verified_total{from="kept"} 2`,
		`lhcr_tokens_verified_total{from="signature"} 1`,
		`lhcr_serving 1`,
		`lhcr_reloads_total{result="ok"} 1`,
		`lhcr_reloads_total{result="failed"} 1`,
		`lhcr_reload_last_success_timestamp_seconds 1.795e+09`,
		`lhcr_certificate_expiry_timestamp_seconds{certificate="region/dorset/client"} 1.8e+09`,
	} {
		if !strings.Contains(got, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
	if strings.Contains(got, `certificate="gone"`) {
		t.Error("a certificate that is no longer there is told of")
	}
}

// Two gateways in one process do not share their metrics.
func TestMetricsAreNotGlobal(t *testing.T) {
	one, two := telemetry.NewMetrics("1"), telemetry.NewMetrics("2")
	one.Panic()
	if got := scrape(t, two); !strings.Contains(got, "lhcr_panics_total 0\n") {
		t.Error("the metrics of one show in the other")
	}
}
