package lookup

import (
	"context"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/status"
)

// call is one lookup under way: what was read of the cache, and what each region is
// still asked. It is its caller's goroutine's alone.
type call struct {
	*plan
	lookup    *Lookup
	ctx       context.Context
	until     time.Time // by when regions may answer
	reading   *cache.Reading
	questions []question
	next      int // the first question that nobody looked at yet

	lastViews views
	viewedBy  variety
	viewed    bool

	// What there is only once a region must be asked.
	bounded context.Context
	cancel  context.CancelFunc
	landed  chan int // the questions whose flights have landed
	flying  int
}

// question is what a call asks of one region, and what is there of the answer.
type question struct {
	*plan
	id     string
	region *region      // nil when this deployment has none of the id
	parts  []*part.Part // aligned with the sections; nil what is not there yet
	filled int          // how many parts are there

	views views
	keeps bool // the answer may be kept
	read  bool // the cache was asked for it
	first int  // its first field in the reading
	hits  int
	// When each of the parts that were kept was retrieved; zero for others.
	retrieved []time.Time
	located   *part.Location // where it holds the person, as it was kept

	missing []int // those of the sections that its flight is asked
	flight  *flight
	torn    bool // what was kept and what was given contradict each other
}

// ask reads the cache and asks each region for what is missing, side by side. The
// call must be ended.
func (l *Lookup) ask(ctx context.Context, p *plan) (*call, error) {
	until, err := p.deployed.usable(ctx)
	if err != nil {
		return nil, err
	}
	c := &call{plan: p, lookup: l, ctx: ctx, until: until, questions: make([]question, len(p.regions))}
	c.lay()
	c.read(ctx)
	for i := range c.questions {
		if q := &c.questions[i]; q.filled < len(q.parts) {
			c.start(i)
		}
	}
	return c, nil
}

// lay writes down what needs nobody's answer: what a region never gives, and that a
// region is not connected.
func (c *call) lay() {
	width := len(c.sections)
	parts, retrieved := make([]*part.Part, width*len(c.regions)), make([]time.Time, width*len(c.regions))
	for i, id := range c.regions {
		q := &c.questions[i]
		*q = question{plan: c.plan, id: id, region: c.deployed.regions[id]}
		q.parts, q.retrieved = parts[i*width:(i+1)*width:(i+1)*width], retrieved[i*width:(i+1)*width:(i+1)*width]
		for n, section := range c.sections {
			if q.region == nil {
				q.put(n, notConnected(id, section))
			} else if never := q.region.never[section]; never != nil {
				q.put(n, never)
			}
		}
	}
}

// put puts a part that is live, or the same always.
func (q *question) put(i int, p *part.Part) {
	q.parts[i] = p
	q.filled++
}

// hold puts a part that was kept.
func (q *question) hold(i int, p *part.Part, retrieved time.Time) {
	q.put(i, p)
	q.retrieved[i] = retrieved
	q.hits++
}

// drop forgets what was kept: it is missing.
func (q *question) drop() {
	q.hits, q.located = 0, nil
	for n := range q.parts {
		if !q.retrieved[n].IsZero() {
			q.parts[n], q.retrieved[n] = nil, time.Time{}
			q.filled--
		}
	}
}

// answered gives the next question whose answer is whole: with what was held and
// what the region gave, or with UNAVAILABLE where the region's or the caller's time
// ended. False when all were given.
//
// What was held and has been purged by now is not given: it is asked for anew.
func (c *call) answered() (*question, bool) {
	for {
		i, ok := c.ready()
		if !ok {
			return nil, false
		}
		q := &c.questions[i]
		switch {
		case c.purged(q):
			c.again(i)
		case q.torn:
			q.torn = false
			q.drop()
			c.start(i)
		default:
			return q, true
		}
	}
}

func (c *call) ready() (int, bool) {
	for c.next < len(c.questions) {
		q := &c.questions[c.next]
		if c.next++; q.flight == nil {
			return c.next - 1, true
		}
	}
	if c.flying == 0 {
		return 0, false
	}
	i := c.land()
	return i, true
}

// whole waits for every question's answer, each of which stands when the last came.
func (c *call) whole() {
	for again := true; again; {
		for more := true; more; {
			_, more = c.answered()
		}
		again = false
		for i := range c.questions {
			if c.purged(&c.questions[i]) {
				again = true
				c.again(i)
			}
		}
	}
}

