// Package failure makes the errors of the gateway's own surface: a gRPC status
// with a documented [lhcrv1.ErrorReason], field violations where a field is to
// blame, and a time to try again where that helps. No error made here carries a
// value of the request or an identifier of a patient (contract ERR-001).
package failure

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Domain is the domain of every ErrorInfo that the gateway sends.
const Domain = "openlhcr"

// Violation blames one field of the request.
type Violation struct {
	// Field is the path of the field in the request: "patient.nhs_number".
	Field string
	// Rule is the id of the rule that it breaks.
	Rule string
	// Message says what the field must be. It never repeats the value.
	Message string
}

// New makes an error. The message says what went wrong and what to do.
func New(code codes.Code, reason lhcrv1.ErrorReason, message string) error {
	return with(code, message, info(reason, nil))
}

// WithMetadata makes an error with facts that a program can act on, such as the
// region's id. They must hold no identifier of a patient.
func WithMetadata(code codes.Code, reason lhcrv1.ErrorReason, message string, metadata map[string]string) error {
	return with(code, message, info(reason, metadata))
}

// RetryAfter makes an error that says when to try again.
func RetryAfter(code codes.Code, reason lhcrv1.ErrorReason, message string, after time.Duration) error {
	return with(code, message, info(reason, nil), &errdetails.RetryInfo{RetryDelay: durationpb.New(after)})
}

// Invalid makes the error of a request whose fields break rules.
func Invalid(violations ...Violation) error {
	bad := &errdetails.BadRequest{}
	message := "the request breaks a rule"
	for i, v := range violations {
		bad.FieldViolations = append(bad.FieldViolations, &errdetails.BadRequest_FieldViolation{
			Field: v.Field, Description: v.Message, Reason: v.Rule,
		})
		if i == 0 {
			message = v.Field + ": " + v.Message
		}
	}
	return with(codes.InvalidArgument, message, info(lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, nil), bad)
}

// Reason is the documented reason of an error, or ERROR_REASON_UNSPECIFIED when it has none of ours.
func Reason(err error) lhcrv1.ErrorReason {
	for _, d := range status.Convert(err).Details() {
		if i, ok := d.(*errdetails.ErrorInfo); ok && i.GetDomain() == Domain {
			return lhcrv1.ErrorReason(lhcrv1.ErrorReason_value[i.GetReason()])
		}
	}
	return lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED
}

func info(reason lhcrv1.ErrorReason, metadata map[string]string) *errdetails.ErrorInfo {
	return &errdetails.ErrorInfo{Reason: reason.String(), Domain: Domain, Metadata: metadata}
}

func with(code codes.Code, message string, details ...protoadapt.MessageV1) error {
	s, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		// Only a code of OK or a detail that cannot be encoded comes here: both are
		// mistakes of ours, and the plain status still says what went wrong.
		return status.Error(codes.Internal, message)
	}
	return s.Err()
}
