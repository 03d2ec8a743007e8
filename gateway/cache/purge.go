package cache

import (
	"context"
	"io"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// How long a purge that failed waits before it is repeated, at first and at most.
const (
	repeatFirst = 500 * time.Millisecond
	repeatMost  = 15 * time.Second
)

// mostRepeatsFailed is how many attempts of a round may fail before the round is over: a
// store that is away fails them all, each as slowly as it can.
const mostRepeatsFailed = 8

// Purge forgets all that is kept of a patient, and returns the names of the layers that
// did. Once it has returned without an error, nothing that was kept before is found any
// more, nor is it kept by a fetch that was under way: here and, with a shared store, in
// every gateway that shares it (contract CCH-001).
//
// When the shared store could not be reached the error is UNAVAILABLE with
// CACHE_UNAVAILABLE. Then this process finds and keeps nothing of the patient until it
// has repeated the purge with success, which it goes on trying (contract CCH-002).
func (c *Cache) Purge(ctx context.Context, patient string) ([]string, error) {
	if c.closed.Load() {
		return nil, unavailable("this gateway is stopping: purge the patient through another")
	}
	key := c.ring.Load().PatientKey(patient)
	number, noted := c.purges.ask(key, c.o.Now())
	c.memory.drop(key)
	if c.shared == nil {
		c.purges.done(key, number, Epoch{}, Epoch{})
		c.o.Observer.Purged(PurgeDone)
		return c.purgedLayers(), nil
	}
	if err := c.purgeShared(ctx, key, number); err != nil {
		c.o.Observer.Failed(causeOf(err))
		c.o.Observer.Purged(PurgeFailed)
		poke(c.due)
		return nil, notPurged(noted)
	}
	c.o.Observer.Purged(PurgeDone)
	return c.purgedLayers(), nil
}

func notPurged(noted bool) error {
	if noted {
		return unavailable("the shared cache could not be reached, so other gateways may still have what was kept: call again. This one serves nothing of it, and repeats the purge")
	}
	return unavailable("the shared cache could not be reached, and too many purges wait for it to note this one: call again until it succeeds")
}

func unavailable(message string) error {
	return failure.New(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE, message)
}

// purgedLayers are the layers by the names that the contract has for them, sorted.
func (c *Cache) purgedLayers() []string {
	var out []string
	if c.memory != nil {
		out = append(out, string(LayerMemory))
	}
	if c.shared != nil {
		out = append(out, c.shared.store.Name())
	}
	return out
}

// purgeShared makes one attempt. Each has an epoch of its own: what was read in that
// of an attempt that seemed to fail must not outlive the next.
func (c *Cache) purgeShared(ctx context.Context, patient PatientKey, number uint64) error {
	var epoch Epoch
	if _, err := io.ReadFull(c.o.Random, epoch[:]); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, c.o.PurgeTimeout)
	defer cancel()
	replaced, err := c.shared.purge(bounded, patient, epoch)
	if err != nil {
		number = 0 // none is done, though the store may have replaced the epoch in one place
	}
	c.purges.done(patient, number, epoch, replaced)
	return err
}

// undone has a purge repeated that the shared store took back.
func (c *Cache) undone(patient PatientKey) {
	c.memory.drop(patient)
	c.o.Observer.Purged(PurgeUndone)
	poke(c.due)
}

// repeat repeats purges that the shared store has not taken, until it has.
func (c *Cache) repeat() {
	wait := &backoff.ExponentialBackOff{
		InitialInterval: repeatFirst, MaxInterval: repeatMost,
		Multiplier: backoff.DefaultMultiplier, RandomizationFactor: backoff.DefaultRandomizationFactor,
	}
	for {
		select {
		case <-c.life.Done():
			return
		case <-c.due:
		}
		for wait.Reset(); !c.repeatAll(); {
			if !c.pause(wait.NextBackOff()) {
				return
			}
		}
	}
}

// repeatAll makes one attempt for each patient, in no order, until too many have
// failed: one that the store does not take holds up no other.
func (c *Cache) repeatAll() bool {
	failed := 0
	for _, patient := range c.purges.pending() {
		if err := c.purgeShared(c.life, patient, c.purges.of(patient).last); err != nil {
			c.o.Observer.Failed(causeOf(err))
			c.o.Observer.Purged(PurgeRepeatFailed)
			if failed++; failed == mostRepeatsFailed {
				return false
			}
			continue
		}
		c.o.Observer.Purged(PurgeRepeated)
	}
	return failed == 0
}
