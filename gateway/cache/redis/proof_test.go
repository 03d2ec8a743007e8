//go:build unix

package redis_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
)

// Whatever happens to a Redis: lookups go on in bounded time, nobody is served what is
// another's or was purged, and once it is well again it serves.
func TestLookupsStayRightWhateverHappensToRedis(t *testing.T) {
	for name, fault := range map[string]struct {
		strike, heal func(*testing.T, *redistest.Server)
		cause        cache.Cause
	}{
		"killed and restarted": {
			func(_ *testing.T, s *redistest.Server) { s.Kill() },
			func(_ *testing.T, s *redistest.Server) { s.Restart() }, cache.CauseUnreachable,
		},
		"paused": {
			func(_ *testing.T, s *redistest.Server) { s.Pause() },
			func(_ *testing.T, s *redistest.Server) { s.Resume() }, cache.CauseTimeout,
		},
		"full": {set("maxmemory", "1"), set("maxmemory", "0"), cache.CauseFull},
		"read-only": {
			func(t *testing.T, s *redistest.Server) { do(t, s, "replicaof", "127.0.0.1", "1") },
			func(t *testing.T, s *redistest.Server) { do(t, s, "replicaof", "no", "one") }, cache.CauseReadOnly,
		},
		"closed to us": {
			func(t *testing.T, s *redistest.Server) { do(t, s, "acl", "setuser", "gateway", "-@all") },
			func(t *testing.T, s *redistest.Server) { do(t, s, "acl", "setuser", "gateway", "+@all") }, cache.CauseRefused,
		},
		"flushed":               {flush, nothing, ""},
		"scripts forgotten":     {forgetScripts, nothing, ""},
		"overwritten":           {spoil(overwrite), nothing, cache.CauseCorrupt},
		"hashes swapped":        {spoil(swapHashes), nothing, ""},
		"another's values":      {spoil(giveAway), nothing, cache.CauseOtherEpoch},
		"fields swapped":        {spoil(swapFields), nothing, cache.CauseCorrupt},
		"something else there":  {spoil(replace), nothing, ""},
		"connections cut":       {cut, nothing, ""},
		"evicted, epochs first": {spoil(evictEpochs), nothing, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t, redistest.User("gateway", "first", "~* &* +@all"))
			c := plain(server.Addr())
			c.Username, c.PasswordFile = "gateway", secret(t, "first")
			m := newModel(t, c)
			m.run(func() {
				m.heal()
				for range 2 {
					fault.strike(t, server)
					m.goOn(50)
					if fault.cause != "" {
						m.heardOf(fault.cause)
					}
					fault.heal(t, server)
					m.heal()
				}
			})
		})
	}
}

func nothing(*testing.T, *redistest.Server) {}

func do(t *testing.T, s *redistest.Server, command ...any) {
	t.Helper()
	if err := s.Admin().Do(soon(t), command...).Err(); err != nil {
		t.Fatal(err)
	}
}

func set(directive, value string) func(*testing.T, *redistest.Server) {
	return func(t *testing.T, s *redistest.Server) { do(t, s, "config", "set", directive, value) }
}

func flush(t *testing.T, s *redistest.Server)         { do(t, s, "flushall") }
func forgetScripts(t *testing.T, s *redistest.Server) { do(t, s, "script", "flush") }
func cut(t *testing.T, s *redistest.Server)           { do(t, s, "client", "kill", "user", "gateway") }

// spoil does something to the keys that stand there, again and again: a hash may be gone
// before it is spoilt.
func spoil(how func(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string)) func(*testing.T, *redistest.Server) {
	return func(t *testing.T, s *redistest.Server) {
		chance := rand.New(rand.NewPCG(1, 2))
		for range 50 {
			hashes := s.Admin().Keys(soon(t), "*:r").Val()
			if len(hashes) > 0 {
				how(soon(t), s, chance, hashes)
			}
		}
	}
}

func overwrite(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string) {
	hash := hashes[chance.IntN(len(hashes))]
	for _, field := range s.Admin().HKeys(ctx, hash).Val() {
		garbage := make([]byte, chance.IntN(200))
		fill(garbage)
		s.Admin().HSet(ctx, hash, field, garbage)
	}
}

func swapHashes(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string) {
	a, b := hashes[chance.IntN(len(hashes))], hashes[chance.IntN(len(hashes))]
	s.Admin().Rename(ctx, a, "aside")
	s.Admin().Rename(ctx, b, a)
	s.Admin().Rename(ctx, "aside", b)
}

// giveAway puts one patient's values where those of another are looked for: the names of
// the fields differ between patients.
func giveAway(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string) {
	a, b := hashes[chance.IntN(len(hashes))], hashes[chance.IntN(len(hashes))]
	theirs, ours := s.Admin().HVals(ctx, a).Val(), s.Admin().HKeys(ctx, b).Val()
	for i := range min(len(theirs), len(ours)) {
		s.Admin().HSet(ctx, b, ours[i], theirs[i])
	}
}

// epochOf is the key of the epoch beside that of a hash.
func epochOf(hash string) string { return hash[:len(hash)-1] + "e" }

func swapFields(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string) {
	hash := hashes[chance.IntN(len(hashes))]
	names, values := s.Admin().HKeys(ctx, hash).Val(), s.Admin().HVals(ctx, hash).Val()
	for i := range min(len(names), len(values)) {
		s.Admin().HSet(ctx, hash, names[i], values[(i+1)%len(values)])
	}
}

func replace(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string) {
	key := hashes[chance.IntN(len(hashes))]
	if chance.IntN(2) == 0 {
		key = epochOf(key)
	}
	s.Admin().Del(ctx, key)
	s.Admin().RPush(ctx, key, "something else")
}

