//go:build unix

package redis_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// A deployment is a Redis to be judged.
type deployment struct {
	name  string
	start func(*testing.T) standing
}

// standing is a Redis that was started: how the gateway reaches it, who sees the keys of
// a patient, and everything that knows the gateway's users.
type standing struct {
	config  config.Redis
	at      func(key string) *goredis.Client
	servers []*redistest.Server
}

func alone(c config.Redis, s *redistest.Server, admin *goredis.Client) standing {
	return standing{c, func(string) *goredis.Client { return admin }, []*redistest.Server{s}}
}

// The user of each is the one of redis.ACL, so the rules there are enough for
// everything that the contract asks.
var deployments = []deployment{
	{"standalone", func(t *testing.T) standing {
		s := redistest.Start(t)
		return alone(plain(s.Addr()), s, s.Admin())
	}},
	{"standalone, TLS and ACL", func(t *testing.T) standing {
		s, c := secured(t)
		c.Database = 3
		return alone(c, s, inDatabase(t, s.Admin(), 3))
	}},
	{"Cluster, ACL", func(t *testing.T) standing {
		cluster, c := clustered(t)
		return standing{c, func(key string) *goredis.Client { return cluster.Owner(key).Admin() }, cluster.Nodes}
	}},
	{"Sentinel, ACL, a replica waited for", func(t *testing.T) standing {
		g, c := watched(t)
		all := append([]*redistest.Server{g.Primary, g.Replica}, g.Nodes...)
		return standing{c, func(string) *goredis.Client { return g.Primary.Admin() }, all}
	}},
}

// watched are Sentinels over a primary and its replica, all with users of their own.
func watched(t *testing.T) (*redistest.Sentinels, config.Redis) {
	t.Helper()
	g := redistest.StartSentinels(t,
		[]redistest.Option{redistest.User("gateway", "first", redis.ACL(prefix))},
		[]redistest.Option{redistest.User("asker", "second", redis.SentinelACL)})
	c := plain(g.Addrs()...)
	c.Mode, c.SentinelMaster, c.PurgeReplicas = config.RedisSentinel, g.Name, 1
	c.Username, c.PasswordFile = "gateway", secret(t, "first")
	c.SentinelUsername, c.SentinelPasswordFile = "asker", secret(t, "second")
	return g, c
}

