package cache_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Two patients that never were.
const (
	ann = "9990000018"
	bob = "9990000026"
)

// noon is when tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// text is a value.
type text struct{ bytes []byte }

var _ cache.Value = (*text)(nil)

var errNoText = errors.New("no text")

func (v *text) AppendBinary(b []byte) ([]byte, error) { return append(append(b, '='), v.bytes...), nil }
func (v *text) Footprint() int                        { return 32 + len(v.bytes) }

func parseText(_ lhcrv1.Section, b []byte) (cache.Value, error) {
	if len(b) == 0 || b[0] != '=' {
		return nil, errNoText
	}
	return &text{b[1:]}, nil
}

// memStore is a store in this process, with faults to switch on.
type memStore struct {
	mu     sync.Mutex
	epochs map[cache.PatientKey]cache.Epoch
	cells  map[cache.PatientKey]map[cache.FieldKey][]byte
	reads  int
	asked  int // fields
	closed chan struct{}

	fault func(op string) error // before anything is done
	late  func(op string) error // after it was done
	lie   func(patient cache.PatientKey, epoch cache.Epoch, values [][]byte) (cache.Epoch, [][]byte)
}

var _ cache.Store = (*memStore)(nil)

func newStore() *memStore {
	return &memStore{
		epochs: map[cache.PatientKey]cache.Epoch{}, cells: map[cache.PatientKey]map[cache.FieldKey][]byte{},
		closed: make(chan struct{}),
	}
}

// hang is a fault: calls do not return before the store is closed, whatever their context.
func (s *memStore) hang(string) error {
	<-s.closed
	return cache.ErrUnreachable
}

// set switches faults on or off.
func (s *memStore) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *memStore) before(op string) error {
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	if fault != nil {
		return fault(op)
	}
	return nil
}

func (s *memStore) after(op string) error {
	if s.late != nil {
		return s.late(op)
	}
	return nil
}

func randomEpoch() (e cache.Epoch) {
	_, _ = rand.Read(e[:])
	return e
}

func (s *memStore) Name() string { return "redis" }

