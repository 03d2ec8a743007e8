package edge

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/google/uuid"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
)

// count counts every call, as grpc itself sees it: also those that never get into
// the walk, which it has audited.
type count struct {
	surface *surface
}

var _ stats.Handler = (*count)(nil)

// tally is what is noted of one call.
type tally struct {
	method  *method
	reached atomic.Bool
	stream  atomic.Bool
}

type tallyKey struct{}

// noteReached notes that a call got into the walk.
func noteReached(ctx context.Context) {
	if t, ok := ctx.Value(tallyKey{}).(*tally); ok {
		t.reached.Store(true)
	}
}

// TagRPC begins the tally of a call.
func (h *count) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	return context.WithValue(ctx, tallyKey{}, &tally{method: h.surface.method(info.FullMethodName)})
}

// HandleRPC counts. Payloads are looked at for their size only.
func (h *count) HandleRPC(ctx context.Context, s stats.RPCStats) {
	t, ok := ctx.Value(tallyKey{}).(*tally)
	if !ok {
		return
	}
	metrics := t.method.metrics
	switch s := s.(type) {
	case *stats.Begin:
		t.stream.Store(s.IsServerStream)
		metrics.Started()
	case *stats.InPayload:
		metrics.Request(s.Length)
	case *stats.OutPayload:
		metrics.Response(s.Length, t.stream.Load())
	case *stats.End:
		metrics.Ended(status.Code(s.Error), failure.Reason(s.Error), s.EndTime.Sub(s.BeginTime))
		if !t.reached.Load() {
			code := status.Code(s.Error)
			h.surface.refused(ctx, h.surface.edge.newID(), t.method, code, unreadReason(code))
		}
	}
}

// unreadReason is why a call ended before anything of ours saw it.
func unreadReason(code codes.Code) lhcrv1.ErrorReason {
	switch code {
	case codes.Canceled:
		return lhcrv1.ErrorReason_ERROR_REASON_CANCELLED
	case codes.DeadlineExceeded:
		return lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED
	}
	return lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST
}

// TagConn tags nothing.
func (*count) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn counts nothing.
func (*count) HandleConn(context.Context, stats.ConnStats) {}

// tap bounds a call's stream, and refuses what has not even the form of a method, which
// grpc would answer by repeating it, without counting it.
func (s *surface) tap(ctx context.Context, info *tap.Info) (context.Context, error) {
	if name, ok := strings.CutPrefix(info.FullMethodName, "/"); ok && strings.Contains(name, "/") {
		return s.edge.bounded(ctx, s.method(info.FullMethodName)), nil
	}
	s.refused(ctx, s.edge.newID(), s.unknown, codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED)
	return nil, noSuchMethod()
}

func (e *Edge) newID() string {
	id, err := uuid.NewRandomFromReader(e.options.Random)
	if err != nil {
		return uuid.Nil.String()
	}
	return id.String()
}
