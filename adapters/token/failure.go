package token

import (
	"net/http"
	"slices"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Error says why there is no token.
type Error struct {
	// Code is PERMISSION_DENIED when the token service refused us, UNAVAILABLE when it did
	// not work, DATA_LOSS when its reply could not be understood, FAILED_PRECONDITION when
	// this deployment's settings do not say what the token must carry.
	Code codes.Code
	// Message says what happened, free of identifiers and of the reply's own words.
	Message string
	// RetryAfter is when the token service may be asked again. Zero when it did not say.
	RetryAfter time.Duration
}

// Error says what happened.
func (e *Error) Error() string { return e.Message }

// GRPCStatus is the failure as a gRPC status.
func (e *Error) GRPCStatus() *status.Status {
	s := status.New(e.Code, e.Message)
	if e.RetryAfter <= 0 {
		return s
	}
	if detailed, err := s.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(e.RetryAfter)}); err == nil {
		return detailed
	}
	return s
}

func unreadable(what string) error {
	return &Error{Code: codes.DataLoss, Message: "the token service's reply could not be understood: " + what}
}

// refusal reads the failure that a status other than 200 stands for.
func refusal(httpStatus int, reason string, retryAfter time.Duration) error {
	e := &Error{Code: codes.PermissionDenied, Message: "the token service refused our credentials", RetryAfter: retryAfter}
	switch {
	case httpStatus == http.StatusTooManyRequests:
		e.Message = "the token service says that we ask too often"
	case httpStatus >= http.StatusInternalServerError:
		e.Code, e.Message = codes.Unavailable, "the token service failed"
	case httpStatus == http.StatusNotFound, httpStatus < http.StatusBadRequest:
		e.Code, e.Message = codes.Unavailable, "no token service answers at the configured address"
	}
	if reason != "" {
		e.Message += " (" + reason + ")"
	}
	return e
}

// knownReason lets through only the words that RFC 6749, section 5.2 defines: others are the service's own.
func knownReason(reason string) string {
	known := []string{
		"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope",
	}
	if slices.Contains(known, reason) {
		return reason
	}
	return ""
}