func (s *memStore) Read(_ context.Context, patient cache.PatientKey, fields []cache.FieldKey) (cache.Epoch, [][]byte, error) {
	if err := s.before("read"); err != nil {
		return cache.Epoch{}, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	s.asked += len(fields)
	if _, ok := s.epochs[patient]; !ok {
		s.epochs[patient] = randomEpoch()
	}
	epoch, values := s.epochs[patient], make([][]byte, len(fields))
	for i, f := range fields {
		values[i] = bytes.Clone(s.cells[patient][f])
	}
	if s.lie != nil {
		epoch, values = s.lie(patient, epoch, values)
	}
	return epoch, values, s.after("read")
}

func (s *memStore) Fill(_ context.Context, patient cache.PatientKey, epoch cache.Epoch, cells []cache.Cell, _ time.Duration) (bool, error) {
	if err := s.before("fill"); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epochs[patient] != epoch {
		return false, nil
	}
	if s.cells[patient] == nil {
		s.cells[patient] = map[cache.FieldKey][]byte{}
	}
	for _, c := range cells {
		s.cells[patient][c.Field] = c.Value
	}
	return true, s.after("fill")
}

func (s *memStore) Purge(_ context.Context, patient cache.PatientKey, epoch cache.Epoch) (cache.Epoch, error) {
	if err := s.before("purge"); err != nil {
		return cache.Epoch{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	replaced := s.epochs[patient]
	s.epochs[patient] = epoch
	delete(s.cells, patient)
	return replaced, s.after("purge")
}

func (s *memStore) Ping(context.Context) error { return s.before("ping") }

func (s *memStore) Close() error {
	close(s.closed)
	return nil
}

// snapshot is a copy that can be brought back, as a replica that was left behind is.
func (s *memStore) snapshot() (restore func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	epochs, cells := maps.Clone(s.epochs), map[cache.PatientKey]map[cache.FieldKey][]byte{}
	for patient, fields := range s.cells {
		cells[patient] = maps.Clone(fields)
	}
	return func() { s.set(func() { s.epochs, s.cells = epochs, cells }) }
}

// recorder counts what it is told, and notes labels that no list has.
type recorder struct {
	mu    sync.Mutex
	told  map[string]int
	stray []string
}

var _ cache.Observer = (*recorder)(nil)

func (r *recorder) tell(what string, times int, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told == nil {
		r.told = map[string]int{}
	}
	r.told[what] += times
	if !known {
		r.stray = append(r.stray, what)
	}
}

func (r *recorder) Looked(l cache.Look) {
	r.tell("look "+string(l.Result), 1, slices.Contains(cache.LookResults(), l.Result) && len(l.Fields) == len(l.Found))
	for _, layer := range l.Found {
		r.tell("found "+string(layer), 1, layer == cache.LayerNone || slices.Contains(cache.Layers(), layer))
	}
}

func (r *recorder) Filled(f cache.Filling) {
	r.tell("fill "+string(f.Layer)+" "+string(f.Result), f.Values,
		slices.Contains(cache.Layers(), f.Layer) && slices.Contains(cache.FillResults(), f.Result) && f.Values > 0)
}

func (r *recorder) Purged(p cache.PurgeResult) {
	r.tell("purge "+string(p), 1, slices.Contains(cache.PurgeResults(), p))
}

func (r *recorder) Failed(c cache.Cause) {
	r.tell("failed "+string(c), 1, slices.Contains(cache.Causes(), c))
}

func (r *recorder) count(what string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.told[what]
}

func (r *recorder) check(t testing.TB) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.stray) > 0 {
		t.Errorf("told of what no list has: %q", r.stray)
	}
}

// gateway is a cache with its clock and what it told.
type gateway struct {
	*cache.Cache
	t    testing.TB
	seen *recorder

	mu  sync.Mutex
	now time.Time
}

// newRing makes keys.
func newRing(t testing.TB) *seal.Ring {
	t.Helper()
	r, err := seal.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// open starts a cache that is closed when the test ends. What the test does not say is
// 1 MiB of memory, no store and a day.
func open(t testing.TB, change func(*cache.Options)) *gateway {
	t.Helper()
	g := &gateway{t: t, seen: &recorder{}, now: noon}
	o := cache.Options{Memory: 1 << 20, Parse: parseText, Longest: 24 * time.Hour, Observer: g.seen, Now: g.clock}
	if change != nil {
		change(&o)
	}
	if o.Shared != nil && o.Keys == nil {
		o.Keys = newRing(t)
	}
	c, err := cache.New(o)
	if err != nil {
		t.Fatal(err)
	}
	g.Cache = c
	t.Cleanup(func() {
		_ = c.Close(context.Background())
		g.seen.check(t)
	})
	return g
}

func (g *gateway) clock() time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now
}

func (g *gateway) pass(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now = g.now.Add(d)
}

// field is a field of a region.
func field(region string) cache.Field {
	return cache.Field{Region: region, Section: lhcrv1.Section_SECTION_ALLERGIES, View: cache.View{1}, Reader: "1"}
}

// look is what is found of a patient's field, empty for nothing.
func (g *gateway) look(patient string, f cache.Field) (string, *cache.Reading) {
	r := g.Read(context.Background(), patient, []cache.Field{f})
	e, ok := r.Entry(0)
	if !ok {
		return "", r
	}
	return string(e.Value.(*text).bytes), r
}

// keep fills one field on the ground of a reading, and waits until it is everywhere.
func (g *gateway) keep(r *cache.Reading, f cache.Field, words string) {
	g.t.Helper()
	g.Fill(r, []cache.Kept{{Field: f, Value: &text{[]byte(words)}, Retrieved: g.clock(), For: time.Hour}})
	if err := g.Settle(context.Background()); err != nil {
		g.t.Fatal(err)
	}
}

// fetch looks, and keeps the words when nothing is found.
func (g *gateway) fetch(patient string, f cache.Field, words string) string {
	g.t.Helper()
	found, r := g.look(patient, f)
	if found == "" {
		g.keep(r, f, words)
	}
	return found
}

// want looks and compares.
func (g *gateway) want(patient string, f cache.Field, words string) {
	g.t.Helper()
	if got, _ := g.look(patient, f); got != words {
		g.t.Errorf("found %q, want %q", got, words)
	}
}

func ring(t testing.TB, file []byte) *seal.Ring {
	t.Helper()
	r, err := seal.Parse(file)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
