package rules

import (
	"fmt"
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Expected are ways for a call to fail that break no promise: those of a caller who gave
// up, and those with a reason of the contract.
type Expected struct {
	// GaveUp says that the caller cancelled, or let its deadline pass.
	GaveUp bool
	// Reasons are the reasons that the contract gives for such a call.
	Reasons []lhcrv1.ErrorReason
}

// Failure judges a call that failed. An error that is no status of gRPC must be of the
// caller's own making, for its words are told. It returns how it failed, in a word of few: the
// reason's name, or the code's.
func Failure(err error, e Expected) (how string, found []Violation) {
	s, known := status.FromError(err)
	reason, retry := details(s)
	how = s.Code().String()
	if reason != lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
		how = reason.String()
	}
	overloaded := reason == lhcrv1.ErrorReason_ERROR_REASON_OVERLOADED
	switch {
	case e.GaveUp && slices.Contains([]codes.Code{codes.Canceled, codes.DeadlineExceeded}, s.Code()):
	case overloaded && s.Code() == codes.ResourceExhausted && retry:
	case overloaded:
		found = []Violation{{FailureSaysWhy, "it refuses for load and does not say when to try again"}}
	case slices.Contains(e.Reasons, reason):
	case !known:
		found = []Violation{{FailureSaysWhy, err.Error()}}
	default:
		found = []Violation{{FailureSaysWhy, fmt.Sprintf("it failed as %s with %s", s.Code(), reason)}}
	}
	return how, found
}

// details are the reason, and whether it was said when to try again.
func details(s *status.Status) (reason lhcrv1.ErrorReason, retry bool) {
	for _, detail := range s.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = lhcrv1.ErrorReason(lhcrv1.ErrorReason_value[d.GetReason()])
		case *errdetails.RetryInfo:
			retry = d.GetRetryDelay().AsDuration() > 0
		}
	}
	return reason, retry
}
