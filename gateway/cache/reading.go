package cache

import (
	"context"
	"time"
)

// Reading is what was found for one lookup, and the ground on which what is fetched
// instead may be kept. It is for one goroutine at a time until it is given to Fill.
type Reading struct {
	ground
	cache   *Cache
	entries []Entry
	layers  []Layer
}

// ground is what must still hold for anything to be kept.
type ground struct {
	patient PatientKey
	began   time.Time
	known   standing // how the patient stood
	epoch   Epoch
	usable  bool
}

// Entry is what was found for the field at this place of those asked for.
func (r *Reading) Entry(i int) (Entry, bool) { return r.entries[i], r.layers[i] != LayerNone }

// Layer is where it was found.
func (r *Reading) Layer(i int) Layer { return r.layers[i] }

// Epoch is the patient's epoch. While two readings of a patient have the same, no
// purge came between them. False when it is not known: then nothing was found, and
// what is fetched is not kept.
func (r *Reading) Epoch() (Epoch, bool) { return r.epoch, r.usable }

// Live is false once this gateway was asked to purge the patient after the reading,
// or found that the shared store took a purge back. Whoever answers with what was
// read asks right before.
func (r *Reading) Live() bool {
	return r.usable && r.cache.holds(r.ground)
}

// Read looks for values of a patient. It never fails: what is not found, for whatever
// reason, is to be fetched. It takes no longer than Options.SharedTimeout, about, and
// nothing at all when the context is done.
//
// With a shared store what this process keeps is only believed when the store says,
// within this read, that the patient's epoch is still the same.
func (c *Cache) Read(ctx context.Context, patient string, fields []Field) *Reading {
	r := &Reading{cache: c, entries: make([]Entry, len(fields)), layers: make([]Layer, len(fields))}
	look := Look{Fields: fields, Found: r.layers}
	look.Result = c.read(ctx, r, patient, &look)
	if look.Result != LookOK {
		r.forget()
	}
	c.o.Observer.Looked(look)
	return r
}

func (c *Cache) read(ctx context.Context, r *Reading, patient string, look *Look) LookResult {
	switch {
	case ctx.Err() != nil:
		return LookGone
	case c.memory == nil && c.shared == nil, c.closed.Load():
		return LookOff
	}
	r.patient, r.began = c.ring.Load().PatientKey(patient), c.o.Now()
	r.known = c.purges.of(r.patient)
	if r.known.pending {
		return LookPurged
	}
	k := c.memory.get(r.patient)
	r.take(k, look.Fields)
	if c.shared != nil {
		return c.readShared(ctx, r, k, look)
	}
	r.epoch, r.usable = c.local(r.known), true
	return LookOK
}

// local is the epoch of a patient where no store is shared.
func (c *Cache) local(s standing) Epoch {
	e := c.process
	for i := range 8 {
		e[i] ^= byte(s.last >> (8 * i))
	}
	return e
}

// take takes over what this process keeps, and has it swept if some of it is over.
func (r *Reading) take(k *kept, fields []Field) {
	if k == nil {
		return
	}
	over := false
	for i, f := range fields {
		h, ok := k.find(f, r.began)
		if ok {
			r.found(i, LayerMemory, h)
		}
		over = over || !ok && h.value != nil
	}
	if over {
		r.cache.memory.sweep(r.patient)
	}
}

func (r *Reading) found(i int, layer Layer, h held) {
	r.entries[i], r.layers[i] = h.entry(), layer
}

// forget lets go all that was found.
func (r *Reading) forget() {
	r.epoch, r.usable = Epoch{}, false
	clear(r.entries)
	clear(r.layers)
}
