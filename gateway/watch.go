package gateway

import (
	"strings"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	"github.com/openlhcr/openlhcr/gateway/vitals"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// watch tells metrics and health of each call to a region.
type watch struct {
	metrics *telemetry.Metrics
	probes  *probes
	vitals  signs
}

// signs hears that a region answered a patient's call.
type signs interface{ Answered(regionID string) }

var _ signs = (*vitals.Watch)(nil)

func (w *watch) observe(o lookup.Observation) {
	status := saysOf(o)
	w.metrics.Joined(o.RegionID, o.Joined)
	w.metrics.RegionCall(o.RegionID, string(o.Method), outcomeWord(o.Code, status), o.Duration)
	w.probes.observe(directory.Call{RegionID: o.RegionID, Status: status, Code: o.Code, Duration: o.Duration})
	switch status {
	case lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY, lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		w.vitals.Answered(o.RegionID)
	}
}

// saysOf is what a call says of the region: nothing where it never got there. That it
// lists no such document, or does not do what was asked, speaks for it: it answered.
func saysOf(o lookup.Observation) lhcrv1.HealthStatus {
	if o.Refused != "" {
		return lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
	}
	switch o.Code {
	case codes.OK:
		return answeredHow(o.Outcomes)
	case codes.Canceled:
		return lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
	case codes.NotFound, codes.Unimplemented, codes.InvalidArgument, codes.FailedPrecondition:
		return lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
	case codes.PermissionDenied, codes.Unauthenticated, codes.ResourceExhausted:
		return lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
}

// answeredHow: an answer that is an answer can still lack sections.
func answeredHow(outcomes map[lhcrv1.OutcomeStatus]int) lhcrv1.HealthStatus {
	for _, failed := range []lhcrv1.OutcomeStatus{
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID,
	} {
		if outcomes[failed] > 0 {
			return lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
		}
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
}

// outcomeWord is the code, or for a call that was answered how well.
func outcomeWord(code codes.Code, status lhcrv1.HealthStatus) string {
	if code != codes.OK {
		return code.String()
	}
	return strings.ToLower(strings.TrimPrefix(status.String(), "HEALTH_STATUS_"))
}