// purged says whether a question has an answer that was held and is not any more.
func (c *call) purged(q *question) bool { return q.hits > 0 && !c.reading.Live() }

// again asks for what was held. The new answer is neither joined nor kept: its
// epoch is over.
func (c *call) again(i int) {
	q := &c.questions[i]
	q.keeps, q.torn = false, false
	q.drop()
	c.start(i)
}

// start sends a question off: it joins the flight of another call that asks the
// same, or begins one.
func (c *call) start(i int) {
	if c.bounded == nil {
		c.bounded, c.cancel = context.WithDeadline(c.ctx, c.until)
		c.landed = make(chan int, len(c.questions)) // a question is on one flight at a time
	}
	q := &c.questions[i]
	q.missing = q.missing[:0]
	for n, p := range q.parts {
		if p == nil {
			q.missing = append(q.missing, n)
		}
	}
	q.flight = c.lookup.flights.board(c, q, i)
	c.flying++
}

// land waits for a flight. When the caller's time ends first, those flights that go
// on without it count as late. The others end with the call, and land by themselves.
func (c *call) land() int {
	var i int
	select {
	case i = <-c.landed:
	case <-c.bounded.Done():
		if left, ok := c.late(); ok {
			return left
		}
		i = <-c.landed
	}
	c.take(&c.questions[i], c.questions[i].flight.parts)
	return i
}

// late leaves a flight that goes on without the call.
func (c *call) late() (int, bool) {
	for i := range c.questions {
		q := &c.questions[i]
		if q.flight == nil || !q.flight.detached || !c.lookup.flights.leave(q.flight, c.landed) {
			continue
		}
		err := status.FromContextError(c.bounded.Err()).Err()
		parts := make([]*part.Part, 0, len(q.missing))
		for _, n := range q.missing {
			parts = append(parts, part.OfOutcome(failedOutcome(q.id, q.sections[n], err)))
		}
		c.take(q, parts)
		return i, true
	}
	return 0, false
}

// take puts what a flight gave.
func (c *call) take(q *question, parts []*part.Part) {
	for i, n := range q.missing {
		q.put(n, parts[i])
	}
	q.torn = q.overrule(parts)
	q.flight = nil
	c.flying--
}

// end ends what ends with the call.
func (c *call) end() {
	if c.bounded == nil {
		return
	}
	for i := range c.questions {
		if f := c.questions[i].flight; f != nil {
			c.lookup.flights.leave(f, c.landed)
		}
	}
	c.cancel()
}

// selected is what is delivered of a question in an answer of a time.
func (q *question) selected(now time.Time) *assembly.Selection {
	r := assembly.Region{ID: q.id, Parts: q.parts}
	if q.region != nil {
		r.About = q.region.about
	} else {
		r.About = aboutRegion(q.id, "", nil)
	}
	if q.hits > 0 {
		r.Marks = q.marks(now)
	}
	return assembly.Select(r)
}

// marks say of each part that was kept that it was, and how old it is. Most parts were
// fetched together.
func (q *question) marks(now time.Time) [][]byte {
	marks := make([][]byte, len(q.parts))
	var mark []byte
	var marked time.Time
	for i, retrieved := range q.retrieved {
		if retrieved.IsZero() {
			continue
		}
		if mark == nil || !marked.Equal(retrieved) {
			marked, mark = retrieved, assembly.AppendAge(make([]byte, 0, 16), max(0, now.Sub(retrieved)))
		}
		if marks[i] = mark; q.parts[i] == q.region.notHeld[q.sections[i]] { // which is made once, and has no time
			marks[i] = assembly.AppendRetrieved(slices.Clone(mark), retrieved)
		}
	}
	return marks
}

// notConnected is the part of a region that the directory names and that this
// deployment has no adapter for. That it was not asked must show.
func notConnected(id string, section lhcrv1.Section) *part.Part {
	const why = "this gateway is not connected to the region: ask the gateway's operator"
	return part.OfOutcome(&lhcrv1.SectionOutcome{
		RegionId: id, Section: section, Status: unavailable, Message: why,
		Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Message: why}},
	})
}
