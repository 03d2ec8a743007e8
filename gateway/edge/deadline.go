package edge

import (
	"context"
	"time"
)

const (
	// longestCall is the longest that any call may take, whatever its caller's deadline.
	// The slowest document takes a minute; what takes longer than this holds its slot for
	// a caller who has forgotten it.
	longestCall = 5 * time.Minute
	// cutOff is how long after the deadline that the gateway set a call is cut off. It is
	// there for what does not end with the call's context: a request that does not come,
	// an answer that nobody reads.
	cutOff = time.Second
)

// deadlineKey is the key of the deadline that the gateway set.
type deadlineKey struct{}

// bounded gives a call of the contract that comes without a deadline one, and bounds
// that of one that has it. It bounds the stream itself, and a little later: grpc waits
// for a request, and for somebody to read an answer, for as long as the stream lives.
func (e *Edge) bounded(ctx context.Context, m *method) context.Context {
	timeout := e.timeoutOf(ctx, m)
	if timeout == 0 {
		return ctx
	}
	deadline := time.Now().Add(timeout)
	bounded, cancel := context.WithDeadline(context.WithValue(ctx, deadlineKey{}, deadline), deadline.Add(cutOff))
	context.AfterFunc(ctx, cancel) // it ends with the stream
	return bounded
}

// timeoutOf is the deadline that a call needs beside its own. Zero for none.
func (e *Edge) timeoutOf(ctx context.Context, m *method) time.Duration {
	if !m.ours {
		return 0
	}
	deadline, has := ctx.Deadline()
	switch {
	case !has:
		return e.options.DefaultTimeout
	case time.Until(deadline) > longestCall:
		return longestCall
	}
	return 0
}

// timed heeds the deadline that the gateway set: the caller's own is the stream's.
func (e *Edge) timed(ctx context.Context, c *call) error {
	deadline, set := ctx.Value(deadlineKey{}).(time.Time)
	if !set {
		return c.next(ctx)
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	return c.next(ctx)
}