func inDatabase(t *testing.T, admin *goredis.Client, n int) *goredis.Client {
	t.Helper()
	o := *admin.Options()
	o.DB = n
	c := goredis.NewClient(&o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

type contractCase struct {
	name  string
	check func(*testing.T, *redis.Store, func(key string) *goredis.Client)
}

var contract = []contractCase{
	{"an unknown patient gets an epoch that stays", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		p, f := patient(), newField()
		first, values := read(t, s, p, f)
		if diff := cmp.Diff([]string{missing}, values); diff != "" {
			t.Errorf("values (-want +got):\n%s", diff)
		}
		again, _ := read(t, s, p)
		if first == (cache.Epoch{}) || again != first {
			t.Errorf("epochs %x and %x, want one and the same that is not zero", first, again)
		}
		if other, _ := read(t, s, patient()); other == first {
			t.Error("two patients have one epoch")
		}
	}},
	{"readers at once get the same epoch", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		p := patient()
		var got [8]cache.Epoch
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() { got[i], _, _ = s.Read(soon(t), p, nil) })
		}
		wg.Wait()
		for _, e := range got {
			if e != got[0] || e == (cache.Epoch{}) {
				t.Fatalf("got %x, want the same everywhere", got)
			}
		}
	}},
	{"what was filled is read, aligned with what is asked", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		p, a, b, c := patient(), newField(), newField(), newField()
		epoch, _ := read(t, s, p)
		fillOK(t, s, p, epoch, cache.Cell{Field: a, Value: []byte("alpha\x00\r\n")}, cache.Cell{Field: b, Value: []byte{}})
		fillOK(t, s, p, epoch, cache.Cell{Field: c, Value: []byte(strings.Repeat("c", 200_000))})
		again, values := read(t, s, p, c, newField(), b, a, a)
		want := []string{strings.Repeat("c", 200_000), missing, "", "alpha\x00\r\n", "alpha\x00\r\n"}
		if diff := cmp.Diff(want, values); diff != "" || again != epoch {
			t.Errorf("epoch %x, want %x; values (-want +got):\n%s", again, epoch, diff)
		}
	}},
	{"a patient's values are nobody else's", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		f := newField()
		put(t, s, patient(), f, "alpha")
		if _, values := read(t, s, patient(), f); values[0] != missing {
			t.Errorf("another patient got %q", values)
		}
	}},
	{"values that were read may be changed", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		p, f := patient(), newField()
		put(t, s, p, f, "alpha")
		_, values, err := s.Read(soon(t), p, []cache.FieldKey{f, f})
		if err != nil {
			t.Fatal(err)
		}
		copy(values[0], "XXXXX")
		if _, again := read(t, s, p, f); string(values[1]) != "alpha" || again[0] != "alpha" {
			t.Errorf("a change of one value shows in another: %q, %q", values[1], again)
		}
	}},
	{"a purge forgets, gives what it replaced, and refuses fills from before", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		p, f := patient(), newField()
		before := put(t, s, p, f, "alpha")
		fresh, replaced := purge(t, s, p)
		if replaced != before {
			t.Errorf("replaced %x, want %x", replaced, before)
		}
		kept, err := s.Fill(soon(t), p, before, []cache.Cell{{Field: f, Value: []byte("late")}}, keep)
		if kept || err != nil {
			t.Errorf("a fill under the old epoch: kept %t, %v", kept, err)
		}
		epoch, values := read(t, s, p, f)
		if epoch != fresh || values[0] != missing {
			t.Errorf("after the purge: epoch %x, want %x; value %q, want none", epoch, fresh, values)
		}
		fillOK(t, s, p, fresh, cache.Cell{Field: f, Value: []byte("beta")})
	}},
	{"a patient that nobody knows can be purged", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		p := patient()
		fresh, replaced := purge(t, s, p)
		if epoch, _ := read(t, s, p); epoch != fresh || replaced != (cache.Epoch{}) {
			t.Errorf("epoch %x, want %x; replaced %x, want none", epoch, fresh, replaced)
		}
	}},
	{"a fill without an epoch in the store is refused", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		kept, err := s.Fill(soon(t), patient(), newEpoch(), []cache.Cell{{Field: newField(), Value: []byte("x")}}, keep)
		if kept || err != nil {
			t.Errorf("kept %t, %v", kept, err)
		}
	}},
	{"nothing is kept for ever, and a fill cuts no life short", func(t *testing.T, s *redis.Store, at func(string) *goredis.Client) {
		p, f := patient(), newField()
		epoch := put(t, s, p, f, "alpha") // for a minute
		if _, err := s.Fill(soon(t), p, epoch, []cache.Cell{{Field: newField(), Value: []byte("b")}}, time.Second); err != nil {
			t.Fatal(err)
		}
		between(t, "hash", at(valuesKey(p)).PTTL(soon(t), valuesKey(p)).Val(), keep-20*time.Second, keep)
		between(t, "epoch", at(epochKey(p)).PTTL(soon(t), epochKey(p)).Val(), longest+time.Minute, longest+2*time.Hour)
		if _, err := s.Fill(soon(t), p, epoch, []cache.Cell{{Field: newField(), Value: []byte("b")}}, 9*longest); err != nil {
			t.Fatal(err)
		}
		between(t, "hash", at(valuesKey(p)).PTTL(soon(t), valuesKey(p)).Val(), 9*longest-time.Minute, 9*longest)
		between(t, "epoch", at(epochKey(p)).PTTL(soon(t), epochKey(p)).Val(), 9*longest+time.Minute, 12*longest)
		purge(t, s, p)
		between(t, "epoch of a purge", at(epochKey(p)).PTTL(soon(t), epochKey(p)).Val(), longest+time.Minute, longest+2*time.Hour)
	}},
	{"values whose epoch is gone are dropped with the next", func(t *testing.T, s *redis.Store, at func(string) *goredis.Client) {
		p, f := patient(), newField()
		before := put(t, s, p, f, "alpha")
		at(epochKey(p)).Del(soon(t), epochKey(p)) // as an eviction does
		epoch, values := read(t, s, p, f)
		if epoch == before || values[0] != missing {
			t.Errorf("the epoch is the same: %t; value %q, want none", epoch == before, values)
		}
		if n := at(valuesKey(p)).Exists(soon(t), valuesKey(p)).Val(); n != 0 {
			t.Error("the values are still there")
		}
	}},
	{"a hash is bounded", func(t *testing.T, s *redis.Store, at func(string) *goredis.Client) {
		p := patient()
		epoch, _ := read(t, s, p)
		for range 5 {
			cells := make([]cache.Cell, 1000)
			for i := range cells {
				cells[i] = cache.Cell{Field: newField(), Value: []byte("x")}
			}
			fillOK(t, s, p, epoch, cells...)
		}
		if n := at(valuesKey(p)).HLen(soon(t), valuesKey(p)).Val(); n != 1000 {
			t.Errorf("the hash has %d fields, want it begun anew with the last 1000", n)
		}
	}},
	{"it answers", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		if err := s.Ping(soon(t)); err != nil {
			t.Error(err)
		}
	}},
	{"a context that is over is not a fault of the store's", func(t *testing.T, s *redis.Store, _ func(string) *goredis.Client) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := s.Read(ctx, patient(), nil)
		if got := causeOf(t, err); got != redis.Canceled {
			t.Errorf("cause %q, want canceled", got)
		}
	}},
}

func between(t *testing.T, what string, got, least, most time.Duration) {
	t.Helper()
	if got < least || got > most {
		t.Errorf("the %s lives for %s, want between %s and %s", what, got, least, most)
	}
}

func TestStoreKeepsItsContractEverywhere(t *testing.T) {
	for _, d := range deployments {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			redis := d.start(t)
			s := open(t, redis.config)
			for _, c := range contract {
				t.Run(c.name, func(t *testing.T) { c.check(t, s, redis.at) })
			}
			for _, server := range redis.servers {
				if denied := server.Admin().Do(soon(t), "acl", "log").String(); !strings.HasSuffix(denied, ": []") {
					t.Errorf("the gateway's user was denied something: %s", denied)
				}
			}
		})
	}
}

func TestReadTakesOneRoundTripWhenThePatientIsKnown(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	put(t, s, p, f, "alpha")
	before := reads(t, server)
	read(t, s, p, f)
	// One packet in, one out. INFO counts its own reading too.
	if n := reads(t, server) - before; n > 2 {
		t.Errorf("the server was read from %d times, want once for INFO and once for the lookup", n)
	}
}

func reads(t *testing.T, s *redistest.Server) (n int) {
	t.Helper()
	info := s.Admin().InfoMap(soon(t), "stats").Item("Stats", "total_reads_processed")
	if _, err := fmt.Sscan(info, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
