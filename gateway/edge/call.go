package edge

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/wire"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc"
)

// call is one call on its walk. One goroutine at a time uses it.
type call struct {
	method *method
	began  time.Time
	id     string
	caller *adapterv1.Caller
	entry  audit.Entry
	// left are the stages that are still before it, and service what comes after them.
	left    []stage
	service func(context.Context) error
	// answer is the whole answer of a unary call, once there is one.
	answer any
	// parts is how many parts of a stream were disclosed.
	parts int
}

func (s *surface) newCall(ctx context.Context, fullMethod string) *call {
	noteReached(ctx)
	return &call{method: s.method(fullMethod), began: s.edge.options.Now(), left: s.edge.walk}
}

// unary walks a call with one answer.
func (s *surface) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	e, c := s.edge, s.newCall(ctx, info.FullMethod)
	c.service = func(ctx context.Context) error {
		if err := e.asked(ctx, c, req); err != nil {
			return err
		}
		var desk wire.Desk
		var err error
		c.answer, err = desk.Settle(handler(wire.Expecting(ctx, &desk), req))
		return err
	}
	if err := c.next(ctx); err != nil {
		return nil, e.numberedError(c, err)
	}
	return c.answer, nil
}

// stream walks a call with a stream of answers.
func (s *surface) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	e, c := s.edge, s.newCall(ss.Context(), info.FullMethod)
	c.service = func(ctx context.Context) error {
		return handler(srv, &guarded{ServerStream: ss, ctx: ctx, edge: e, call: c})
	}
	if err := c.next(ss.Context()); err != nil {
		return e.numberedError(c, err)
	}
	return nil
}

// guarded is a stream whose requests are validated as they come and whose answers
// are audited before they leave.
type guarded struct {
	grpc.ServerStream
	ctx  context.Context
	edge *Edge
	call *call
}

var _ grpc.ServerStream = (*guarded)(nil)

// Context is the context of the walk.
func (s *guarded) Context() context.Context { return s.ctx }

// RecvMsg receives a request and validates it.
func (s *guarded) RecvMsg(m any) error {
	if err := s.ServerStream.RecvMsg(m); err != nil {
		return unreadable(err)
	}
	return s.edge.asked(s.ctx, s.call, m)
}

// SendMsg sends an answer, once that it is disclosed has been recorded.
func (s *guarded) SendMsg(m any) error {
	if err := s.edge.disclose(s.ctx, s.call, m); err != nil {
		return err
	}
	return s.ServerStream.SendMsg(m)
}
