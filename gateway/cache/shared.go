package cache

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/sony/gobreaker/v2"
)

// readShared asks the shared store for the epoch and for what this process does not
// keep, and lets go what the process kept in another epoch.
func (c *Cache) readShared(ctx context.Context, r *Reading, k *kept, look *Look) LookResult {
	places, keys := c.missing(r, look.Fields)
	a, err := c.shared.read(ctx, r.patient, keys)
	look.Shared = c.o.Now().Sub(r.began)
	switch {
	case errors.Is(err, errGone):
		return LookGone
	case err != nil:
		c.o.Observer.Failed(causeOf(err))
		return LookUnreachable
	case c.purges.of(r.patient) != r.known:
		return LookPurged
	case c.purges.undone(r.patient, a.epoch, c.o.Now()):
		c.undone(r.patient)
		return LookPurged
	}
	r.epoch, r.usable = a.epoch, true
	if k != nil && k.epoch != a.epoch {
		c.memory.drop(r.patient)
		clear(r.entries)
		clear(r.layers)
	}
	c.openAll(r, look.Fields, places, keys, a.values)
	return LookOK
}

// missing are the places of the fields that were not found, and their keys.
func (c *Cache) missing(r *Reading, fields []Field) (places []int, keys []FieldKey) {
	ring := c.ring.Load()
	for i, layer := range r.layers {
		if layer == LayerNone {
			if keys == nil {
				places, keys = make([]int, 0, len(fields)-i), make([]FieldKey, 0, len(fields)-i)
			}
			places = append(places, i)
			keys = append(keys, ring.FieldKey(r.patient, named(fields[i])))
		}
	}
	return places, keys
}

func named(f Field) seal.Field {
	return seal.Field{Region: f.Region, Section: int32(f.Section), View: f.View, Reader: f.Reader}
}

// openAll opens what the shared store gave, and keeps it in this process too.
func (c *Cache) openAll(r *Reading, fields []Field, places []int, keys []FieldKey, values [][]byte) {
	box := c.ring.Load().Box(r.patient)
	var opened []add // for this process
	for j, sealed := range values {
		if sealed == nil {
			continue
		}
		h, cause := c.open(box, r, fields[places[j]], keys[j], sealed)
		if cause != CauseNone {
			c.o.Observer.Failed(cause)
			continue
		}
		r.found(places[j], LayerShared, h)
		if c.memory != nil {
			opened = append(opened, add{fields[places[j]], h})
		}
	}
	if len(opened) > 0 {
		c.memory.put(r.patient, r.epoch, opened, func() bool { return c.holds(r.ground) })
	}
}

