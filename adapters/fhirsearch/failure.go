package fhirsearch

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

func (f *Failure) gap() *lhcrv1.Gap {
	g := &lhcrv1.Gap{Kind: f.Kind, Retryable: f.Retryable, SourceRequestId: f.RequestID, Message: f.Message}
	if f.RetryAfter > 0 {
		g.RetryAfter = durationpb.New(f.RetryAfter)
	}
	return g
}

func refused(message string) *Failure {
	return &Failure{Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, Kind: lhcrv1.GapKind_GAP_KIND_REFUSED, Message: message}
}

func unavailable(message string) *Failure {
	return &Failure{
		Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED,
		Message: message, Retryable: true,
	}
}

func invalid(kind lhcrv1.GapKind, message string) *Failure {
	return &Failure{Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, Kind: kind, Message: message, Retryable: true}
}

func malformed(message string) *Failure {
	return invalid(lhcrv1.GapKind_GAP_KIND_MALFORMED, message)
}

// failureOf reads any error of getting a token, sending or reading.
func failureOf(ctx context.Context, err error) *Failure {
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
	return unavailable("the connection to the region broke")
}

func tokenFailure(err *token.Error) *Failure {
	f := unavailable(err.Message)
	switch err.Code {
	case codes.PermissionDenied, codes.FailedPrecondition:
		f = refused(err.Message)
	case codes.DataLoss:
		f = malformed(err.Message)
	default:
	}
	f.RetryAfter = err.RetryAfter
	return f
}

func transportFailure(err *transport.Error) *Failure {
	switch err.Kind {
	case transport.KindTruncated:
		return malformed(err.Error())
	case transport.KindTooLarge:
		return tooLarge()
	case transport.KindTimedOut:
		f := unavailable(err.Error())
		f.Kind = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
		return f
	case transport.KindCancelled:
		f := unavailable(err.Error())
		f.cancelled = true
		return f
	case transport.KindAddress, transport.KindRedirect, transport.KindCertificate, transport.KindUntrusted:
		f := unavailable(err.Error())
		f.Retryable = false
		return f
	default:
		return unavailable(err.Error())
	}
}

func tooLarge() *Failure {
	f := invalid(lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "the region's answer is larger than is read")
	f.Retryable = false
	return f
}

// httpFailure reads an answer whose status is no success.
func httpFailure(code int, header http.Header, body []byte, now time.Time) *Failure {
	said := readRefusal(body)
	f := byStatus(code, said)
	if said.code != "" {
		f.Message += ", " + said.code
	}
	f.Message += ")"
	f.RetryAfter = transport.RetryAfter(header, now)
	f.RequestID = said.requestID
	return f
}

func byStatus(code int, said refusal) *Failure {
	number := strconv.Itoa(code)
	switch {
	case code == http.StatusForbidden && said.code == "suppressed":
		f := refused("the region withholds it (" + number)
		f.Status, f.Kind = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD, lhcrv1.GapKind_GAP_KIND_WITHHELD
		return f
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return refused("the region refused us (" + number)
	case code == http.StatusTooManyRequests:
		f := refused("the region says that we ask too often (" + number)
		f.Retryable = true
		return f
	case code >= http.StatusInternalServerError:
		return unavailable("the region failed (" + number)
	}
	f := unavailable("the region did not accept what it was asked (" + number)
	f.Retryable = false
	return f
}
