package cache

import (
	"bytes"
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
)

// fillTimeout bounds how long one fill of the shared store may take. Nobody waits for
// it, but the queue does.
const fillTimeout = 2 * time.Second

// Fill keeps what was fetched after the reading had not found it: in this process at
// once, in the shared store in the background. It does not wait, and what cannot be
// kept is fetched again. Nothing is kept once the patient was purged after the reading.
func (c *Cache) Fill(r *Reading, values []Kept) {
	if len(values) == 0 {
		return
	}
	if why := c.refuses(r); why != FillKept {
		c.filled(c.layers(), why, len(values))
		return
	}
	copies := c.copies(values)
	if len(copies) == 0 {
		return
	}
	if c.memory != nil {
		c.fillMemory(r, copies)
	}
	if c.shared != nil {
		c.filledUnlessKept(c.queue.put(job{r.ground, copies}), len(copies))
	}
}

// refuses says why nothing may be kept on the ground of a reading.
func (c *Cache) refuses(r *Reading) FillResult {
	switch {
	case c.closed.Load():
		return FillClosed
	case !r.usable:
		return FillUnusable
	case !c.holds(r.ground):
		return FillPurged
	}
	return FillKept
}

// holds is whether no purge came after a reading, for all that this process knows. A
// reading so old that a purge after it may be forgotten is no ground any more.
func (c *Cache) holds(g ground) bool {
	return c.purges.of(g.patient) == g.known && c.o.Now().Sub(g.began) <= c.o.Longest
}

// copied is a value to keep, in bytes of its own: it pins nothing of the answer that it
// was read from.
type copied struct {
	field     Field
	bytes     []byte
	retrieved time.Time
	expires   time.Time
}

// copies are copies of the values that can be kept.
func (c *Cache) copies(values []Kept) []copied {
	scratch := c.scratch.Get().(*[]byte)
	defer c.scratch.Put(scratch)
	now := c.o.Now()
	out := make([]copied, 0, len(values))
	for _, k := range values {
		// The wall clock's time, without the monotonic one: the store knows only that.
		retrieved := k.Retrieved.Round(0)
		v := copied{field: k.Field, retrieved: retrieved, expires: retrieved.Add(min(k.For, c.o.Longest))}
		encoded, err := k.Value.AppendBinary((*scratch)[:0])
		switch {
		case err != nil:
			c.filled(c.layers(), FillMalformed, 1)
		case !now.Before(v.expires) || retrieved.After(now.Add(future)):
			c.filled(c.layers(), FillStale, 1)
		case len(encoded) > MaxValueBytes-seal.Overhead:
			c.filled(c.layers(), FillTooLarge, 1)
		default:
			v.bytes, *scratch = bytes.Clone(encoded), encoded
			out = append(out, v)
		}
	}
	return out
}

func (c *Cache) fillMemory(r *Reading, copies []copied) {
	added := make([]add, 0, len(copies))
	for _, v := range copies {
		value, err := c.o.Parse(v.field.Section, v.bytes)
		if err != nil {
			c.filled([]Layer{LayerMemory}, FillMalformed, 1)
			continue
		}
		added = append(added, add{v.field, held{
			value: value, footprint: int64(value.Footprint()) + slack(len(v.bytes)),
			retrieved: v.retrieved.UnixNano(), expires: v.expires.UnixNano(),
		}})
	}
	allowed := false
	count := c.memory.put(r.patient, r.epoch, added, func() bool {
		allowed = c.holds(r.ground)
		return allowed
	})
	why := FillTooLarge
	if !allowed {
		why = FillPurged
	}
	c.filled([]Layer{LayerMemory}, FillKept, count)
	c.filled([]Layer{LayerMemory}, why, len(added)-count)
}

// send takes one fill to the shared store. It runs in the background.
func (c *Cache) send(ctx context.Context, j job) {
	c.filled([]Layer{LayerShared}, c.sent(ctx, j), len(j.copies))
}

func (c *Cache) sent(ctx context.Context, j job) FillResult {
	switch {
	case ctx.Err() != nil:
		return FillClosed
	case !c.holds(j.ground):
		return FillPurged
	case c.shared.alone():
		return FillOpen
	}
	cells, keep, err := c.sealed(j)
	if err != nil {
		c.o.Observer.Failed(causeOf(err))
		return FillFailed
	}
	bounded, cancel := context.WithTimeout(ctx, fillTimeout)
	defer cancel()
	taken, err := c.shared.fill(bounded, j.ground.patient, j.ground.epoch, cells, keep)
	switch {
	case err != nil:
		c.o.Observer.Failed(causeOf(err))
		return FillFailed
	case !taken:
		return FillPurged
	}
	return FillKept
}

// sealed are the cells of a fill, and how long the longest of them is needed.
func (c *Cache) sealed(j job) (cells []Cell, keep time.Duration, err error) {
	ring, now := c.ring.Load(), c.o.Now()
	box := ring.Box(j.ground.patient)
	for _, v := range j.copies {
		field := ring.FieldKey(j.ground.patient, named(v.field))
		label := seal.Label{Epoch: j.ground.epoch, Retrieved: v.retrieved, Expires: v.expires}
		value, err := box.Seal(c.o.Random, field, label, v.bytes)
		if err != nil {
			return nil, 0, err
		}
		cells = append(cells, Cell{Field: field, Value: value})
		keep = max(keep, v.expires.Sub(now))
	}
	return cells, keep, nil
}

func (c *Cache) layers() []Layer {
	var out []Layer
	if c.memory != nil {
		out = append(out, LayerMemory)
	}
	if c.shared != nil {
		out = append(out, LayerShared)
	}
	return out
}

func (c *Cache) filled(layers []Layer, result FillResult, values int) {
	if values == 0 {
		return
	}
	for _, layer := range layers {
		c.o.Observer.Filled(Filling{Layer: layer, Result: result, Values: values})
	}
}

// filledUnlessKept is told how the queue took a fill. One that it took is told when it
// was sent.
func (c *Cache) filledUnlessKept(result FillResult, values int) {
	if result != FillKept {
		c.filled([]Layer{LayerShared}, result, values)
	}
}
