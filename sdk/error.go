package sdk

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// errorDomain is the domain of the gateway's own reasons.
const errorDomain = "openlhcr"

// requestIDHeader is the response metadata that names the request.
const requestIDHeader = "x-request-id"

// Error is why a call failed. It carries no identifier of a patient.
type Error struct {
	// Code is the gRPC code: what kind of failure it is.
	Code codes.Code
	// Reason is the documented reason: see ErrorReason in the contract. UNSPECIFIED
	// when the failure did not come from the gateway, such as a broken connection.
	Reason lhcrv1.ErrorReason
	// Message says what went wrong and what to do.
	Message string
	// Violations name the fields to blame. Empty unless the request broke a rule.
	Violations []Violation
	// RetryAfter says when to try again. Zero when the gateway did not say. The client
	// has waited and tried again itself as far as its [Retry] and the deadline let it.
	RetryAfter time.Duration
	// RequestID names the call, to quote to support. Empty when it never reached the gateway.
	RequestID string

	cause *status.Status
	// source is the error of a token source.
	source error
	// forbidsRetry says that the gateway asked not to be tried again.
	forbidsRetry bool
}

// Violation blames one field of a request.
type Violation struct {
	// Field is its path: "patient.nhs_number".
	Field string
	// Rule is the id of the rule that it breaks.
	Rule string
	// Message says what the field must be. It never repeats the value.
	Message string
}

// Reason makes a documented reason a target for errors.Is.
type Reason lhcrv1.ErrorReason

// Error is the reason's name.
func (r Reason) Error() string { return lhcrv1.ErrorReason(r).String() }

// Error says what went wrong, with the request's id.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Message)
	if e.Message == "" {
		b.WriteString(e.Code.String())
	}
	if e.Reason != lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
		b.WriteString(" (" + e.Reason.String() + ")")
	}
	if e.RequestID != "" {
		b.WriteString(", request " + e.RequestID)
	}
	return b.String()
}

// Is matches a [Reason], and context.DeadlineExceeded and context.Canceled where
// the code says so.
func (e *Error) Is(target error) bool {
	switch target {
	case context.DeadlineExceeded:
		return e.Code == codes.DeadlineExceeded
	case context.Canceled:
		return e.Code == codes.Canceled
	}
	reason, ok := target.(Reason)
	return ok && lhcrv1.ErrorReason(reason) == e.Reason
}

// Unwrap is the error of the token source, where that is what failed.
func (e *Error) Unwrap() error { return e.source }

// Retryable says whether the same call may succeed later, when RetryAfter has passed:
// what was overloaded, out of reach, out of time or broke off. Offer the user to try
// again. It is false where something must change first: the query, the token, the
// right to ask.
func (e *Error) Retryable() bool {
	switch e.Code {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Aborted:
		return true
	case codes.ResourceExhausted:
		return e.Reason != lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE && (e.Reason != 0 || e.RetryAfter > 0)
	case codes.DataLoss:
		// A stream that broke off on its way here, not a region's answer that is no good.
		return e.Reason == lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED
	}
	return false
}

// GRPCStatus is the status as it came, for code that works with statuses.
func (e *Error) GRPCStatus() *status.Status {
	if e.cause != nil {
		return e.cause
	}
	return status.New(e.Code, e.Message)
}

// invalid is the error of a query that is refused before it is sent: the same as
// the gateway would answer.
func invalid(violations []Violation) error {
	first := violations[0]
	return &Error{
		Code: codes.InvalidArgument, Reason: lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST,
		Message: first.Field + ": " + first.Message, Violations: violations,
	}
}

// broken is the error of an answer that breaks off or breaks a promise.
func broken(message, requestID string) error {
	return &Error{Code: codes.DataLoss, Message: message, RequestID: requestID}
}

// failed makes any error of grpc an *Error, and nil of nil. The headers are searched
// for the request's id and for what the gateway says of trying again.
func failed(err error, headers ...metadata.MD) *Error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		s = status.FromContextError(err)
	}
	e := &Error{Code: s.Code(), Message: s.Message(), RequestID: requestID(headers...), cause: s}
	for _, detail := range s.Details() {
		e.take(detail)
	}
	e.pushBack(headers)
	return e
}

func (e *Error) take(detail any) {
	switch d := detail.(type) {
	case *errdetails.ErrorInfo:
		if d.GetDomain() == errorDomain {
			e.Reason = lhcrv1.ErrorReason(lhcrv1.ErrorReason_value[d.GetReason()])
		}
	case *errdetails.BadRequest:
		for _, v := range d.GetFieldViolations() {
			e.Violations = append(e.Violations, Violation{Field: v.GetField(), Rule: v.GetReason(), Message: v.GetDescription()})
		}
	case *errdetails.RetryInfo:
		e.RetryAfter = d.GetRetryDelay().AsDuration()
	case *errdetails.RequestInfo:
		e.RequestID = cmp.Or(e.RequestID, d.GetRequestId())
	}
}

// pushBack reads grpc-retry-pushback-ms (gRFC A6): how long to wait, or, where it is
// negative or no number, that nothing is to be tried again.
func (e *Error) pushBack(headers []metadata.MD) {
	for _, md := range headers {
		for _, value := range md.Get("grpc-retry-pushback-ms") {
			ms, err := strconv.ParseInt(value, 10, 32)
			if err != nil || ms < 0 {
				e.forbidsRetry = true
				return
			}
			e.RetryAfter = max(e.RetryAfter, time.Duration(ms)*time.Millisecond)
		}
	}
}

func requestID(headers ...metadata.MD) string {
	for _, md := range headers {
		if v := md.Get(requestIDHeader); len(v) > 0 {
			return v[0]
		}
	}
	return ""
}