func evictEpochs(ctx context.Context, s *redistest.Server, chance *rand.Rand, hashes []string) {
	hash := hashes[chance.IntN(len(hashes))]
	s.Admin().Del(ctx, epochOf(hash))
}

func TestLookupsStayRightWhenACluster(t *testing.T) {
	for name, strike := range map[string]func(*redistest.Cluster, *model){
		"loses a node": func(c *redistest.Cluster, m *model) {
			lost := c.Owner(keysOf(m.t, c)[0])
			lost.Kill()
			m.goOn(100)
			lost.Restart()
		},
		"has a node paused": func(c *redistest.Cluster, m *model) {
			c.Nodes[1].Pause()
			m.goOn(100)
			c.Nodes[1].Resume()
		},
		"moves slots": func(c *redistest.Cluster, m *model) {
			for _, key := range keysOf(m.t, c) {
				slot, from := c.SlotOf(key), c.Owner(key)
				to := other(c, from)
				c.Open(slot, from, to)
				m.goOn(20)
				c.Settle(slot, from, to)
				m.goOn(20)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster, c := clustered(t, redistest.Set("cluster-require-full-coverage", "no"))
			m := newModel(t, c)
			m.run(func() {
				m.heal()
				strike(cluster, m)
				m.heal()
			})
		})
	}
}

func keysOf(t *testing.T, c *redistest.Cluster) (out []string) {
	t.Helper()
	for _, n := range c.Nodes {
		out = append(out, n.Admin().Keys(soon(t), "*:e").Val()...)
	}
	return out
}

func TestLookupsStayRightWhenSentinelsFailOver(t *testing.T) {
	t.Parallel()
	g, c := watched(t)
	m := newModel(t, c)
	m.run(func() {
		m.heal()
		g.FailOver()
		m.goOn(100)
		g.Rejoin() // purges wait for a replica
		m.heal()
	})
}

// Fills are asynchronous and bounded: with a Redis that hangs, they cost a lookup
// nothing, and memory and goroutines no more than the queue.
func TestFillsOfAPausedServerAreBounded(t *testing.T) {
	server := redistest.Start(t)
	g := newGateway(t, plain(server.Addr()), newKeys(t), 0)
	g.keepAll(t, patients[0], 1)
	reading := g.Read(soon(t), patients[0], sections)
	before := runtime.NumGoroutine()

	server.Pause()
	pulse := startPulse(t.Context())
	began := time.Now()
	for range 2000 {
		g.Fill(reading, []cache.Kept{{Field: sections[0], Value: text(make([]byte, 4<<10)), Retrieved: time.Now(), For: keep}})
	}
	if took := time.Since(began); pulse.over(took, late) {
		t.Errorf("2000 fills held their lookups up for %s", took)
	}
	if s := g.State(); s.QueuedBytes > 1<<20+64<<10 {
		t.Errorf("%d fills with %d bytes wait, want them bounded by 1 MiB", s.Queued, s.QueuedBytes)
	}
	if n := runtime.NumGoroutine(); n > before+40 {
		t.Errorf("%d goroutines more", n-before)
	}
	server.Resume()
	redistest.Await(t, "a store that answers again", func() bool {
		r := g.Read(soon(t), patients[1], sections)
		g.Fill(r, record(patients[1], 7))
		_ = g.Settle(soon(t))
		return found(r)[1] == string(says(patients[1], 1, 7))
	})
}

// Even with the epoch they belong to, and under the right names, one patient's values are
// nothing for another.
func TestAnothersValuesWithTheirEpochAreNotServed(t *testing.T) {
	server := redistest.Start(t)
	g := newGateway(t, plain(server.Addr()), newKeys(t), 0)
	g.keepAll(t, patients[0], 1)
	one := server.Admin().Keys(soon(t), "*:r").Val()[0]
	g.keepAll(t, patients[1], 1)
	two := server.Admin().Keys(soon(t), "*:r").Val()
	two = slices.DeleteFunc(two, func(key string) bool { return key == one })
	values := server.Admin().HVals(soon(t), one).Val()
	for i, field := range server.Admin().HKeys(soon(t), two[0]).Val() {
		do(t, server, "hset", two[0], field, values[i])
	}
	do(t, server, "copy", epochOf(one), epochOf(two[0]), "replace")

	for i, got := range found(g.Read(soon(t), patients[1], sections)) {
		if got != missing {
			t.Errorf("section %d: %q", i, got)
		}
	}
	if n := g.heard.causes()[cache.CauseCorrupt]; n != len(sections) {
		t.Errorf("%d values were told as corrupt, want %d: %v", n, len(sections), g.heard.causes())
	}
}

func TestAnotherGatewayServesWhatOneKeptUntilAnyPurges(t *testing.T) {
	server := redistest.Start(t)
	keys := newKeys(t)
	one, two := newGateway(t, plain(server.Addr()), keys, 1<<20), newGateway(t, plain(server.Addr()), keys, 1<<20)
	one.keepAll(t, patients[0], 1)
	want := []string{}
	for i := range sections {
		want = append(want, string(says(patients[0], i, 1)))
	}
	for range 2 { // from Redis, then from its own memory
		if diff := cmp.Diff(want, found(two.Read(soon(t), patients[0], sections))); diff != "" {
			t.Errorf("the other gateway (-want +got):\n%s", diff)
		}
	}
	if _, err := one.Purge(soon(t), patients[0]); err != nil {
		t.Fatal(err)
	}
	for _, g := range []*gateway{one, two} {
		for _, got := range found(g.Read(soon(t), patients[0], sections)) {
			if got != missing {
				t.Errorf("after the purge: %q", got)
			}
		}
	}
}
