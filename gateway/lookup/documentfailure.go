package lookup

import (
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// documentFailure is the error of a call whose document could not be got. Its words
// are ours: the adapter's are not repeated in an error, which may be logged.
//
// RESOURCE_EXHAUSTED is a document that is too large, unless the region says when to
// ask again.
func documentFailure(err error) error {
	after := retryAfter(err)
	switch code := status.Code(asStatus(err)); {
	case code == codes.ResourceExhausted && after != nil:
		return failure.RetryAfter(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_REGION_REFUSED,
			troubles[codes.ResourceExhausted].message, after.AsDuration())
	case code == codes.ResourceExhausted, code == codes.OutOfRange:
		return failure.New(codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_TOO_LARGE,
			"the document is larger than 8 MiB, which is the most that is delivered")
	case code == codes.NotFound:
		return noSuchDocument()
	case code == codes.Unimplemented:
		return failure.New(codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED, "this region gives no documents")
	default:
		return documentTrouble(troubleOf(asStatus(err)))
	}
}

func documentTrouble(t trouble) error {
	switch t.status {
	case refused:
		return failure.New(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_REGION_REFUSED, t.message)
	case invalid:
		return failure.New(codes.DataLoss, lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID, t.message)
	}
	return failure.New(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE, t.message)
}

func noSuchDocument() error {
	return failure.New(codes.NotFound, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND,
		"the region lists no such document for this patient: take item_id and content_id from a current GetRecord")
}

func notThisPatient() error {
	return failure.New(codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_IDENTITY_MISMATCH,
		"the region's answer was not certainly about this patient, so nothing of it is delivered: check NHS number and date of birth with the patient")
}

// asStatus makes the end of a context a status, and leaves every other error as it is.
func asStatus(err error) error {
	if _, ok := status.FromError(err); ok {
		return err
	}
	return status.FromContextError(err).Err()
}
