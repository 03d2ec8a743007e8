package cache_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// How far the walks go.
var (
	modelSeed  = flag.Uint64("model.seed", 0, "the first seed of the cache's model")
	modelSeeds = flag.Uint64("model.seeds", 6, "how many seeds, from the first on")
	modelSteps = flag.Int("model.steps", 1500, "the steps of each walk of the cache's model")
)

// model is what must be true of two gateways and the store that they share, step by
// step: whom each value is about, when it ends, and which purges came after the
// reading on whose ground it was kept.
type model struct {
	t        *testing.T
	random   *rand.Rand
	store    *memStore
	gateways []*gateway
	failOver bool
	restore  func()

	step    int
	values  map[string]fetched
	readies []ready
	purged  map[string]int         // patient: the step of the last purge that was done, everywhere
	tried   []map[string]int       // by gateway, patient: the step of the last purge, done or not
	triedAt []map[string]time.Time // the same by that gateway's clock
	asked   []time.Time            // by gateway: the latest clock at which it was asked to purge anybody
	healthy bool
}

// fetched is a value as the model knows it.
type fetched struct {
	patient   string
	field     cache.Field
	read      int // the step of the reading on whose ground it was kept
	retrieved time.Time
	life      time.Duration
}

// ready is a reading that something can still be kept on.
type ready struct {
	gateway int
	patient string
	reading *cache.Reading
	step    int
}

var modelPatients = []string{ann, bob, "9990000034"}

func modelFields() (out []cache.Field) {
	for _, region := range []string{"dorset", "yorkshire"} {
		for view := range byte(3) {
			f := field(region)
			f.View = cache.View{view}
			out = append(out, f)
		}
	}
	return out
}

func TestWhateverHappensNothingWrongIsServed(t *testing.T) {
	for name, c := range map[string]struct {
		shared, failOver bool
		memory           int64
	}{
		"memory":                     {memory: 1 << 20},
		"little memory":              {memory: 20 << 10},
		"shared":                     {shared: true},
		"memory and shared":          {shared: true, memory: 1 << 20},
		"little memory and shared":   {shared: true, memory: 20 << 10},
		"memory, shared, fail-overs": {shared: true, memory: 1 << 20, failOver: true},
	} {
		for seed := range *modelSeeds {
			seed += *modelSeed
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					m := newModel(t, seed, c.failOver)
					keys := newRing(t)
					for range 2 {
						m.add(func(o *cache.Options) {
							o.Memory, o.MaxPurges = c.memory, 5
							if c.shared {
								o.Shared, o.Keys = unclosed{m.store}, keys
							}
						})
						if !c.shared {
							break
						}
					}
					for m.step < *modelSteps && !t.Failed() {
						m.next()
					}
					m.told(c.shared)
					if t.Failed() {
						t.Logf("again with: -run 'TestWhateverHappensNothingWrongIsServed/%s_%d$' -model.seed=%d -model.seeds=1 -model.steps=%d",
							strings.ReplaceAll(name, " ", "_"), seed, seed, *modelSteps)
					}
				})
			})
		}
	}
}

func newModel(t *testing.T, seed uint64, failOver bool) *model {
	return &model{
		t: t, random: rand.New(rand.NewPCG(seed, 42)), store: newStore(), failOver: failOver, healthy: true,
		values: map[string]fetched{}, purged: map[string]int{},
	}
}

func (m *model) add(change func(*cache.Options)) {
	m.gateways = append(m.gateways, open(m.t, change))
	m.tried = append(m.tried, map[string]int{})
	m.triedAt = append(m.triedAt, map[string]time.Time{})
	m.asked = append(m.asked, time.Time{})
}

func (m *model) next() {
	m.step++
	switch n := m.random.IntN(100); {
	case n < 45:
		m.look()
	case n < 75:
		m.keep()
	case n < 83:
		m.purge()
	case n < 88:
		m.fail()
	case n < 92:
		m.mend()
	case n < 94:
		m.jump()
	case n < 96 && m.failOver:
		m.swap()
	default:
		m.wait(time.Duration(m.random.IntN(20)) * time.Second)
	}
	synctest.Wait()
}

// wait lets time pass, for every clock.
func (m *model) wait(d time.Duration) {
	time.Sleep(d)
	for _, g := range m.gateways {
		g.pass(d)
	}
}

func (m *model) pick() (int, string) {
	return m.random.IntN(len(m.gateways)), modelPatients[m.random.IntN(len(modelPatients))]
}

// look reads every field of a patient and compares what is found with what is known.
func (m *model) look() {
	g, patient := m.pick()
	fields := modelFields()
	m.random.Shuffle(len(fields), func(i, j int) { fields[i], fields[j] = fields[j], fields[i] })
	fields = fields[:1+m.random.IntN(len(fields))]
	r := m.gateways[g].Read(m.t.Context(), patient, fields)
	for i, f := range fields {
		if e, ok := r.Entry(i); ok {
			m.judge(g, patient, f, e)
		}
	}
	if _, usable := r.Epoch(); usable {
		m.readies = append(m.readies, ready{g, patient, r, m.step})
	}
}

func (m *model) judge(g int, patient string, f cache.Field, e cache.Entry) {
	m.t.Helper()
	v, known := m.values[string(e.Value.(*text).bytes)]
	now := m.gateways[g].clock()
	switch {
	case !known || v.patient != patient || v.field != f || !v.retrieved.Equal(e.Retrieved):
		m.t.Errorf("step %d: found for another name", m.step)
	case !now.Before(v.retrieved.Add(min(v.life, 24*time.Hour))):
		m.t.Errorf("step %d: served after its end", m.step)
	case v.retrieved.After(now.Add(time.Minute)):
		m.t.Errorf("step %d: served from the future", m.step)
	case v.read < m.tried[g][patient] && !m.unknowable(g, patient, v):
		m.t.Errorf("step %d: read in step %d, served by the gateway that purged in step %d", m.step, v.read, m.tried[g][patient])
	case v.read < m.purged[patient] && !m.failOver:
		m.t.Errorf("step %d: read in step %d, served after the purge of step %d", m.step, v.read, m.purged[patient])
	}
}

