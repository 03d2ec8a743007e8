package composite

import (
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// failed is the outcome of one section of a system whose call failed: what the code means for
// the gateway of a whole region, it means here for the system's sections.
func failed(section lhcrv1.Section, err error) *lhcrv1.SectionOutcome {
	outcome, kind, retryable := trouble(status.Code(err))
	message := status.Convert(err).Message() // scrubbed by the system's wrapper
	if message == "" {
		message = "one of the region's systems gave no usable answer"
	}
	after := retryAfter(err)
	return &lhcrv1.SectionOutcome{
		Section: section, Status: outcome, Message: message, RetryAfter: after,
		Gaps: []*lhcrv1.Gap{{Kind: kind, Retryable: retryable, RetryAfter: after, Message: message}},
	}
}

// trouble is what the code of a failed Fetch means. NOT_FOUND and UNIMPLEMENTED are no answers
// to it.
func trouble(code codes.Code) (lhcrv1.OutcomeStatus, lhcrv1.GapKind, bool) {
	switch code {
	case codes.PermissionDenied, codes.Unauthenticated, codes.FailedPrecondition:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, lhcrv1.GapKind_GAP_KIND_REFUSED, false
	case codes.ResourceExhausted:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, lhcrv1.GapKind_GAP_KIND_REFUSED, true
	case codes.DataLoss:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, lhcrv1.GapKind_GAP_KIND_MALFORMED, true
	case codes.InvalidArgument, codes.OutOfRange, codes.NotFound, codes.AlreadyExists, codes.Unimplemented:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, lhcrv1.GapKind_GAP_KIND_MALFORMED, false
	case codes.DeadlineExceeded:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, lhcrv1.GapKind_GAP_KIND_TIMED_OUT, true
	}
	return lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, true
}

// retryAfter is when the system may be asked again, as it said. Nil when it did not.
func retryAfter(err error) *durationpb.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok && info.GetRetryDelay().AsDuration() > 0 {
			return info.GetRetryDelay()
		}
	}
	return nil
}
