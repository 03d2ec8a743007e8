//go:build unix

package redis_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/config"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// text is a value of the cache.
type text string

var (
	_ cache.Value = text("")

	errNoText = errors.New("no text")
)

func (v text) AppendBinary(b []byte) ([]byte, error) { return append(append(b, '='), v...), nil }
func (v text) Footprint() int                        { return 64 + len(v) }

func parseText(_ lhcrv1.Section, b []byte) (cache.Value, error) {
	if len(b) == 0 || b[0] != '=' {
		return nil, errNoText
	}
	return text(b[1:]), nil
}

// sections are what is asked for of a patient.
var sections = []cache.Field{
	{Region: "dorset", Section: lhcrv1.Section_SECTION_UNSPECIFIED, Reader: "1"},
	{Region: "dorset", Section: lhcrv1.Section_SECTION_ALLERGIES, Reader: "1"},
	{Region: "yorkshire", Section: lhcrv1.Section_SECTION_ALLERGIES, Reader: "1"},
	{Region: "yorkshire", Section: lhcrv1.Section_SECTION_MEDICATIONS, View: cache.View{1}, Reader: "1"},
	{Region: "yorkshire", Section: lhcrv1.Section_SECTION_MEDICATIONS, View: cache.View{2}, Reader: "1"},
}

// heard counts what a cache tells of itself.
type heard struct {
	mu       sync.Mutex
	failed   map[cache.Cause]int
	filled   map[cache.FillResult]int
	fromHere int // values that came from Redis
}

var _ cache.Observer = (*heard)(nil)

func newHeard() *heard {
	return &heard{failed: map[cache.Cause]int{}, filled: map[cache.FillResult]int{}}
}

func (h *heard) Looked(l cache.Look) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, layer := range l.Found {
		if layer == cache.LayerShared {
			h.fromHere++
		}
	}
}

func (h *heard) Filled(f cache.Filling) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if f.Layer == cache.LayerShared {
		h.filled[f.Result] += f.Values
	}
}

func (h *heard) Purged(cache.PurgeResult) {}

func (h *heard) Failed(c cache.Cause) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failed[c]++
}

func (h *heard) causes() map[cache.Cause]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[cache.Cause]int{}
	for c, n := range h.failed {
		out[c] = n
	}
	return out
}

func (h *heard) shared() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fromHere
}

// gateway is a cache over a Redis, as one process of a deployment has it.
type gateway struct {
	*cache.Cache
	heard *heard
}

// newGateway is one with so much memory of its own, 0 for none.
func newGateway(t testing.TB, c config.Redis, keys *seal.Ring, memory int64) *gateway {
	t.Helper()
	store, err := redis.Open(c, longest, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{heard: newHeard()}
	g.Cache, err = cache.New(cache.Options{
		Memory: memory, Shared: store, Keys: keys, Parse: parseText, Longest: longest, Observer: g.heard,
		SharedTimeout: bound, PurgeTimeout: time.Second, QueueBytes: 1 << 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = g.Close(ctx) // what could not be sent is lost with the test
	})
	return g
}

func newKeys(t testing.TB) *seal.Ring {
	t.Helper()
	keys, err := seal.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// keepAll has a gateway keep a value for each section of a patient, in Redis too.
func (g *gateway) keepAll(t testing.TB, patient string, version int) {
	t.Helper()
	r := g.Read(soon(t), patient, sections)
	g.Fill(r, record(patient, version))
	if err := g.Settle(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// record is what the regions have of a patient.
func record(patient string, version int) (out []cache.Kept) {
	for i, f := range sections {
		out = append(out, cache.Kept{Field: f, Value: says(patient, i, version), Retrieved: time.Now(), For: keep})
	}
	return out
}

func says(patient string, section, version int) text {
	return text(fmt.Sprintf("%s %d %d", patient, section, version))
}

// found are the texts that a reading found, missing where it found none.
func found(r *cache.Reading) []string {
	out := []string{}
	for i := range sections {
		value := missing
		if e, ok := r.Entry(i); ok {
			value = string(e.Value.(text))
		}
		out = append(out, value)
	}
	return out
}
