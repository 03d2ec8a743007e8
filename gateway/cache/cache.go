// Package cache keeps what regions gave, so that asking again is fast: in this
// process, and in a store that several gateways share.
//
//	Read (one round trip) → what is missing is fetched → Fill (in the background) ; Purge
//
// What it keeps is one value for each patient, region, section and view. It looks
// into no value: package lookup makes and reads them, and decides what may be kept.
//
// Every patient has an epoch, a token that no other stretch of time has. A read
// hands it out, a fill must bring it back, and a purge replaces it: so what was
// fetched before a purge is never kept after it, and what was kept before is never
// served. No key, no metric and no error of this package tells a patient: the NHS
// number leaves it as a keyed hash only.
//
// With a shared store, what this process keeps is believed only if the store says, in
// the same read, that the patient's epoch is still that in which it was kept. So a
// purge reaches every gateway at once, and there is no subscription to lose. Without
// the store nothing is believed.
//
// A purge that the store did not take is a tombstone: nothing of the patient is found
// or kept here until it was repeated with success. One that it did take is remembered
// for as long as anything can be kept: a store that falls back behind it, as a
// fail-over to a late replica does, is noticed and purged again.
//
// A cache that fails costs a lookup no more than a bounded time: the regions are
// asked as if it were empty.
package cache

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// View is a digest of everything that the answer to a question depends on beside
// patient, region and section: on whose behalf it was asked, and how.
type View [16]byte

// Field names one value of a patient.
type Field struct {
	// Region is the region's id.
	Region string
	// Section is the section. UNSPECIFIED for where the region holds the patient.
	Section lhcrv1.Section
	// View is the view.
	View View
	// Reader is the version of the reader that read the value: a mended reader never
	// serves what a faulty one read.
	Reader string
}

// Value is what is kept. It must never change, and be safe for concurrent use.
type Value interface {
	// AppendBinary appends the bytes from which Options.Parse makes the value again.
	AppendBinary([]byte) ([]byte, error)
	// Footprint is the memory that the value holds, in bytes.
	Footprint() int
}

// Entry is a value that was kept, and is not expired.
type Entry struct {
	// Value is the value.
	Value Value
	// Retrieved is when it came from the region.
	Retrieved time.Time
}

// Kept is a value to keep.
type Kept struct {
	// Field names it.
	Field Field
	// Value is the value.
	Value Value
	// Retrieved is when it came from the region.
	Retrieved time.Time
	// For is how long it may be served from then on.
	For time.Duration
}

// Cache keeps values of patients. It is safe for concurrent use.
type Cache struct {
	o       Options
	ring    atomic.Pointer[seal.Ring]
	process Epoch   // of every patient where no store is shared and none was purged
	memory  *memory // nil when nothing is kept here
	shared  *shared // nil when no store is shared
	purges  *purges
	queue   *queue
	scratch sync.Pool

	due     chan struct{}   // told when a purge is to be repeated
	life    context.Context // done when the cache stops
	stop    context.CancelFunc
	running sync.WaitGroup
	closed  atomic.Bool
}

// New makes a cache. [Cache.Close] ends it.
func New(o Options) (*Cache, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Cache{o: o, purges: newPurges(o), queue: newQueue(o), due: make(chan struct{}, 1)}
	c.scratch.New = func() any { return new([]byte) }
	c.ring.Store(o.Keys)
	c.life, c.stop = context.WithCancel(context.Background())
	if _, err := io.ReadFull(o.Random, c.process[:]); err != nil {
		return nil, err
	}
	if o.Memory > 0 {
		if c.memory, err = newMemory(o.Memory, o.Now); err != nil {
			return nil, err
		}
	}
	if o.Shared != nil {
		c.shared = newShared(o)
		c.start()
	}
	return c, nil
}

// start starts what runs in the background.
func (c *Cache) start() {
	c.running.Go(c.probe)
	c.running.Go(c.repeat)
	c.running.Go(c.revisit)
	for range c.o.Workers {
		c.running.Go(func() { c.queue.work(func(j job) { c.send(c.life, j) }) })
	}
}

// Rekey takes over another ring of keys: what was kept under a key that it does not
// have is fetched again. The error is [seal.ErrOtherIndex], and then nothing changes.
func (c *Cache) Rekey(ring *seal.Ring) error {
	if err := c.ring.Load().SameIndex(ring); err != nil {
		return err
	}
	c.ring.Store(ring)
	return nil
}

// Settle waits until every fill that was taken has been sent to the shared store, or
// given up. The error is the context's.
func (c *Cache) Settle(ctx context.Context) error { return c.queue.settle(ctx) }

// Close ends the cache: it takes no more fills, sends those that wait for as long as
// the context allows, and closes the shared store. Reads find nothing any more.
func (c *Cache) Close(ctx context.Context) error {
	if c.closed.Swap(true) {
		return nil
	}
	c.queue.close()
	err := c.queue.settle(ctx)
	c.stop()
	if c.shared != nil {
		err = errors.Join(err, c.shared.store.Close())
	}
	c.running.Wait()
	if c.memory != nil {
		c.memory.close()
	}
	return err
}
