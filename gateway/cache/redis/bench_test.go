//go:build unix

package redis_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
)

// BenchmarkRead is a read of 24 values, 40 KB, against an HMGET of the same bytes by
// the library alone. Both are measured in turn; of-floor is the floor's median time as
// a part of ours.
func BenchmarkRead(b *testing.B) {
	server := redistest.Start(b)
	s := open(b, plain(server.Addr()))
	p := patient()
	fields, names := fillRecord(b, s, p)
	floor := goredis.NewClient(&goredis.Options{Addr: server.Addr(), Protocol: 2, DisableIdentity: true, ContextTimeoutEnabled: true})
	defer func() { _ = floor.Close() }()

	var ours, theirs []time.Duration
	ctx := within(b, time.Minute)
	for b.Loop() {
		ours = append(ours, timed(b, func() error { _, _, err := s.Read(ctx, p, fields); return err }))
		theirs = append(theirs, timed(b, func() error { return floor.HMGet(ctx, valuesKey(p), names...).Err() }))
	}
	b.ReportMetric(median(theirs)/median(ours), "of-floor")
	b.ReportMetric(median(ours)/1e3, "µs/read")
}

func fillRecord(b *testing.B, s cache.Store, p cache.PatientKey) (fields []cache.FieldKey, names []string) {
	b.Helper()
	epoch, _ := read(b, s, p)
	var cells []cache.Cell
	for range 24 {
		f := newField()
		fields, names = append(fields, f), append(names, string(f[:]))
		cells = append(cells, cache.Cell{Field: f, Value: bytes.Repeat([]byte("x"), 40_000/24)})
	}
	fillOK(b, s, p, epoch, cells...)
	return fields, names
}

func timed(b *testing.B, do func() error) time.Duration {
	b.Helper()
	began := time.Now()
	if err := do(); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}

func median(all []time.Duration) float64 {
	slices.Sort(all)
	return float64(all[len(all)/2])
}