// open makes a value of what was kept under its name, or says why it is none.
func (c *Cache) open(box *seal.Box, r *Reading, f Field, key FieldKey, sealed []byte) (held, Cause) {
	payload, label, err := box.Open(sealed, key, r.epoch, r.began)
	if err != nil {
		return held{}, causeOf(err)
	}
	// Purges are remembered for no longer than Longest, so nothing may live longer,
	// whatever the gateway thought that kept it.
	expires := earlier(label.Expires, label.Retrieved.Add(c.o.Longest))
	h := held{retrieved: label.Retrieved.UnixNano(), expires: expires.UnixNano()}
	switch {
	case r.known.ended(r.epoch, label.Retrieved):
		return held{}, CausePurged
	case label.Retrieved.After(r.began.Add(future)):
		return held{}, CauseFuture
	case !h.servable(r.began.UnixNano()):
		return held{}, CauseExpired
	}
	if c.memory != nil { // there it must not pin the values that came with it
		payload = bytes.Clone(payload)
	}
	if h.value, err = c.o.Parse(f.Section, payload); err != nil {
		return held{}, CauseMalformed
	}
	h.footprint = int64(h.value.Footprint()) + slack(len(payload))
	return h, CauseNone
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// answer is what a store answers to a read.
type answer struct {
	epoch  Epoch
	values [][]byte
}

// fits is whether it is an answer to so many fields at all.
func (a answer) fits(fields int) bool {
	tooLong := func(v []byte) bool { return len(v) > MaxValueBytes }
	return a.epoch != Epoch{} && len(a.values) == fields && !slices.ContainsFunc(a.values, tooLong)
}

// shared is the store that gateways share, behind a breaker: a store that hangs holds
// up the first few lookups only.
type shared struct {
	store   Store
	breaker *gobreaker.CircuitBreaker[answer]
	timeout time.Duration
	reads   lane
	fills   lane
	purges  lane
	health  *health
}

// How many calls may be under way, or hang.
const (
	mostReads  = 4096
	mostFills  = 64
	mostPurges = 64
)

// When the store is left alone, and for how long.
const (
	tripsInRow    = 5
	tripsAtLeast  = 20
	trippedWindow = 10 * time.Second
	trippedBucket = time.Second
	leftAlone     = 2 * time.Second
)

func newShared(o Options) *shared {
	h := newHealth(o.Now)
	return &shared{
		store: o.Shared, timeout: o.SharedTimeout, health: h,
		reads: make(lane, mostReads), fills: make(lane, mostFills), purges: make(lane, mostPurges),
		breaker: gobreaker.NewCircuitBreaker[answer](gobreaker.Settings{
			Interval: trippedWindow, BucketPeriod: trippedBucket, Timeout: leftAlone,
			ReadyToTrip:   trips,
			IsExcluded:    saysNothing,
			OnStateChange: func(_ string, _, to gobreaker.State) { h.turned(to) },
		}),
	}
}

func trips(c gobreaker.Counts) bool {
	return c.ConsecutiveFailures >= tripsInRow || c.Requests >= tripsAtLeast && c.TotalFailures*2 >= c.Requests
}

// saysNothing is whether an error says nothing of whether the store answers: callers that
// leave do not, and a store that takes no change answers well enough to be read.
func saysNothing(err error) bool {
	return errors.Is(err, errGone) || errors.Is(err, ErrReadOnly) || errors.Is(err, ErrFull)
}

// read asks for a patient's epoch and values, within the bound.
func (s *shared) read(ctx context.Context, patient PatientKey, keys []FieldKey) (answer, error) {
	return s.try(ctx, func(ctx context.Context) (answer, error) {
		epoch, values, err := s.store.Read(ctx, patient, keys)
		a := answer{epoch, values}
		if err == nil && !a.fits(len(keys)) {
			err = errMalformed
		}
		return a, err
	})
}

// ping asks whether the store answers, for the breaker to hear.
func (s *shared) ping(ctx context.Context) error {
	_, err := s.try(ctx, func(ctx context.Context) (answer, error) { return answer{}, s.store.Ping(ctx) })
	return err
}

// try makes a call of which the breaker hears.
func (s *shared) try(ctx context.Context, call func(context.Context) (answer, error)) (answer, error) {
	a, err := s.breaker.Execute(func() (answer, error) {
		bounded, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		a, err := within(bounded, s.reads, call)
		if err != nil && ctx.Err() != nil {
			err = errGone
		}
		s.health.heard(err)
		return a, err
	})
	return a, err
}

// fill keeps values; false when their epoch is over.
func (s *shared) fill(ctx context.Context, patient PatientKey, epoch Epoch, cells []Cell, keep time.Duration) (bool, error) {
	taken, err := within(ctx, s.fills, func(ctx context.Context) (bool, error) {
		return s.store.Fill(ctx, patient, epoch, cells, keep)
	})
	s.health.took(err)
	return taken, err
}

// purge replaces the epoch of a patient and returns the one that was replaced.
func (s *shared) purge(ctx context.Context, patient PatientKey, epoch Epoch) (Epoch, error) {
	return within(ctx, s.purges, func(ctx context.Context) (Epoch, error) {
		return s.store.Purge(ctx, patient, epoch)
	})
}

// alone is whether the store is left alone.
func (s *shared) alone() bool { return s.breaker.State() == gobreaker.StateOpen }
