package lookup

import (
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/part"
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
	// PERMISSION_DENIED, DATA_LOSS or UNAVAILABLE. DEADLINE_EXCEEDED when nobody waits
	// any longer: the region's time ended or, where the answer is not kept, the
	// caller's. CANCELED when such a caller gave up, or the Lookup was closed.
	Code codes.Code
	// Outcomes counts the sections of a Fetch by the status with which they are
	// delivered. Nil for everything else, for a Fetch without an answer, and for one
	// whose answer was asked for anew.
	Outcomes map[lhcrv1.OutcomeStatus]int
	// Duration is how long it took, or how long was waited.
	Duration time.Duration
	// Joined counts the other lookups that shared the call by then.
	Joined int
	// Refused is why a guard around the region refused the call, in the guard's word.
	// Such a call did not reach the region and says nothing of its health. Empty for
	// every other.
	Refused string
}

// statusesOf counts the parts of an answer by their status.
func statusesOf(parts []*part.Part) map[lhcrv1.OutcomeStatus]int {
	counts := map[lhcrv1.OutcomeStatus]int{}
	for _, p := range parts {
		counts[p.Status]++
	}
	return counts
}

// meaning is the code of an answer: OK when any section of it can be used, as a
// partial allergy list can, and otherwise the failure that all sections tell of.
func meaning(parts []*part.Part) codes.Code {
	told := map[codes.Code]int{}
	for _, p := range parts {
		switch {
		case p.Status == refused:
			told[codes.PermissionDenied]++
		case p.Status == unavailable:
			told[codes.Unavailable]++
		case p.Status == invalid && len(p.Items) == 0:
			told[codes.DataLoss]++
		default:
			return codes.OK
		}
	}
	if len(told) == 1 {
		for code := range told {
			return code
		}
	}
	return codes.Unavailable
}
