package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// alive notes which regions answered.
type alive []string

func (a *alive) Answered(id string) { *a = append(*a, id) }

// A call that was answered, be it in part, spares the region a try; no other does.
func TestAnAnsweredCallIsASignOfLife(t *testing.T) {
	const (
		returned  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
		failed    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
		withheld  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
		notGiven  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
		unknown   = lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
		healthy   = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
		degraded  = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
		down      = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
		refusing  = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
		precluded = "FailedPrecondition"
	)
	type outcomes = map[lhcrv1.OutcomeStatus]int
	for name, tt := range map[string]struct {
		call   lookup.Observation
		fares  lhcrv1.HealthStatus
		counts string
	}{
		"answered":           {lookup.Observation{}, healthy, "healthy"},
		"in part":            {lookup.Observation{Outcomes: outcomes{failed: 1, returned: 1}}, degraded, "degraded"},
		"lists none":         {lookup.Observation{Code: codes.NotFound}, healthy, "NotFound"},
		"down":               {lookup.Observation{Code: codes.Unavailable}, down, "Unavailable"},
		"refusing":           {lookup.Observation{Code: codes.PermissionDenied}, refusing, "PermissionDenied"},
		"given up":           {lookup.Observation{Code: codes.Canceled}, unknown, "Canceled"},
		"guarded":            {lookup.Observation{Code: codes.Unavailable, Refused: "breaker_open"}, unknown, "Unavailable"},
		"withheld":           {lookup.Observation{Outcomes: outcomes{withheld: 3}}, unknown, precluded},
		"withheld or never":  {lookup.Observation{Outcomes: outcomes{withheld: 3, notGiven: 2}}, unknown, precluded},
		"withheld in part":   {lookup.Observation{Outcomes: outcomes{withheld: 3, returned: 1}}, healthy, "healthy"},
		"withheld document":  {lookup.Observation{Code: codes.PermissionDenied, Refused: "withheld"}, unknown, precluded},
		"never given":        {lookup.Observation{Outcomes: outcomes{notGiven: 2}}, unknown, "Unimplemented"},
		"not done":           {lookup.Observation{Code: codes.Unimplemented}, unknown, "Unimplemented"},
		"all that was asked": {lookup.Observation{Outcomes: outcomes{withheld: 1, failed: 1}}, down, "Unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			var signs alive
			health, metrics := directory.NewHealth(time.Now), telemetry.NewMetrics("1")
			w := &watch{metrics: metrics, probes: newProbes(health, nil, false), vitals: &signs}
			tt.call.RegionID, tt.call.Method = "dorset", lookup.MethodFetch
			w.observe(tt.call)
			if lives := tt.fares == healthy || tt.fares == degraded; lives != (len(signs) == 1) {
				t.Errorf("signs of life of %v", signs)
			}
			if got := health.Of("dorset"); got.GetStatus() != tt.fares || (got.GetCalls() > 0) != (tt.fares != unknown) {
				t.Errorf("its health is %v, want %v", got, tt.fares)
			}
			page := httptest.NewRecorder()
			metrics.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
			if want := `lhcr_region_calls_total{method="Fetch",outcome="` + tt.counts + `",region="dorset"} 1`; !strings.Contains(page.Body.String(), want) {
				t.Errorf("no %s", want)
			}
		})
	}
}
