package cache

import (
	"context"
	"sync"
)

// job is one fill for the shared store.
type job struct {
	ground ground
	copies []copied
}

// jobBytes is what a fill takes beside its values.
const jobBytes = 256

func (j job) bytes() int64 {
	total := int64(jobBytes)
	for _, v := range j.copies {
		total += int64(len(v.bytes)) + slotBytes
	}
	return total
}

// queue holds the fills that wait, or are on their way: bounded in number and bytes.
type queue struct {
	jobs  chan job
	bound int64

	mu     sync.Mutex
	bytes  int64
	open   int           // fills that are not done
	idle   chan struct{} // closed when there are none
	closed bool
}

func newQueue(o Options) *queue {
	q := &queue{jobs: make(chan job, o.QueueFills), bound: o.QueueBytes, idle: make(chan struct{})}
	close(q.idle)
	return q
}

// put takes a fill, or says why not. It never waits.
func (q *queue) put(j job) FillResult {
	q.mu.Lock()
	defer q.mu.Unlock()
	size := j.bytes()
	if q.closed {
		return FillClosed
	}
	if q.bytes+size > q.bound {
		return FillOverflow
	}
	select {
	case q.jobs <- j:
	default:
		return FillOverflow
	}
	if q.open == 0 {
		q.idle = make(chan struct{})
	}
	q.open++
	q.bytes += size
	return FillKept
}

// done lets go a fill.
func (q *queue) done(j job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.open--
	q.bytes -= j.bytes()
	if q.open == 0 {
		close(q.idle)
	}
}

// work takes fills one by one until the queue is closed and empty.
func (q *queue) work(take func(job)) {
	for j := range q.jobs {
		take(j)
		q.done(j)
	}
}

// settle waits until no fill is waiting or on its way.
func (q *queue) settle(ctx context.Context) error {
	q.mu.Lock()
	idle := q.idle
	q.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close takes no more fills.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.closed = true
		close(q.jobs)
	}
}

func (q *queue) size() (fills int, bytes int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.open, q.bytes
}
