package gateway_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	goredis "github.com/redis/go-redis/v9"
)

// BenchmarkWarmLookupRedis compares GetRecord of a record that is held in a Redis
// alone, with everything that a call passes, with a bare handler of grpc-go that gets
// the same bytes by one HMGET and answers them over the same TLS.
func BenchmarkWarmLookupRedis(b *testing.B) {
	redis := redistest.Start(b)
	h := prepare(b, warmRegionsOf()...).quiet(b)
	h.keepIn(b, redis)
	answer := h.open(b).warm(b)
	floor := bareHandler(b, h, bareRead(b, redis, answer))
	comparePairs(b, 1280, h.calling(b, floor), h.calling(b, h.GRPCAddr().String()))
}

// keepIn has the house keep what it gets in a Redis, and nothing in its own memory.
func (h *house) keepIn(tb testing.TB, redis *redistest.Server) {
	tb.Helper()
	keys, err := seal.NewFile(rand.Reader, time.Now())
	if err != nil {
		tb.Fatal(err)
	}
	h.config.Cache.Memory, h.config.Cache.KeyFile = 0, write(tb, tb.TempDir(), "cache.keys", string(keys))
	h.config.Cache.Redis.Addresses, h.config.Cache.Redis.PlainText = []string{redis.Addr()}, true
}

// bareRead reads an answer that lies in a hash, in as many values as it has outcomes.
func bareRead(tb testing.TB, redis *redistest.Server, answer []byte) func(context.Context) []byte {
	tb.Helper()
	client := goredis.NewClient(&goredis.Options{Addr: redis.Addr(), PoolSize: pairCallers})
	tb.Cleanup(func() { _ = client.Close() })
	const key, count = "floor", warmRegions * 8
	names, size := make([]string, count), (len(answer)+count-1)/count
	for i := range names {
		names[i] = fmt.Sprintf("field-%010d", i)
		value := answer[min(i*size, len(answer)):min((i+1)*size, len(answer))]
		if err := client.HSet(tb.Context(), key, names[i], value).Err(); err != nil {
			tb.Fatal(err)
		}
	}
	read := func(ctx context.Context) []byte {
		values, err := client.HMGet(ctx, key, names...).Result()
		if err != nil {
			panic(err)
		}
		var whole bytes.Buffer
		whole.Grow(len(answer))
		for _, v := range values {
			whole.WriteString(v.(string))
		}
		return whole.Bytes()
	}
	if got := read(tb.Context()); !bytes.Equal(got, answer) {
		tb.Fatalf("the floor reads %d bytes of %d", len(got), len(answer))
	}
	return read
}
