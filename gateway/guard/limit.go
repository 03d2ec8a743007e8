package guard

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"
)

// queueTime is when to ask again after a refusal for too many calls.
const queueTime = time.Second

// limit keeps the calls to a region side by side within a number. Those beyond it
// wait in a queue of bounded length, first come, first served.
type limit struct {
	slots    *semaphore.Weighted
	queue    int64
	inFlight atomic.Int64
	waiting  atomic.Int64
	lost     atomic.Int64
	mostLost int64
}

func newLimit(concurrency, queue int) *limit {
	return &limit{slots: semaphore.NewWeighted(int64(concurrency)), queue: int64(queue), mostLost: lostPerSlot * int64(concurrency)}
}

// limited asks once there is room. A call whose adapter goes on after the end of its
// time keeps its place until it is really over, or is given up for lost.
func limited[A any](ctx context.Context, c *call, next func(waited time.Duration) result[A]) result[A] {
	if ctx.Err() != nil {
		return over[A](ctx)
	}
	waited, refused := c.limit.enter(ctx)
	if refused != nil {
		return refuse[A](c, refused.why, refused)
	}
	if waited == gone {
		return over[A](ctx)
	}
	p := c.limit.place(left(ctx) + c.time)
	defer p.leave()
	return next(waited)
}

// gone stands for the wait of a call whose caller left the queue.
const gone time.Duration = -1

// enter waits for room, at most as long as the call may take, and says for how long.
func (l *limit) enter(ctx context.Context) (waited time.Duration, refused *refusal) {
	if l.slots.TryAcquire(1) {
		l.inFlight.Add(1)
		return 0, nil
	}
	if !l.queueUp() {
		return 0, newRefusal(QueueFull, queueTime)
	}
	defer l.waiting.Add(-1)
	began := time.Now()
	switch err := l.slots.Acquire(ctx, 1); {
	case errors.Is(err, context.DeadlineExceeded):
		return 0, newRefusal(QueueTimeout, queueTime)
	case err != nil:
		return gone, nil
	}
	l.inFlight.Add(1)
	return time.Since(began), nil
}

// queueUp takes a place in the queue, if there is one.
func (l *limit) queueUp() bool {
	for {
		n := l.waiting.Load()
		if n >= l.queue {
			return false
		}
		if l.waiting.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// leave gives a place to the next.
func (l *limit) leave() {
	l.inFlight.Add(-1)
	l.slots.Release(1)
}
