//go:build unix

package redis_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
)

const (
	prefix = "lhcr-test"
	keep   = time.Minute
	// longest is longer than keep, as in a deployment where other values are kept longer.
	longest = time.Hour
	// bound is what a lookup gives the store in the tests of faults.
	bound = 100 * time.Millisecond
	// late is when a call that was given bound has taken too long, on a machine that does
	// not keep it waiting.
	late = bound + 400*time.Millisecond
	// hung is when it was not bounded at all, but for what the store bounds by itself.
	hung = 1500 * time.Millisecond
)

func plain(addresses ...string) config.Redis {
	return config.Redis{Mode: config.RedisStandalone, Addresses: addresses, Prefix: prefix, PlainText: true, PoolSize: 4}
}

func open(t testing.TB, c config.Redis) *redis.Store {
	t.Helper()
	s, err := redis.Open(c, longest, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test may have closed it
	return s
}

// patient is one nobody else has.
func patient() (p cache.PatientKey) {
	fill(p[:])
	return p
}

func newEpoch() (e cache.Epoch) {
	fill(e[:])
	return e
}

func newField() (f cache.FieldKey) {
	fill(f[:])
	return f
}

func fill(b []byte) {
	if _, err := rand.Read(b); err != nil {
		panic(err)
	}
}

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// soon is the time for what is expected to work.
func soon(t testing.TB) context.Context { return within(t, 10*time.Second) }

func read(t testing.TB, s cache.Store, p cache.PatientKey, fields ...cache.FieldKey) (cache.Epoch, []string) {
	t.Helper()
	epoch, values, err := s.Read(soon(t), p, fields)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return epoch, texts(values)
}

const missing = "(nil)"

func texts(values [][]byte) []string {
	out := []string{}
	for _, v := range values {
		text := string(v)
		if v == nil {
			text = missing
		}
		out = append(out, text)
	}
	return out
}

// put gives a patient a value.
func put(t testing.TB, s cache.Store, p cache.PatientKey, f cache.FieldKey, value string) cache.Epoch {
	t.Helper()
	epoch, _ := read(t, s, p)
	fillOK(t, s, p, epoch, cache.Cell{Field: f, Value: []byte(value)})
	return epoch
}

func fillOK(t testing.TB, s cache.Store, p cache.PatientKey, epoch cache.Epoch, cells ...cache.Cell) {
	t.Helper()
	if kept, err := s.Fill(soon(t), p, epoch, cells, keep); err != nil || !kept {
		t.Fatalf("fill: kept %t, %v, want it kept", kept, err)
	}
}

func purge(t testing.TB, s cache.Store, p cache.PatientKey) (fresh, replaced cache.Epoch) {
	t.Helper()
	fresh = newEpoch()
	replaced, err := s.Purge(soon(t), p, fresh)
	if err != nil {
		t.Fatalf("purge: %v", err)
	}
	return fresh, replaced
}

// causeOf is the word that a failure of the store gives for it.
func causeOf(t testing.TB, err error) redis.Cause {
	t.Helper()
	var failure *redis.Error
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want a *redis.Error", err)
	}
	return redis.Cause(failure.Cause())
}

// inTime calls and fails the test when that took longer than a lookup may wait.
func inTime(t testing.TB, what string, call func(context.Context) error) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	p := startPulse(t.Context())
	defer p.stop()
	began := time.Now()
	err := call(ctx)
	if took := time.Since(began); p.over(took, late) {
		t.Errorf("%s took %s, with %s to spend", what, took, bound)
	}
	return err
}

// pulse beats, to see how long a busy machine keeps what is ready waiting.
type pulse struct {
	stop  context.CancelFunc
	worst atomic.Int64
}

const beat = 5 * time.Millisecond

func startPulse(ctx context.Context) *pulse {
	ctx, stop := context.WithCancel(ctx)
	p := &pulse{stop: stop}
	go func() {
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for last := time.Now(); ctx.Err() == nil; last = time.Now() {
			select {
			case <-tick.C:
				p.worst.Store(max(p.worst.Load(), int64(time.Since(last)-beat)))
			case <-ctx.Done():
			}
		}
	}()
	return p
}

// over is whether something took longer than it may, and not for want of a processor.
func (p *pulse) over(took, may time.Duration) bool { return took > may+5*time.Duration(p.worst.Load()) }

func epochKey(p cache.PatientKey) string {
	return prefix + ":{" + base64.RawURLEncoding.EncodeToString(p[:]) + "}:e"
}

func valuesKey(p cache.PatientKey) string {
	return prefix + ":{" + base64.RawURLEncoding.EncodeToString(p[:]) + "}:r"
}

// secret writes a password to a file.
func secret(t testing.TB, password string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "password")
	rewrite(t, path, password)
	return path
}

func rewrite(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// secured is a server with TLS and a user that may do what the gateway needs, and how
// to reach it.
func secured(t testing.TB, options ...redistest.Option) (*redistest.Server, config.Redis) {
	t.Helper()
	authority := redistest.NewAuthority(t)
	c := config.Redis{
		Mode: config.RedisStandalone, Prefix: prefix, PoolSize: 4, CAFile: authority.File(),
		Username: "gateway", PasswordFile: secret(t, "first"),
	}
	c.CertFile, c.KeyFile = authority.Issue("gateway")
	options = append([]redistest.Option{redistest.Secure(authority), redistest.User("gateway", "first", redis.ACL(prefix))}, options...)
	s := redistest.Start(t, options...)
	c.Addresses = []string{s.Addr()}
	return s, c
}
