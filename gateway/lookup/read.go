package lookup

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
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
	h := hits{call: c, now: c.lookup.opts.Now(), age: maxAge(c.request.GetFreshness())}
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
		if q.region == nil || !mayKeep(q.region.id, c.request.GetAccess()) {
			continue
		}
		keeps, q.keeps, q.views = true, true, c.viewsOf(q.region)
		if past {
			continue
		}
		if fields == nil {
			fields = make([]cache.Field, 0, len(c.questions)*(len(c.sections)+1))
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

// appendFields appends the fields of a region: of each section that is not there yet
// and, where it can be, of the location.
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
	return fields
}

// hits judges what was read.
type hits struct {
	*call
	now    time.Time
	age    time.Duration
	marked time.Time // when what the last mark is for was fetched
	mark   []byte
}

// take gives a question the parts that are held. Whose they are is checked again for
// each: by the person of this call, who may come with another date of birth.
func (h *hits) take(q *question) {
	at := q.first
	for i := range q.sections {
		if q.parts[i] != nil {
			continue
		}
		if entry, ok := h.fresh(at); ok {
			if p, ok := entry.Value.(*part.Part); ok && h.serves(q, i, p) {
				q.hold(i, p, h.markOf(entry.Retrieved))
			}
		}
		at++
	}
	if q.region.canLocate && q.filled < len(q.parts) {
		h.locate(q, at)
	}
}

// fresh is an entry that is as fresh as was asked for.
func (h *hits) fresh(i int) (cache.Entry, bool) {
	entry, ok := h.reading.Entry(i)
	return entry, ok && h.isFresh(entry)
}

func (h *hits) isFresh(entry cache.Entry) bool {
	age := h.now.Sub(entry.Retrieved)
	return age >= -clockSkew && (h.age < 0 || age <= h.age)
}

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
// what is left of the question, if it is fresh enough; a handle spares the search,
// however old it is.
func (h *hits) locate(q *question, at int) {
	entry, ok := h.reading.Entry(at)
	if !ok {
		return
	}
	held, ok := entry.Value.(*part.Location)
	if !ok || !holdsFor(held, h.asked) || h.now.Sub(entry.Retrieved) < -clockSkew {
		return
	}
	if !held.NotHeld {
		q.located = held
		return
	}
	if !h.isFresh(entry) {
		return
	}
	mark := assembly.AppendAge(assembly.AppendRetrieved(nil, entry.Retrieved), max(0, h.now.Sub(entry.Retrieved)))
	for i, section := range q.sections {
		if q.parts[i] == nil {
			q.hold(i, q.region.notHeld[section], mark)
		}
	}
}

// holdsFor says whether a location that was kept is of the person asked for.
func holdsFor(held *part.Location, asked identity.Asked) bool {
	return !location{people: held.People, notHeld: held.NotHeld}.verdictOf(asked).Mismatch()
}

// markOf says how old something is that was fetched at a time. Most parts of a
// lookup were fetched together.
func (h *hits) markOf(retrieved time.Time) []byte {
	if h.mark == nil || !h.marked.Equal(retrieved) {
		h.marked, h.mark = retrieved, assembly.AppendAge(make([]byte, 0, 16), max(0, h.now.Sub(retrieved)))
	}
	return h.mark
}
