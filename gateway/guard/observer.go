package guard

import (
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Observer hears what the guards of regions do. Its methods are called from several
// goroutines, Changed under the breaker's lock: they must return at once, and must
// not call the region or ask for its state. Nothing they hear is of a patient.
type Observer interface {
	// Attempted: a call that went to the region has ended. One whose answer may have been
	// given without the region is not told of.
	Attempted(Attempt)
	// Refused: a guard let a call not through.
	Refused(Refused)
	// Retried: a read failed, and was asked again or not.
	Retried(Retried)
	// Changed: a breaker changed.
	Changed(Changed)
}

// Attempt is one call to a region as it ended.
type Attempt struct {
	// RegionID is the region.
	RegionID string
	// Method is what was called.
	Method lookup.Method
	// Number counts the attempts of one call, from 1.
	Number int
	// Code is how it ended: UNAVAILABLE also for an answer that says so of every section.
	Code codes.Code
	// Failed says that it counts as a failure of the region.
	Failed bool
	// Waited is how long it waited for its turn.
	Waited time.Duration
	// Duration is how long the region took.
	Duration time.Duration
}

// Refused is a call that did not go to the region.
type Refused struct {
	// RegionID is the region.
	RegionID string
	// Method is what was to be called.
	Method lookup.Method
	// Why it was refused.
	Why Refusal
}

// Retried is a read that failed in a way in which asking again can help.
type Retried struct {
	// RegionID is the region.
	RegionID string
	// Method is what was called.
	Method lookup.Method
	// Decision is what was made of it.
	Decision Retry
}

// Retry is what is decided of a read that could be asked again.
type Retry string

// The decisions.
const (
	// AskedAgain: it is, once the wait is over.
	AskedAgain Retry = "asked_again"
	// OverBudget: too many others are.
	OverBudget Retry = "over_budget"
	// NoTime: the call's time would not suffice.
	NoTime Retry = "no_time"
)

// Changed is a breaker that changed.
type Changed struct {
	// RegionID is the region.
	RegionID string
	// From and To are its states.
	From, To lhcrv1.BreakerState
}

// deaf hears nothing.
type deaf struct{}

var _ Observer = deaf{}

func (deaf) Attempted(Attempt) {}
func (deaf) Refused(Refused)   {}
func (deaf) Retried(Retried)   {}
func (deaf) Changed(Changed)   {}
