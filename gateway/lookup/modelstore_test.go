package lookup_test

import (
	"bytes"
	"context"
	"maps"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// unruly is a shared store that fails, hangs, loses, mixes up and brings back.
type unruly struct {
	world     *world
	takesBack bool // also what was purged, epoch and all, as after a restart from an old copy

	mu       sync.Mutex
	mood     string
	patients map[cache.PatientKey]*shelf
	old      map[cache.PatientKey]*shelf
}

// shelf is what the store has of a patient.
type shelf struct {
	epoch cache.Epoch
	cells map[cache.FieldKey][]byte
}

var _ cache.Store = (*unruly)(nil)

func newUnruly(w *world) *unruly {
	return &unruly{world: w, patients: map[cache.PatientKey]*shelf{}}
}

// change puts the store into another mood, or does something to what it has.
func (u *unruly) change() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.mood = pick(u.world, "", "", "", "fails", "hangs", "forgets", "garbles", "swaps", "replays")
	switch pick(u.world, "", "", "", "lose epochs", "lose all", "copy", "restore") {
	case "lose epochs":
		for _, s := range u.patients {
			s.epoch = cache.Epoch{}
		}
	case "lose all":
		clear(u.patients)
	case "copy":
		u.old = copyOf(u.patients)
	case "restore":
		if u.takesBack && u.old != nil {
			u.patients = copyOf(u.old)
		}
	}
}

func copyOf(patients map[cache.PatientKey]*shelf) map[cache.PatientKey]*shelf {
	copied := map[cache.PatientKey]*shelf{}
	for key, s := range patients {
		copied[key] = &shelf{s.epoch, maps.Clone(s.cells)}
	}
	return copied
}

// fails lets a call fail as the mood is.
func (u *unruly) fails(ctx context.Context) error {
	u.mu.Lock()
	mood := u.mood
	u.mu.Unlock()
	switch mood {
	case "fails":
		return cache.ErrUnreachable
	case "hangs":
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}

func (u *unruly) Name() string { return "unruly" }

func (u *unruly) Read(ctx context.Context, patient cache.PatientKey, fields []cache.FieldKey) (cache.Epoch, [][]byte, error) {
	if err := u.fails(ctx); err != nil {
		return cache.Epoch{}, nil, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.shelf(patient)
	values := make([][]byte, len(fields))
	for i, f := range fields {
		values[i] = u.give(patient, s, f)
	}
	return s.epoch, values, nil
}

// shelf is a patient's, with an epoch.
func (u *unruly) shelf(patient cache.PatientKey) *shelf {
	s := u.patients[patient]
	if s == nil {
		s = &shelf{cells: map[cache.FieldKey][]byte{}}
		u.patients[patient] = s
	}
	for s.epoch == (cache.Epoch{}) {
		for i := range s.epoch {
			s.epoch[i] = byte(u.world.below(256))
		}
	}
	return s
}

// give gives a value as the mood is.
func (u *unruly) give(patient cache.PatientKey, s *shelf, field cache.FieldKey) []byte {
	value := bytes.Clone(s.cells[field])
	switch u.mood {
	case "forgets":
		return nil
	case "garbles":
		if len(value) > 0 {
			value[u.world.below(len(value))] ^= 1 << u.world.below(8)
		}
	case "swaps": // any value of any patient, or another of this one's
		for _, other := range u.patients {
			for _, v := range other.cells {
				return bytes.Clone(v)
			}
		}
	case "replays":
		if old := u.old[patient]; old != nil {
			return bytes.Clone(old.cells[field])
		}
	}
	return value
}

func (u *unruly) Fill(ctx context.Context, patient cache.PatientKey, epoch cache.Epoch, cells []cache.Cell, _ time.Duration) (bool, error) {
	if err := u.fails(ctx); err != nil {
		return false, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	s := u.patients[patient]
	if s == nil || s.epoch != epoch {
		return false, nil
	}
	for _, c := range cells {
		s.cells[c.Field] = bytes.Clone(c.Value)
	}
	return true, nil
}

func (u *unruly) Purge(ctx context.Context, patient cache.PatientKey, epoch cache.Epoch) (cache.Epoch, error) {
	if err := u.fails(ctx); err != nil {
		return cache.Epoch{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	var replaced cache.Epoch
	if s := u.patients[patient]; s != nil {
		replaced = s.epoch
	}
	u.patients[patient] = &shelf{epoch, map[cache.FieldKey][]byte{}}
	return replaced, nil
}

func (u *unruly) Ping(ctx context.Context) error { return u.fails(ctx) }
func (u *unruly) Close() error                   { return nil }
