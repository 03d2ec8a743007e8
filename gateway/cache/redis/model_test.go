//go:build unix

package redis_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// model is what the regions have, and what may not be served any more.
type model struct {
	t        *testing.T
	gateways []*gateway
	pulse    *pulse
	lookups  atomic.Int64

	mu      sync.Mutex
	version map[string]int
	gone    map[string]int              // versions below were purged everywhere
	here    map[*gateway]map[string]int // … or at one gateway, where the purge did not reach Redis
}

var patients = []string{"9990000018", "9990000026", "9990000034", "9990000042"}

func newModel(t *testing.T, c config.Redis) *model {
	m := &model{t: t, pulse: startPulse(t.Context()), version: map[string]int{}, gone: map[string]int{}, here: map[*gateway]map[string]int{}}
	keys := newKeys(t)
	for _, memory := range []int64{0, 1 << 20} {
		g := newGateway(t, c, keys, memory)
		m.gateways, m.here[g] = append(m.gateways, g), map[string]int{}
	}
	return m
}

// run does lookups and purges at all gateways until the test has done its worst.
func (m *model) run(worst func()) {
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			chance := rand.New(rand.NewPCG(7, uint64(worker)))
			for {
				select {
				case <-stop:
					return
				default:
					m.step(chance)
				}
			}
		})
	}
	defer wg.Wait()
	defer close(stop)
	worst()
}

func (m *model) step(chance *rand.Rand) {
	g, patient := m.gateways[chance.IntN(len(m.gateways))], patients[chance.IntN(len(patients))]
	if chance.IntN(50) == 0 {
		m.purge(g, patient)
		return
	}
	m.lookup(g, patient)
}

// lookup reads, and fetches and keeps what is missing. What it finds must be the
// patient's and the section's, and from after every purge that was over before.
func (m *model) lookup(g *gateway, patient string) {
	least := m.least(g, patient)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	began := time.Now()
	r := g.Read(ctx, patient, sections)
	if took := time.Since(began); m.pulse.over(took, hung) {
		m.t.Errorf("a read took %s, with %s to spend", took, bound)
	}
	version := m.now(patient) // the regions answer
	var kept []cache.Kept
	for i, k := range record(patient, version) {
		e, ok := r.Entry(i)
		if !ok {
			kept = append(kept, k)
			continue
		}
		m.judge(e.Value.(text), patient, i, least)
	}
	g.Fill(r, kept)
	m.lookups.Add(1)
}

func (m *model) judge(got text, patient string, section, least int) {
	var version int
	if _, err := fmt.Sscanf(string(got), patient+" "+fmt.Sprint(section)+" %d", &version); err != nil {
		m.t.Errorf("patient %s, section %d was served %q", patient, section, got)
	}
	if version < least {
		m.t.Errorf("patient %s, section %d was served version %d, and all below %d was purged", patient, section, version, least)
	}
}

// purge has the regions change their record first: what was fetched before must not be
// served after.
func (m *model) purge(g *gateway, patient string) {
	m.mu.Lock()
	m.version[patient]++
	version := m.version[patient]
	m.mu.Unlock()
	_, err := g.Purge(context.Background(), patient)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.here[g][patient] = max(m.here[g][patient], version)
	if err == nil {
		m.gone[patient] = max(m.gone[patient], version)
	}
}

func (m *model) least(g *gateway, patient string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return max(m.gone[patient], m.here[g][patient])
}

func (m *model) now(patient string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.version[patient]
}

// goOn waits until so many more lookups are done.
func (m *model) goOn(lookups int64) {
	m.t.Helper()
	until := m.lookups.Load() + lookups
	redistest.Await(m.t, "lookups that go on", func() bool { return m.lookups.Load() >= until })
}

// heal waits until every gateway is served from Redis again.
func (m *model) heal() {
	m.t.Helper()
	for _, g := range m.gateways {
		before := g.heard.shared()
		redistest.Await(m.t, "values from Redis", func() bool { return g.State().Shared.Answers && g.heard.shared() > before+20 })
	}
}

// heardOf waits until a gateway has told of a cause.
func (m *model) heardOf(cause cache.Cause) {
	m.t.Helper()
	redistest.Await(m.t, "a failure that is told as "+string(cause), func() bool {
		for _, g := range m.gateways {
			if g.heard.causes()[cause] > 0 {
				return true
			}
		}
		return false
	})
}
