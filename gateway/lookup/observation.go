package lookup

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Method is a method of an adapter.
type Method string

// The methods that a lookup calls.
const (
	MethodLocate        Method = "Locate"
	MethodFetch         Method = "Fetch"
	MethodFetchDocument Method = "FetchDocument"
)

// Observation is one call to a region as it ended, for the region's health and for
// metrics. It carries nothing of the patient and none of the adapter's words.
type Observation struct {
	// RegionID is the region.
	RegionID string
	// Method is what was called.
	Method Method
	// Code is how the call ended. OK for an answer of which anything could be used;
	// an answer in which every section failed counts as the failure it tells of:
	// PERMISSION_DENIED, DATA_LOSS or UNAVAILABLE. DEADLINE_EXCEEDED when the lookup
	// stopped waiting, CANCELED when the caller gave up.
	Code codes.Code
	// Outcomes counts the sections of a Fetch by the status with which they are
	// delivered. Nil for everything else, and for a Fetch without an answer.
	Outcomes map[lhcrv1.OutcomeStatus]int
	// Duration is how long it took, or how long was waited.
	Duration time.Duration
}

// meaning is the code of an answer whose sections have these statuses.
func meaning(outcomes map[lhcrv1.OutcomeStatus]int) codes.Code {
	all := 0
	for _, n := range outcomes {
		all += n
	}
	refused := outcomes[lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED]
	invalid := outcomes[lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID]
	unavailable := outcomes[lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE]
	switch {
	case all == 0 || refused+invalid+unavailable < all:
		return codes.OK
	case refused == all:
		return codes.PermissionDenied
	case invalid == all:
		return codes.DataLoss
	}
	return codes.Unavailable
}
