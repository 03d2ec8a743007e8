package lookup

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// clockSkew is how far in the future something may have been fetched, as the clocks
// of gateways that share a cache differ. What comes from further ahead is of a clock
// that was put back: how old it is nobody can say, so it is not served.
const clockSkew = 2 * time.Second

// read reads the cache once, for all regions and sections of a call, and gives every
// question what is held of it.
func (c *call) read(ctx context.Context) {
	if c.lookup.opts.Cache == nil {
		return
	}
	fields, keeps := c.fields()
	if !keeps {
		return
	}
	c.reading = c.lookup.opts.Cache.Read(ctx, c.asked.Number(), fields)
	h := hits{call: c, now: c.lookup.opts.Now(), age: maxAge(c.request.GetFreshness()), keep: c.deployed.keep}
	for i := range c.questions {
		if q := &c.questions[i]; q.read {
			h.take(q)
			c.lookup.opts.Cached(q.region.id, q.hits, len(q.parts)-q.filled)
		}
	}
}

// fields are those that are read, and whether anything of the answer may be kept: of
// an answer past the cache nothing is read, and all is kept.
func (c *call) fields() (fields []cache.Field, keeps bool) {
	past := pastCache(c.request.GetFreshness())
	for i := range c.questions {
		q := &c.questions[i]
		if q.region == nil || !q.region.mayKeep(c.request.GetAccess()) {
			continue
		}
		keeps, q.keeps, q.views = true, true, c.viewsOf(q.region)
		if past {
			continue
		}
		if fields == nil {
			fields = make([]cache.Field, 0, len(c.questions)*(len(c.sections)+2))
		}
		fields = q.appendFields(fields)
	}
	return fields, keeps
}

// pastCache says whether nothing that was kept will do.
func pastCache(f *lhcrv1.Freshness) bool {
	return f.GetPastCache() || f.GetMaxAge() != nil && f.GetMaxAge().AsDuration() <= 0
}

// maxAge is how old an answer may be, or less than zero when that does not matter.
func maxAge(f *lhcrv1.Freshness) time.Duration {
	if f.GetMaxAge() == nil {
		return -1
	}
	return f.GetMaxAge().AsDuration()
}

// viewsOf is the caller's views on a region. Most regions vary by the same.
func (c *call) viewsOf(r *region) views {
	if !c.viewed || c.viewedBy != r.varies {
		req := c.request
		c.lastViews = viewsOf(r.varies, c.caller, req.GetAccess(), req.GetPatient(), manner{req.GetWindow(), req.GetIncludeSource()})
		c.viewed, c.viewedBy = true, r.varies
	}
	return c.lastViews
}

// appendFields appends the fields of a region: of each section that is not there yet,
// where it can be of the location, and of whether it took back what it had said.
func (q *question) appendFields(fields []cache.Field) []cache.Field {
	q.read, q.first = true, len(fields)
	for i, section := range q.sections {
		if q.parts[i] == nil {
			fields = append(fields, cache.Field{Region: q.region.id, Section: section, View: q.views.record, Reader: q.region.reader})
		}
	}
	if q.region.canLocate {
		fields = append(fields, cache.Field{Region: q.region.id, View: q.views.location, Reader: q.region.reader})
	}
	return append(fields, withdrawnField(q.region, q.views))
}

// hits judges what was read, by the time of reading. The caller's bound on the age is
// one on what is chosen to be served: what was young enough then is served, though
// another region be slow, and says how old it is by the time of the answer.
type hits struct {
	*call
	now  time.Time
	age  time.Duration
	keep Keep // as it is now, not when something was kept
}

// take gives a question the parts that are held. Whose they are is checked again for
// each: by the person of this call, who may come with another date of birth.
func (h *hits) take(q *question) {
	at := q.first
	withdrawn := h.withdrawn(q.first + q.asksFor())
	for i := range q.sections {
		if q.parts[i] != nil {
			continue
		}
		if entry, ok := h.fresh(at); ok && !withdrawn.has(entry.Retrieved) {
			if p, ok := entry.Value.(*part.Part); ok && h.serves(q, i, p) {
				q.hold(i, p, entry.Retrieved)
			}
		}
		at++
	}
	if q.region.canLocate {
		h.locate(q, at, withdrawn)
	}
}

// asksFor is how many fields of a region stand before the last.
func (q *question) asksFor() int {
	n := len(q.parts) - q.filled
	if q.region.canLocate {
		n++
	}
	return n
}

// fresh is an entry of a section that is as fresh as was asked for.
func (h *hits) fresh(i int) (cache.Entry, bool) {
	entry, ok := h.reading.Entry(i)
	return entry, ok && h.isFresh(entry) && lastsFor(h.now.Sub(entry.Retrieved), h.keep.Record)
}

func (h *hits) isFresh(entry cache.Entry) bool {
	return h.age < 0 || h.now.Sub(entry.Retrieved) <= h.age
}

// lastsFor says whether something of an age may still be served, of what is now kept
// for so long. When it was kept, it may have been for longer.
func lastsFor(age, keep time.Duration) bool { return keep > 0 && age >= -clockSkew && age < keep }

func (h *hits) serves(q *question, i int, p *part.Part) bool {
	return p.Region == q.region.id && p.Section == q.sections[i] && lasting(p) && h.about(p)
}

// about says whether a part that was kept is about the person asked for. One that
// tells nothing of anybody names nobody.
func (h *hits) about(p *part.Part) bool {
	if len(p.People) == 0 {
		return p.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED && len(p.Items) == 0
	}
	return !h.asked.Check(p.People).Mismatch()
}

// locate takes what is held of where the person is: that they are not held answers
// the question, if it is fresh enough; a handle spares the search, however old it is.
// That they are not held beside something of them is asked of the region: it cannot
// be told which of the two still holds.
func (h *hits) locate(q *question, at int, withdrawn withdrawals) {
	entry, ok := h.reading.Entry(at)
	if !ok {
		return
	}
	held, ok := entry.Value.(*part.Location)
	age := h.now.Sub(entry.Retrieved)
	switch {
	case !ok || !holdsFor(held, h.asked):
	case !held.NotHeld:
		if lastsFor(age, h.keep.Held) {
			q.located = held
		}
	case !lastsFor(age, h.keep.NotHeld), !h.isFresh(entry), withdrawn.all && withdrawn.has(entry.Retrieved):
	case q.hits > 0:
		q.drop()
	default:
		q.holdNone(entry.Retrieved)
	}
}

// holdNone puts that the person is not held, as it was kept, for every section that
// is not there yet.
func (q *question) holdNone(retrieved time.Time) {
	for i, section := range q.sections {
		if q.parts[i] == nil {
			q.hold(i, q.region.notHeld[section], retrieved)
		}
	}
}

// holdsFor says whether a location that was kept is of the person asked for.
func holdsFor(held *part.Location, asked identity.Asked) bool {
	return !held.Withdrawn && !location{people: held.People, notHeld: held.NotHeld}.verdictOf(asked).Mismatch()
}
