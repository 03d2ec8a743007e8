package edge

import (
	"context"

	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// recorded opens the audit of a call before anything is decided about it and writes
// how it ended, before a whole answer leaves. An answer whose record cannot be
// written does not leave.
func (e *Edge) recorded(ctx context.Context, c *call) error {
	if c.method.public {
		return c.next(ctx)
	}
	c.entry = e.options.Audit.Open(ctx, audit.Call{Event: audit.EventCall, Operation: c.method.name, RequestID: c.id, At: c.began})
	err := c.next(ctx)
	if c.caller == nil {
		c.entry.Identify(audit.Nobody())
	}
	outcome := e.outcome(err)
	if err == nil && c.answer != nil {
		d, _ := disclosureOf(c.answer)
		outcome.Answer = &d
	}
	if commitErr := c.entry.Commit(ctx, outcome); commitErr != nil {
		unwritten := e.unwritten(ctx, c, commitErr)
		if err == nil {
			return unwritten
		}
	}
	return err
}

func (e *Edge) outcome(err error) audit.Outcome {
	return audit.Outcome{Code: status.Code(err), Reason: failure.Reason(err), At: e.options.Now()}
}

// disclose records one part of a stream before it leaves.
func (e *Edge) disclose(ctx context.Context, c *call, message any) error {
	if c.entry == nil {
		return nil
	}
	d, continues := disclosureOf(message)
	if continues && c.parts > 0 {
		return nil
	}
	if err := c.entry.Disclose(ctx, d); err != nil {
		return e.unwritten(ctx, c, err)
	}
	c.parts++
	return nil
}

// unwritten is the error of a disclosure that is not made because its record could
// not be written.
func (e *Edge) unwritten(ctx context.Context, c *call, cause error) error {
	e.options.Metrics.AuditFailure()
	e.options.Logger.ErrorContext(ctx, "an audit record could not be written", "request_id", c.id, "method", c.method.name, "error", cause)
	return failure.New(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_AUDIT_UNAVAILABLE,
		"the disclosure could not be recorded, so it was not made: try again")
}

// Refused counts and audits a call that was refused before it became one of gRPC: a
// REST request that could not be understood. The method is its gRPC method, or empty.
func (e *Edge) Refused(ctx context.Context, requestID, fullMethod string, code codes.Code, reason lhcrv1.ErrorReason) {
	e.public.refused(ctx, requestID, e.public.method(fullMethod), code, reason)
}

func (s *surface) refused(ctx context.Context, requestID string, m *method, code codes.Code, reason lhcrv1.ErrorReason) {
	options := s.edge.options
	options.Metrics.Unread(code)
	now := options.Now()
	entry := options.Audit.Open(ctx, audit.Call{Event: audit.EventUnread, Operation: m.name, RequestID: requestID, At: now})
	entry.Identify(audit.Nobody())
	if err := entry.Commit(ctx, audit.Outcome{Code: code, Reason: reason, At: now}); err != nil {
		options.Metrics.AuditFailure()
		options.Logger.ErrorContext(ctx, "an audit record could not be written", "request_id", requestID, "error", err)
	}
}
