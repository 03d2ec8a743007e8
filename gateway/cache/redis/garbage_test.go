//go:build unix

package redis_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
)

// What others did to our keys counts as missing, and the next write heals it.
func TestGarbageCountsAsMissingAndIsHealed(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	hash, epoch := valuesKey, epochKey
	for name, spoil := range map[string]struct {
		key func(cache.PatientKey) string
		by  []any // a command, the key follows its name
	}{
		"a string for the hash": {hash, []any{"set", "x"}},
		"a list for the hash":   {hash, []any{"rpush", "x"}},
		"a hash for the epoch":  {epoch, []any{"hset", "a", "b"}},
		"a short epoch":         {epoch, []any{"set", "x"}},
		"a long epoch":          {epoch, []any{"set", "0123456789abcdefg"}},
		"an empty epoch":        {epoch, []any{"set", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p, f := patient(), newField()
			put(t, s, p, f, "alpha")
			key := spoil.key(p)
			_, err := server.Admin().Pipelined(soon(t), func(pipe goredis.Pipeliner) error {
				pipe.Del(t.Context(), key)
				pipe.Do(t.Context(), append([]any{spoil.by[0], key}, spoil.by[1:]...)...)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			now, values := read(t, s, p, f)
			if values[0] != missing {
				t.Errorf("read %q, want nothing", values)
			}
			fillOK(t, s, p, now, cache.Cell{Field: f, Value: []byte("beta")})
			again, values := read(t, s, p, f)
			if diff := cmp.Diff([]string{"beta"}, values); diff != "" || again != now {
				t.Errorf("after a fill: the same epoch %t; values (-want +got):\n%s", again == now, diff)
			}
		})
	}
}

func TestValueThatIsTooLargeIsNeitherKeptNorRead(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, small, large := patient(), newField(), newField()
	epoch, _ := read(t, s, p)
	fillOK(t, s, p, epoch,
		cache.Cell{Field: large, Value: bytes.Repeat([]byte("x"), cache.MaxValueBytes+1)},
		cache.Cell{Field: small, Value: []byte("alpha")})
	if n := server.Admin().HLen(soon(t), valuesKey(p)).Val(); n != 1 {
		t.Errorf("%d values were kept, want 1", n)
	}
	planted := bytes.Repeat([]byte("x"), cache.MaxValueBytes+1)
	if err := server.Admin().HSet(soon(t), valuesKey(p), string(large[:]), planted).Err(); err != nil {
		t.Fatal(err)
	}
	if _, values := read(t, s, p, large, small); values[0] != missing || values[1] != "alpha" {
		t.Errorf("read %d bytes and %q, want nothing and alpha", len(values[0]), values[1])
	}
}

// A reply that is larger than anything of ours ends the connection, not the gateway.
func TestReplyThatIsTooLargeIsCutOff(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	p, f := patient(), newField()
	put(t, s, p, f, "alpha")
	if err := server.Admin().SetRange(soon(t), "large", 80<<20, "x").Err(); err != nil {
		t.Fatal(err)
	}
	const plant = `redis.call('HSET', KEYS[2], ARGV[1], redis.call('GET', KEYS[1]))`
	server.Admin().Eval(soon(t), plant, []string{"large", valuesKey(p)}, f[:])
	if _, _, err := s.Read(soon(t), p, []cache.FieldKey{f}); causeOf(t, err) != redis.Broken {
		t.Errorf("got %v, want broken", err)
	}
	read(t, s, p) // the next call has a connection that works
}

// Redis cannot tell whose bytes it holds: another patient's come back as they are, and
// package cache refuses them.
func TestForeignBytesAreHandedOnAsTheyAre(t *testing.T) {
	server := redistest.Start(t)
	s := open(t, plain(server.Addr()))
	a, b, f := patient(), patient(), newField()
	put(t, s, a, f, "of a")
	put(t, s, b, f, "of b")
	dump := server.Admin().Dump(soon(t), valuesKey(a)).Val()
	if err := server.Admin().RestoreReplace(soon(t), valuesKey(b), 0, dump).Err(); err != nil {
		t.Fatal(err)
	}
	if _, values := read(t, s, b, f); values[0] != "of a" {
		t.Errorf("read %q", values)
	}
}
