// Package call is what every kit needs to call a regional system: why a call failed, in the
// contract's words; how much one fetch may read; how long it may take; and the handles that
// spare the gateway's next call a search.
package call

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/openlhcr/openlhcr/adapters/token"
	"github.com/openlhcr/openlhcr/adapters/transport"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Failure is why a call of the region gave nothing usable, or not all. It holds no
// identifier, no address and no words of an answer.
type Failure struct {
	// Status of a section of which nothing else came: REFUSED, UNAVAILABLE, INVALID or WITHHELD.
	Status lhcrv1.OutcomeStatus
	// Kind of the gap that it leaves.
	Kind lhcrv1.GapKind
	// Message says what happened, in words for a user.
	Message string
	// Retryable says that asking again may help.
	Retryable bool
	// RetryAfter is when. Zero when the region did not say.
	RetryAfter time.Duration
	// RequestID is the region's own id of the failed request. Empty when it gave none.
	RequestID string
	// cancelled says that our caller gave up.
	cancelled bool
}

var _ error = (*Failure)(nil)

// Error says what happened.
func (f *Failure) Error() string { return f.Message }

// GRPCStatus is the failure as a gRPC status: PERMISSION_DENIED for REFUSED and WITHHELD,
// UNAVAILABLE (DEADLINE_EXCEEDED when it was time that ran out), DATA_LOSS for INVALID.
func (f *Failure) GRPCStatus() *status.Status {
	s := status.New(f.code(), f.Message)
	if f.RetryAfter <= 0 {
		return s
	}
	if detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(f.RetryAfter)}); err == nil {
		return detailed
	}
	return s
}

func (f *Failure) code() codes.Code {
	switch {
	case f.cancelled:
		return codes.Canceled
	case f.Kind == lhcrv1.GapKind_GAP_KIND_TIMED_OUT:
		return codes.DeadlineExceeded
	case f.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE:
		return codes.Unavailable
	case f.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:
		return codes.DataLoss
	}
	return codes.PermissionDenied
}

// Gap is what the failure leaves in a section of which other things came.
func (f *Failure) Gap() *lhcrv1.Gap {
	g := &lhcrv1.Gap{Kind: f.Kind, Retryable: f.Retryable, SourceRequestId: f.RequestID, Message: f.Message}
	if f.RetryAfter > 0 {
		g.RetryAfter = durationpb.New(f.RetryAfter)
	}
	return g
}

// Refused is a region's refusal of us, or a call that must not be made.
func Refused(message string) *Failure {
	return &Failure{Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, Kind: lhcrv1.GapKind_GAP_KIND_REFUSED, Message: message}
}

// Withheld is a region that holds something back.
func Withheld(message string) *Failure {
	return &Failure{Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD, Kind: lhcrv1.GapKind_GAP_KIND_WITHHELD, Message: message}
}

// Unavailable is a region that gave no usable answer. Asking again may help.
func Unavailable(message string) *Failure {
	return &Failure{
		Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED,
		Message: message, Retryable: true,
	}
}

// Invalid is an answer that came and is not whole. Asking again may help.
func Invalid(kind lhcrv1.GapKind, message string) *Failure {
	return &Failure{Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, Kind: kind, Message: message, Retryable: true}
}

// Malformed is an answer that came and cannot be understood.
func Malformed(message string) *Failure {
	return Invalid(lhcrv1.GapKind_GAP_KIND_MALFORMED, message)
}

// TooLarge is an answer that is larger than is read. Asking again does not help.
func TooLarge() *Failure {
	f := Invalid(lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "the region's answer is larger than is read")
	f.Retryable = false
	return f
}

// Final is the failure, which asking again does not mend.
func (f *Failure) Final() *Failure {
	f.Retryable = false
	return f
}

// FailureOf reads any error of getting a token, sending or reading. Nil stays nil.
func FailureOf(ctx context.Context, err error) *Failure {
	var own *Failure
	var noToken *token.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &noToken):
		return tokenFailure(noToken)
	}
	var sent *transport.Error
	if errors.As(transport.Failure(ctx, err), &sent) {
		return transportFailure(sent)
	}
	return Unavailable("the connection to the region broke")
}

func tokenFailure(err *token.Error) *Failure {
	f := Unavailable(err.Message)
	switch err.Code {
	case codes.PermissionDenied, codes.FailedPrecondition:
		f = Refused(err.Message)
	case codes.DataLoss:
		f = Malformed(err.Message)
	default:
	}
	f.RetryAfter = err.RetryAfter
	return f
}

func transportFailure(err *transport.Error) *Failure {
	f := Unavailable(err.Error())
	switch err.Kind {
	case transport.KindTruncated:
		return Malformed(err.Error())
	case transport.KindTooLarge:
		return TooLarge()
	case transport.KindTimedOut:
		f.Kind = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
	case transport.KindCancelled:
		f.cancelled = true
	case transport.KindAddress, transport.KindRedirect, transport.KindCertificate, transport.KindUntrusted:
		return f.Final()
	default:
	}
	return f
}

// ByStatus reads an answer whose HTTP status is no success.
func ByStatus(code int, header http.Header, now time.Time) *Failure {
	f := byStatus(code, "("+strconv.Itoa(code)+")")
	f.RetryAfter = transport.RetryAfter(header, now)
	return f
}

func byStatus(code int, number string) *Failure {
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return Refused("the region refused us " + number)
	case code == http.StatusTooManyRequests:
		f := Refused("the region says that we ask too often " + number)
		f.Retryable = true
		return f
	case code >= http.StatusInternalServerError:
		return Unavailable("the region failed " + number)
	}
	return Unavailable("the region did not accept what it was asked " + number).Final()
}
