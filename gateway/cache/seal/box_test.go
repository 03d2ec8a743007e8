package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
)

var (
	dorset  = seal.Field{Region: "dorset", Section: 8}
	payload = []byte("Penicillin, recorded of 9990000018")
)

// sealed is a value of the patient as a store holds it.
type sealed struct {
	key   seal.PatientKey
	field seal.FieldKey
	label seal.Label
	bytes []byte
}

func sealOne(t testing.TB, r *seal.Ring) sealed {
	t.Helper()
	s := sealed{key: r.PatientKey(patient), label: seal.Label{Epoch: seal.Epoch{7}, Retrieved: noon, Expires: noon.Add(time.Hour)}}
	s.field = r.FieldKey(s.key, dorset)
	var err error
	if s.bytes, err = r.Box(s.key).Seal(rand.Reader, s.field, s.label, payload); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatIsSealedOpens(t *testing.T) {
	r := newRing(t)
	s := sealOne(t, r)
	if len(s.bytes) != len(payload)+seal.Overhead {
		t.Errorf("%d bytes are sealed in %d", len(payload), len(s.bytes))
	}
	if bytes.Contains(s.bytes, payload) || bytes.Contains(s.bytes, []byte(patient)) {
		t.Error("what is sealed can be read")
	}
	again := sealOne(t, r)
	got, label, err := r.Box(s.key).Open(s.bytes, s.field, s.label.Epoch, noon.Add(time.Hour-1))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(payload, got); diff != "" {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(s.label, label); diff != "" {
		t.Errorf("label (-want +got):\n%s", diff)
	}
	if bytes.Equal(s.bytes, again.bytes) {
		t.Error("two seals of one value are the same bytes")
	}
}

func TestWhatIsNotMeantDoesNotOpen(t *testing.T) {
	r := newRing(t)
	other := r.PatientKey("9990000026")
	for name, c := range map[string]struct {
		with func(*sealed)
		ring *seal.Ring
		now  time.Time
		want error
	}{
		"another patient's":       {with: func(s *sealed) { s.key = other }, want: seal.ErrCorrupt},
		"another field's":         {with: func(s *sealed) { s.field[0]++ }, want: seal.ErrCorrupt},
		"another epoch's":         {with: func(s *sealed) { s.label.Epoch[0]++ }, want: seal.ErrOtherEpoch},
		"at its end":              {now: noon.Add(time.Hour), want: seal.ErrExpired},
		"another ring's":          {ring: newRing(t), want: seal.ErrUnknownKey},
		"another layout's":        {with: func(s *sealed) { s.bytes[0]++ }, want: seal.ErrCorrupt},
		"with a byte cut off":     {with: func(s *sealed) { s.bytes = s.bytes[:len(s.bytes)-1] }, want: seal.ErrCorrupt},
		"with a byte put on":      {with: func(s *sealed) { s.bytes = append(s.bytes, 0) }, want: seal.ErrCorrupt},
		"shorter than its head":   {with: func(s *sealed) { s.bytes = s.bytes[:seal.Overhead-1] }, want: seal.ErrCorrupt},
		"nothing":                 {with: func(s *sealed) { s.bytes = nil }, want: seal.ErrCorrupt},
		"given a longer life":     {with: func(s *sealed) { s.bytes[33]++ }, want: seal.ErrCorrupt},
		"given a younger age":     {with: func(s *sealed) { s.bytes[32]++ }, want: seal.ErrCorrupt},
		"brought into this epoch": {with: func(s *sealed) { s.bytes[9]++; s.label.Epoch[0]++ }, want: seal.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			s := sealOne(t, r)
			if c.with != nil {
				c.with(&s)
			}
			ring, now := r, noon
			if c.ring != nil {
				ring = c.ring
			}
			if !c.now.IsZero() {
				now = c.now
			}
			got, _, err := ring.Box(s.key).Open(s.bytes, s.field, s.label.Epoch, now)
			if !errors.Is(err, c.want) || got != nil {
				t.Errorf("Open gives %q, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestEveryBitCounts(t *testing.T) {
	r := newRing(t)
	s := sealOne(t, r)
	box := r.Box(s.key)
	for i := range len(s.bytes) * 8 {
		damaged := slices.Clone(s.bytes)
		damaged[i/8] ^= 1 << (i % 8)
		if got, _, err := box.Open(damaged, s.field, s.label.Epoch, noon); err == nil {
			t.Fatalf("with bit %d turned it opens as %q", i, got)
		}
	}
}

func TestRotationKeepsWhatWasSealed(t *testing.T) {
	file, err := seal.NewFile(rand.Reader, noon)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := seal.Rotate(file, rand.Reader, noon.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	before, after := parse(t, file), parse(t, rotated)
	old, fresh := sealOne(t, before), sealOne(t, after)
	if _, _, err := after.Box(old.key).Open(old.bytes, old.field, old.label.Epoch, noon); err != nil {
		t.Errorf("what was sealed before the rotation, opened after it: %v", err)
	}
	if _, _, err := before.Box(fresh.key).Open(fresh.bytes, fresh.field, fresh.label.Epoch, noon); !errors.Is(err, seal.ErrUnknownKey) {
		t.Errorf("what was sealed after the rotation, opened with the old file: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(rotated)), "\n")
	added := lines[len(lines)-2]
	if !strings.HasPrefix(added, "20260401-") {
		t.Errorf("the new key's line begins %q", added[:8])
	}
	if diff := cmp.Diff(string(file), strings.Replace(string(rotated), added+"\n", "", 1)); diff != "" {
		t.Errorf("rotation changes more than one line (-want +got):\n%s", diff)
	}
}

func FuzzOpen(f *testing.F) {
	r := newRing(f)
	s := sealOne(f, r)
	f.Add(s.bytes)
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, _, err := r.Box(s.key).Open(slices.Clone(b), s.field, s.label.Epoch, noon); err == nil && !bytes.Equal(b, s.bytes) {
			t.Errorf("garbage opens as %q", got)
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	r := newRing(b)
	s := sealOne(b, r)
	large, err := r.Box(s.key).Seal(rand.Reader, s.field, s.label, make([]byte, 2<<10))
	if err != nil {
		b.Fatal(err)
	}
	box, scratch := r.Box(s.key), make([]byte, len(large))
	b.ReportAllocs()
	for b.Loop() {
		copy(scratch, large)
		if _, _, err := box.Open(scratch, s.field, s.label.Epoch, noon); err != nil {
			b.Fatal(err)
		}
	}
}
