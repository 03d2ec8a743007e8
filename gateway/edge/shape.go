package edge

import (
	"context"
	"errors"
	"io"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// shaped makes whatever failed an error of the contract.
func (e *Edge) shaped(ctx context.Context, c *call) error {
	err := c.next(ctx)
	if err == nil || failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED || !c.method.ours {
		return shape(c, err)
	}
	attrs := []any{"request_id", c.id, "method", c.method.name, "code", status.Code(err).String()}
	if gone(ctx, err) {
		// No fault of anybody; it is counted by its code as every call is.
		e.options.Logger.DebugContext(ctx, "a caller gave up, or its own deadline passed", attrs...)
		return shape(c, ctx.Err())
	}
	// Of an error that is not ours only the kind is told: its words are unknown to us.
	e.options.Logger.ErrorContext(ctx, "a call failed without a documented reason", attrs...)
	return shape(c, err)
}

// gone says whether a call failed because its caller no longer waits: it cancelled, its
// own deadline passed, or its connection broke. The context is the caller's, without the
// deadline that the gateway sets.
func gone(ctx context.Context, err error) bool {
	if ctx.Err() == nil {
		return false
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	switch status.Code(err) {
	case codes.Canceled, codes.DeadlineExceeded, codes.Unavailable:
		return true
	}
	return false
}

// shape makes an error one of the contract. Errors that have a documented reason
// stay as they are, with their details. Those of gRPC's own services keep their
// code, which their callers go by.
func shape(c *call, err error) error {
	switch {
	case err == nil, failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED:
		return err
	case errors.Is(err, context.Canceled), status.Code(err) == codes.Canceled:
		return failure.New(codes.Canceled, lhcrv1.ErrorReason_ERROR_REASON_CANCELLED, "the caller gave up")
	case errors.Is(err, context.DeadlineExceeded), status.Code(err) == codes.DeadlineExceeded:
		return failure.New(codes.DeadlineExceeded, lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED, "the call's deadline passed")
	case status.Code(err) == codes.Unimplemented:
		return noSuchMethod()
	case c.method.known && !c.method.ours:
		return status.Error(status.Code(err), "the call failed")
	}
	return internal()
}

// unreadable is the error of a request of a stream that could not be received. grpc
// has answered it already; this one is for the audit.
func unreadable(err error) error {
	switch code := status.Code(err); {
	case errors.Is(err, io.EOF), code == codes.Canceled, code == codes.DeadlineExceeded:
		return err
	default:
		return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "the request could not be read")
	}
}

func noSuchMethod() error {
	return failure.New(codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED, "this gateway has no such method")
}
