package cache

import (
	"context"
	"errors"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
)

// PatientKey names a patient to a store: a keyed hash of the NHS number.
type PatientKey = seal.PatientKey

// FieldKey names one value of one patient to a store: a keyed hash.
type FieldKey = seal.FieldKey

// Epoch is the token of a stretch of time between two purges of a patient. It is
// random and never zero: one that was lost never comes again.
type Epoch = seal.Epoch

// MaxValueBytes is the largest value that a store is given.
const MaxValueBytes = 8 << 20

// Cell is a sealed value and where it belongs.
type Cell struct {
	// Field names it.
	Field FieldKey
	// Value is the sealed value. It is not changed any more.
	Value []byte
}

// Store holds sealed values of patients where several gateways share them.
//
// Its methods may be called concurrently, and return promptly once the context is
// done. Its errors carry no key, no value and no words of a server. A store is not
// trusted: whatever it gives is checked, and nothing that it gives can make a value
// of one patient, field or epoch one of another.
type Store interface {
	// Name is what the layer is called in the contract, in metrics and in logs.
	Name() string
	// Read returns the epoch of a patient, making a random one when there is none, and
	// the values of the fields: aligned with them, nil where there is none. It takes one
	// round trip when the patient is known. Without fields only the epoch is wanted.
	// No two values overlap, though they may lie in one piece of memory; the cache takes
	// them over and changes them.
	Read(ctx context.Context, patient PatientKey, fields []FieldKey) (Epoch, [][]byte, error)
	// Fill keeps values if the epoch is still the patient's, in one step; false when it
	// is not. They are needed for as long as keep: each knows its own end.
	Fill(ctx context.Context, patient PatientKey, epoch Epoch, cells []Cell, keep time.Duration) (bool, error)
	// Purge puts the epoch in the place of the patient's and forgets every value, in one
	// step, and waits until as many replicas as configured have done the same. It
	// returns the epoch that was replaced, zero when there was none or it is not known;
	// also beside an error, when too few replicas have done the same.
	Purge(ctx context.Context, patient PatientKey, epoch Epoch) (replaced Epoch, err error)
	// Ping says whether the store answers.
	Ping(ctx context.Context) error
	// Close makes calls that are under way return, and lets everything go.
	Close() error
}

// What kept a store from doing as it was asked. Its errors wrap one of them; a context
// that is done speaks for itself.
var (
	// ErrUnreachable says that there was no answer to use.
	ErrUnreachable = errors.New("the store cannot be reached")
	// ErrRefused says that the store does not take us or our command.
	ErrRefused = errors.New("the store refuses us")
	// ErrReadOnly says that the store takes no change, or not on enough replicas.
	ErrReadOnly = errors.New("the store takes no change")
	// ErrFull says that the store has no room.
	ErrFull = errors.New("the store is full")
)

// What can go wrong before a store is asked, or because of what it answered.
var (
	errBusy      = errors.New("too many calls to the store hang")
	errGone      = errors.New("the caller is gone")
	errMalformed = errors.New("the store's answer makes no sense")
	errPanicked  = errors.New("the store's code panicked")
)
