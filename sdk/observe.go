package sdk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Observer is told of each call once it has ended, though not of one that was refused
// before it was sent for breaking a rule: of a stream when it was read to
// its end or left. It is called on the caller's goroutine and may be called
// concurrently. The context is the caller's, for the ids that you keep in it.
type Observer func(ctx context.Context, call Call)

// Call is what may be known of a call in logs and metrics. It holds nothing that was
// asked or answered, and nobody's name.
type Call struct {
	// Method is its name: "GetRecord".
	Method string
	// Code is how it ended.
	Code codes.Code
	// Reason is the documented reason of its failure. UNSPECIFIED when it succeeded.
	Reason lhcrv1.ErrorReason
	// Duration is how long it took, waits and further attempts included.
	Duration time.Duration
	// Attempts is how often it was tried.
	Attempts int
	// RequestID names it, to quote to support. Empty when no answer came.
	RequestID string
}

// LogValue is the call as a group of attributes.
func (c Call) LogValue() slog.Value {
	attributes := []slog.Attr{
		slog.String("method", c.Method), slog.String("code", c.Code.String()),
		slog.Duration("duration", c.Duration), slog.Int("attempts", c.Attempts),
	}
	if c.Reason != lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
		attributes = append(attributes, slog.String("reason", c.Reason.String()))
	}
	if c.RequestID != "" {
		attributes = append(attributes, slog.String("request_id", c.RequestID))
	}
	return slog.GroupValue(attributes...)
}

var _ slog.LogValuer = Call{}

// ended is what is known of the errand when it ended with this error.
func (e *errand) ended(err error) Call {
	c := Call{Method: e.method, Duration: e.client.now().Sub(e.began), Attempts: e.attempts, RequestID: e.id}
	var failure *Error
	switch {
	case err == nil:
	case errors.As(err, &failure):
		c.Code, c.Reason = failure.Code, failure.Reason
	case errors.Is(err, errLeft):
		c.Code = codes.Canceled
	default:
		c.Code = codes.Unknown
	}
	return c
}