// unknowable is whether nobody can tell a value from one of an epoch that began after
// the purge. Twice the store fell back behind purges; in between another gateway kept,
// in an epoch that the purging gateway never saw, what it had retrieved more than a
// minute after the purge, though on the ground of a reading from before it. It is what
// the region said after the purge, and nothing that was purged.
func (m *model) unknowable(g int, patient string, v fetched) bool {
	return m.failOver && !v.retrieved.Before(m.triedAt[g][patient].Add(time.Minute))
}

// keep fills on the ground of an earlier reading. When all is well, it is found.
func (m *model) keep() {
	if len(m.readies) == 0 {
		return
	}
	at := m.random.IntN(len(m.readies))
	on := m.readies[at]
	m.readies = append(m.readies[:at], m.readies[at+1:]...)
	g, fields := m.gateways[on.gateway], modelFields()
	f := fields[m.random.IntN(len(fields))]
	words := fmt.Sprint("value ", m.step)
	v := fetched{
		patient: on.patient, field: f, read: on.step, retrieved: g.clock().Add(-time.Duration(m.random.IntN(120)) * time.Second),
		life: time.Duration(1+m.random.IntN(3600*30)) * time.Second,
	}
	m.values[words] = v
	// What was retrieved before a purge, by a clock that is off, need not be believed.
	expected := on.reading.Live() && m.healthy && !m.failOver && on.step == m.step-1 &&
		g.clock().Before(v.retrieved.Add(v.life)) && !v.retrieved.Before(m.asked[on.gateway].Add(time.Minute))
	g.Fill(on.reading, []cache.Kept{{Field: f, Value: &text{[]byte(words)}, Retrieved: v.retrieved, For: v.life}})
	if err := g.Settle(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	if got, _ := g.look(on.patient, f); expected && got == "" && g.State().Shared.Answers == g.State().Shared.Used {
		m.t.Errorf("step %d: what was filled while all was well is not found: %v", m.step, g.seen.told)
	}
}

func (m *model) purge() {
	g, patient := m.pick()
	if now := m.gateways[g].clock(); now.After(m.asked[g]) {
		m.asked[g] = now
	}
	_, err := m.gateways[g].Purge(m.t.Context(), patient)
	m.tried[g][patient], m.triedAt[g][patient] = m.step, m.gateways[g].clock()
	if err == nil {
		m.purged[patient] = m.step
	} else if m.healthy {
		m.t.Errorf("step %d: a purge fails while all is well: %v", m.step, err)
	}
}

// fail has the store fail, in one of its ways.
func (m *model) fail() {
	m.healthy = false
	errs := []error{cache.ErrUnreachable, cache.ErrRefused, cache.ErrFull, cache.ErrReadOnly, errors.New("odd")}
	err, ops := errs[m.random.IntN(len(errs))], []string{"read", "fill", "purge", ""}
	op, after := ops[m.random.IntN(len(ops))], m.random.IntN(2) == 0
	fault := func(called string) error {
		if op == "" || op == called {
			return err
		}
		return nil
	}
	m.store.set(func() {
		if after {
			m.store.late = fault
		} else {
			m.store.fault = fault
		}
	})
}

func (m *model) mend() {
	m.store.set(func() { m.store.fault, m.store.late = nil, nil })
	if m.random.IntN(2) == 0 {
		m.wait(time.Minute)
		synctest.Wait()
		m.healthy = true
	}
}

// jump sets a clock off, and sometimes back again.
func (m *model) jump() {
	g, _ := m.pick()
	jumps := []time.Duration{time.Second, -time.Second, time.Minute, -time.Minute, time.Hour, -time.Hour, 7 * time.Hour}
	by := jumps[m.random.IntN(len(jumps))]
	if m.failOver {
		m.shift(g, by)
		return
	}
	m.gateways[g].pass(by)
}

// shift sets clocks off where the store falls back: they stay within a minute of each
// other and never go back. A gateway that never knew the epoch that came back has only
// the time to go by, so with clocks that are further apart, or a clock that was wrong
// when the purge was asked for and is right now, none can know (ADR 0012).
func (m *model) shift(g int, by time.Duration) {
	if by < 0 {
		by = -by
	}
	ahead := m.gateways[g].clock().Sub(m.gateways[1-g].clock())
	if ahead+by > time.Minute {
		m.gateways[1-g].pass(ahead + by - time.Duration(m.random.IntN(60))*time.Second)
	}
	m.gateways[g].pass(by)
}

// swap remembers the store as it is, or brings back what it was.
func (m *model) swap() {
	if m.restore == nil || m.random.IntN(2) == 0 {
		m.restore = m.store.snapshot()
		return
	}
	m.restore()
}

// told makes sure that the walk has been anywhere.
func (m *model) told(shared bool) {
	sum := func(what string) (n int) {
		for _, g := range m.gateways {
			n += g.seen.count(what)
		}
		return n
	}
	wanted := []string{"purge done", "found ", "look ok"}
	if shared {
		wanted = append(wanted, "found shared", "look unreachable", "purge failed", "purge repeated", "fill shared kept", "fill shared purged")
	}
	for _, what := range wanted {
		if sum(what) == 0 {
			m.t.Errorf("%q never happened", what)
		}
	}
}
