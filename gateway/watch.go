package gateway

import (
	"strings"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/guard"
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

	adapters map[string]string // why each adapter outside cannot be used, as was said last
}

// signs hears that a region answered a patient's call.
type signs interface{ Answered(regionID string) }

var _ signs = (*vitals.Watch)(nil)

func (w *watch) observe(o lookup.Observation) {
	status, code := saysOf(o)
	w.metrics.Joined(o.RegionID, o.Joined)
	w.metrics.RegionCall(o.RegionID, string(o.Method), outcomeWord(code, status), o.Duration)
	w.probes.observe(directory.Call{RegionID: o.RegionID, Status: status, Code: code, Duration: o.Duration})
	switch status {
	case lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY, lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		w.vitals.Answered(o.RegionID)
	}
}

// saysOf is what a call says of the region, and by which code it is counted. It says
// nothing where it never got there, or may not have: an adapter that does not do what
// was asked answers by itself. That it lists no such document speaks for a region: it
// answered.
func saysOf(o lookup.Observation) (lhcrv1.HealthStatus, codes.Code) {
	switch {
	case o.Refused == string(guard.Withheld):
		return unsaid, codes.FailedPrecondition // it is no refusal of us
	case o.Refused != "":
		return unsaid, o.Code
	case o.Code == codes.OK:
		return answeredHow(o.Outcomes)
	}
	return failedHow(o.Code), o.Code
}

const unsaid = lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED

// failedHow is what the code of a call that failed says of the region.
func failedHow(code codes.Code) lhcrv1.HealthStatus {
	switch code {
	case codes.Canceled, codes.Unimplemented:
		return unsaid
	case codes.NotFound, codes.InvalidArgument, codes.FailedPrecondition:
		return lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
	case codes.PermissionDenied, codes.Unauthenticated, codes.ResourceExhausted:
		return lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
}

// answeredHow is what an answer says of the region. An answer that is one can still lack
// sections. One in which nothing is of the region, as what is withheld for want of a
// consent and what it never gives need not be, says nothing of it; one in which all else
// could not be got tells of a failure.
func answeredHow(outcomes map[lhcrv1.OutcomeStatus]int) (lhcrv1.HealthStatus, codes.Code) {
	withheld := outcomes[lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD]
	said := withheld + outcomes[lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED]
	unavailable := outcomes[lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE]
	switch all := totalOf(outcomes); {
	case all == 0 || all > said+unavailable:
		return inPart(outcomes), codes.OK
	case unavailable > 0:
		return lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, codes.Unavailable
	case withheld > 0:
		return unsaid, codes.FailedPrecondition
	}
	return unsaid, codes.Unimplemented
}

func totalOf(outcomes map[lhcrv1.OutcomeStatus]int) (all int) {
	for _, n := range outcomes {
		all += n
	}
	return all
}

// inPart is the health of a region that answered: in part where sections failed.
func inPart(outcomes map[lhcrv1.OutcomeStatus]int) lhcrv1.HealthStatus {
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
