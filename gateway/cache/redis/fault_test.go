//go:build unix

package redis_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
)

func TestKilledServerIsUnreachableAndTakenUpAgain(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	before := put(t, s, p, f, "alpha")

	server.Kill()
	for range 20 {
		err := inTime(t, "a read", func(ctx context.Context) error { _, _, err := s.Read(ctx, p, nil); return err })
		if got := causeOf(t, err); got != redis.Unreachable || !errors.Is(err, cache.ErrUnreachable) {
			t.Fatalf("cause %q of %v, want unreachable", got, err)
		}
	}
	server.Restart()
	awaitRead(t, s, p)
	epoch, values := read(t, s, p, f)
	if epoch == before || values[0] != missing {
		t.Errorf("an empty server gave the epoch of before (%t) or a value (%q)", epoch == before, values)
	}
	if kept, err := s.Fill(soon(t), p, before, []cache.Cell{{Field: f, Value: []byte("late")}}, keep); kept || err != nil {
		t.Errorf("a fill from before the restart: kept %t, %v", kept, err)
	}
}

// awaitRead waits until the store reaches the server again.
func awaitRead(t *testing.T, s cache.Store, p cache.PatientKey) {
	t.Helper()
	redistest.Await(t, "a store that has come back", func() bool {
		_, _, err := s.Read(within(t, bound), p, nil)
		return err == nil
	})
}

// A server that restarts closes what waits in the pool. None of that may cost a lookup.
func TestNoReadIsLostOnConnectionsThatTheServerClosed(t *testing.T) {
	for name, start := range map[string]func() (*redistest.Server, config.Redis){
		"plain": func() (*redistest.Server, config.Redis) { s := redistest.Start(t); return s, plain(s.Addr()) },
		"TLS":   func() (*redistest.Server, config.Redis) { return secured(t) },
	} {
		t.Run(name, func(t *testing.T) {
			server, c := start()
			s := open(t, c)
			together(c.PoolSize, func() { read(t, s, patient()) }) // as many connections as the pool has
			server.Restart()
			for range 2 * c.PoolSize {
				read(t, s, patient())
			}
		})
	}
}

func together(n int, do func()) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(do)
	}
	wg.Wait()
}

func TestPausedServerCostsBoundedTimeAndNoPileUp(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	put(t, s, p, f, "alpha")
	before := runtime.NumGoroutine()

	server.Pause()
	together(50, func() {
		for range 4 {
			err := inTime(t, "a read", func(ctx context.Context) error { _, _, err := s.Read(ctx, p, []cache.FieldKey{f}); return err })
			if got := causeOf(t, err); got != redis.Timeout || !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("cause %q of %v, want timeout", got, err)
			}
		}
	})
	if err := inTime(t, "a purge", func(ctx context.Context) error { _, err := s.Purge(ctx, p, newEpoch()); return err }); causeOf(t, err) != redis.Timeout {
		t.Errorf("a purge: %v, want timeout", err)
	}
	// The pool has four connections; what dials and what watches is a few more.
	redistest.Await(t, "goroutines that ended", func() bool { return runtime.NumGoroutine() < before+20 })

	server.Resume()
	awaitRead(t, s, p)
	if clients := server.Admin().ClientList(soon(t)).Val(); strings.Count(clients, "name=lhcr ") > 4 {
		t.Errorf("more connections than the pool may have:\n%s", clients)
	}
}

// What is sent before the server stops may be done when it goes on. That must look
// like a purge, and not bring back what was there.
func TestPurgeOfAPausedServerIsDoneOrNotButNeverHalf(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	before := put(t, s, p, f, "alpha")
	server.Pause()
	fresh := newEpoch()
	if _, err := s.Purge(within(t, bound), p, fresh); err == nil {
		t.Fatal("a paused server purged")
	}
	server.Resume()
	awaitRead(t, s, p)
	switch epoch, values := read(t, s, p, f); {
	case epoch == fresh && values[0] == missing:
	case epoch == before && values[0] == "alpha":
	default:
		t.Errorf("epoch %x, value %q: neither before nor after", epoch, values)
	}
}

func TestClosingEndsWhatHangs(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p := patient()
	read(t, s, p)
	server.Pause()
	hung := make(chan error)
	go func() {
		_, _, err := s.Read(soon(t), p, nil)
		hung <- err
	}()
	redistest.Await(t, "a read that was sent", func() bool { return s.InUse() > 0 })
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := causeOf(t, <-hung); got != redis.Unreachable {
		t.Errorf("cause %q, want unreachable", got)
	}
	if _, _, err := s.Read(soon(t), p, nil); causeOf(t, err) != redis.Unreachable {
		t.Errorf("a read after Close: %v", err)
	}
}

