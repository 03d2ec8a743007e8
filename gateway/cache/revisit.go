package cache

import (
	"context"
	"time"
)

// How purges that are done are looked after.
const (
	// revisitEvery is the time between two rounds, and revisitSoon that between the
	// rounds after the store was away: then another may answer in its place.
	revisitEvery = 30 * time.Second
	revisitSoon  = time.Second
	// mostRevisits bounds the patients of a round.
	mostRevisits = 512
	// revisitTimeout bounds a round.
	revisitTimeout = 10 * time.Second
)

// revisit reads the epochs of patients again whose purges are remembered, round after
// round. A fail-over that takes a purge back is noticed though nobody asks this gateway
// for the patient: others, that never heard of the purge, may be asked.
func (c *Cache) revisit() {
	var last uint64
	wait := revisitEvery
	for {
		timer := time.NewTimer(jittered(wait))
		select {
		case <-c.life.Done():
			timer.Stop()
			return
		case <-c.shared.health.back:
			timer.Stop()
			last, wait = 0, revisitSoon
		case <-timer.C:
		}
		if last = c.revisitSome(last); last == 0 {
			wait = revisitEvery
		}
	}
}

// revisitSome makes one round from the purge after a number, and returns the number
// that it came to: zero when it came to the last.
func (c *Cache) revisitSome(after uint64) uint64 {
	ctx, cancel := context.WithTimeout(c.life, revisitTimeout)
	defer cancel()
	round := c.purges.after(after, mostRevisits, c.o.Now())
	for _, known := range round {
		if err := c.revisitOne(ctx, known.patient); err != nil {
			c.failed(err)
			return after
		}
		after = known.number
	}
	if len(round) < mostRevisits {
		return 0
	}
	return after
}

// revisitOne has the purge of a patient repeated if the store took it back.
func (c *Cache) revisitOne(ctx context.Context, patient PatientKey) error {
	known := c.purges.of(patient)
	a, err := c.shared.read(ctx, patient, nil)
	if err != nil {
		return err
	}
	if c.purges.of(patient) == known && c.purges.undone(patient, a.epoch, c.o.Now()) {
		c.undone(patient)
	}
	return nil
}
