package lookup_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/lookup"
)

// keepLong is long enough for everything.
var keepLong = lookup.Keep{Record: 10 * time.Minute, Held: 12 * time.Hour, NotHeld: 5 * time.Minute}

// newCache makes a real cache, closed with the test.
func newCache(tb testing.TB, opts cache.Options) *cache.Cache {
	tb.Helper()
	opts.Parse = lookup.ParseKept
	opts.Longest = 24 * time.Hour
	if opts.Shared != nil && opts.Keys == nil {
		keys, err := seal.NewRing(rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		opts.Keys = keys
	}
	c, err := cache.New(opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// down is a store that cannot be reached.
type down struct{}

var _ cache.Store = down{}

func (down) Name() string { return "down" }
func (down) Read(context.Context, cache.PatientKey, []cache.FieldKey) (cache.Epoch, [][]byte, error) {
	return cache.Epoch{}, nil, cache.ErrUnreachable
}
func (down) Fill(context.Context, cache.PatientKey, cache.Epoch, []cache.Cell, time.Duration) (bool, error) {
	return false, cache.ErrUnreachable
}
func (down) Purge(context.Context, cache.PatientKey, cache.Epoch) (cache.Epoch, error) {
	return cache.Epoch{}, cache.ErrUnreachable
}
func (down) Ping(context.Context) error { return cache.ErrUnreachable }
func (down) Close() error               { return nil }