func TestFullServerRefusesFillsAndStillReadsAndPurges(t *testing.T) {
	server := redistest.Start(t, redistest.Set("maxmemory-policy", "noeviction"))
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	epoch := put(t, s, p, f, "alpha")
	if err := server.Admin().ConfigSet(soon(t), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}

	_, err := s.Fill(soon(t), p, epoch, []cache.Cell{{Field: newField(), Value: []byte("beta")}}, keep)
	if got := causeOf(t, err); got != redis.Full || !errors.Is(err, cache.ErrFull) {
		t.Errorf("a fill: cause %q of %v, want full", got, err)
	}
	if _, values := read(t, s, p, f); values[0] != "alpha" {
		t.Errorf("read %q, want what was there", values)
	}
	if _, _, err := s.Read(soon(t), patient(), nil); causeOf(t, err) != redis.Full {
		t.Errorf("a new patient: %v, want full", err)
	}
	fresh, replaced := purge(t, s, p)
	if now, values := read(t, s, p, f); now != fresh || replaced != epoch || values[0] != missing {
		t.Errorf("after the purge: epoch %x, want %x; value %q, want none", now, fresh, values)
	}
}

func TestReadOnlyServerStillReads(t *testing.T) {
	primary := redistest.Start(t)
	replica := redistest.Start(t, redistest.ReplicaOf(primary))
	redistest.Await(t, "a replica that follows", func() bool { return redistest.Follows(replica) })
	p, f := patient(), newField()
	epoch := put(t, open(t, plain(primary.Addr())), p, f, "alpha")
	s := open(t, plain(replica.Addr()))
	redistest.Await(t, "a value that was replicated", func() bool { return replica.Admin().Exists(soon(t), valuesKey(p)).Val() == 1 })
	if _, values := read(t, s, p, f); values[0] != "alpha" {
		t.Errorf("read %q", values)
	}

	_, errFill := s.Fill(soon(t), p, epoch, []cache.Cell{{Field: f, Value: []byte("b")}}, keep)
	_, errPurge := s.Purge(soon(t), p, newEpoch())
	_, _, errNew := s.Read(soon(t), patient(), nil)
	for what, err := range map[string]error{"fill": errFill, "purge": errPurge, "an unknown patient": errNew} {
		if got := causeOf(t, err); got != redis.ReadOnly || !errors.Is(err, cache.ErrReadOnly) {
			t.Errorf("%s: cause %q of %v, want read_only", what, got, err)
		}
	}
}

func TestPurgeFailsWithoutItsReplicasAndIsDoneAllTheSame(t *testing.T) {
	server := redistest.Start(t)
	c := plain(server.Addr())
	c.PurgeReplicas = 1
	s := open(t, c)
	p, f := patient(), newField()
	put(t, s, p, f, "alpha")
	_, err := s.Purge(within(t, time.Second), p, newEpoch())
	if got := causeOf(t, err); got != redis.Unreplicated || !errors.Is(err, cache.ErrReadOnly) {
		t.Errorf("cause %q of %v, want unreplicated", got, err)
	}
	if _, values := read(t, s, p, f); values[0] != missing {
		t.Errorf("read %q after the purge", values)
	}
}

func TestServerThatLetsUsNotInIsRefused(t *testing.T) {
	locked := redistest.Start(t,
		redistest.User("gateway", "first", redis.ACL(prefix)),
		redistest.User("reader", "first", redis.ACL(prefix)+" -hset"),
		redistest.User("bare", "first", "resetkeys -@all"))
	for name, test := range map[string]struct {
		change func(*config.Redis)
		reads  bool
	}{
		"a wrong password": {func(c *config.Redis) { c.Username, c.PasswordFile = "gateway", secret(t, "wrong") }, false},
		"no rights":        {func(c *config.Redis) { c.Username, c.PasswordFile = "bare", secret(t, "first") }, false},
		"another's keys":   {func(c *config.Redis) { c.Username, c.PasswordFile, c.Prefix = "gateway", secret(t, "first"), "other" }, false},
		"no right to fill": {func(c *config.Redis) { c.Username, c.PasswordFile = "reader", secret(t, "first") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			c := plain(locked.Addr())
			test.change(&c)
			s, p, f := open(t, c), patient(), newField()
			epoch, _, err := s.Read(soon(t), p, []cache.FieldKey{f})
			if test.reads && err == nil {
				_, err = s.Fill(soon(t), p, epoch, []cache.Cell{{Field: f, Value: []byte("alpha")}}, keep)
			}
			if got := causeOf(t, err); got != redis.Refused || !errors.Is(err, cache.ErrRefused) {
				t.Errorf("cause %q of %v, want refused", got, err)
			}
		})
	}
}

func TestServerThatIsNoRedisIsBroken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for conn, err := l.Accept(); err == nil; conn, err = l.Accept() {
			_, _ = conn.Write([]byte("220 mail.example ESMTP\r\n"))
		}
	}()
	err = inTime(t, "a read", func(ctx context.Context) error {
		_, _, err := open(t, plain(l.Addr().String())).Read(ctx, patient(), nil)
		return err
	})
	if got := causeOf(t, err); got != redis.Broken {
		t.Errorf("cause %q of %v, want broken", got, err)
	}
}
