// Package seal holds the keys under which a gateway keeps what regions gave outside
// its own process, and what is done with them: patients and fields are named by
// keyed hashes, values are encrypted and bound to their names.
//
//	index key ─ HMAC-SHA256 ─▶ PatientKey, FieldKey        what a store sees of a name
//	data key ─ HKDF-SHA256 ─▶ a key for each patient ─ AES-256-GCM ─▶ sealed value
//
// A value is sealed under a key of its patient only and with everything that names
// it as additional data: patient, field, epoch, times and the key's own tag. So a
// store that hands out one patient's bytes for another, one field's for another or
// yesterday's for today's hands out nothing that opens.
//
// Nonces are random. NIST SP 800-38D, section 8.3, bounds the values sealed under one
// key with random nonces to 2^32; as every patient has a key of its own under every
// data key, that is four thousand million fills of one patient between two rotations.
package seal

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// PatientKey names a patient to a store: a keyed hash of the NHS number.
type PatientKey [32]byte

// FieldKey names one value of one patient to a store: a keyed hash. The same field of
// another patient has another key, so a store cannot tell who asked for both.
type FieldKey [16]byte

// Epoch is the token of a stretch of time between two purges of a patient.
type Epoch [16]byte

// secretBytes is the length of every key of a ring: 256 bits.
const secretBytes = 32

// ErrOtherIndex says that two rings name patients differently.
var ErrOtherIndex = errors.New("the index key is another: a purge would no longer reach what gateways with the old one keep; stop them all before it is replaced")

// Ring is a set of keys: one that names, and data keys of which the first seals and
// all open. It is never changed, and safe for concurrent use.
type Ring struct {
	index    [sha256.Size]byte
	patients *mac
	fields   *mac
	data     []dataKey
}

// dataKey is a key from which those of the patients are derived.
type dataKey struct {
	tag       tag
	extracted []byte
}

// tag tells which data key sealed a value. It is derived from the key, so a file that
// gives an old name to a new key leads to a key that is not known, not to garbage.
type tag [8]byte

// secrets are what a ring is made of.
type secrets struct {
	index []byte
	data  [][]byte
}

// NewRing makes a ring of random keys, for what never leaves the process.
func NewRing(random io.Reader) (*Ring, error) {
	index, err := draw(random)
	if err != nil {
		return nil, err
	}
	data, err := draw(random)
	if err != nil {
		return nil, err
	}
	return newRing(secrets{index: index, data: [][]byte{data}})
}

func draw(random io.Reader) ([]byte, error) {
	secret := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("the source of randomness gave no key: %w", err)
	}
	return secret, nil
}

// newRing derives what is used from the secrets. Each use has a key of its own
// (RFC 5869, section 3.2).
func newRing(s secrets) (*Ring, error) {
	r := &Ring{}
	for use, set := range map[string]func([]byte){
		"openlhcr cache index tag": func(k []byte) { copy(r.index[:], k) },
		"openlhcr cache patient":   func(k []byte) { r.patients = newMAC(k) },
		"openlhcr cache field":     func(k []byte) { r.fields = newMAC(k) },
	} {
		derived, err := hkdf.Key(sha256.New, s.index, nil, use, secretBytes)
		if err != nil {
			return nil, err
		}
		set(derived)
	}
	for _, secret := range s.data {
		key, err := newDataKey(secret)
		if err != nil {
			return nil, err
		}
		r.data = append(r.data, key)
	}
	return r, nil
}

func newDataKey(secret []byte) (dataKey, error) {
	extracted, err := hkdf.Extract(sha256.New, secret, []byte("openlhcr cache data"))
	if err != nil {
		return dataKey{}, err
	}
	id, err := hkdf.Expand(sha256.New, extracted, "tag", len(tag{}))
	if err != nil {
		return dataKey{}, err
	}
	return dataKey{tag: tag(id), extracted: extracted}, nil
}

// SameIndex is [ErrOtherIndex] when the other ring names patients differently.
func (r *Ring) SameIndex(other *Ring) error {
	if subtle.ConstantTimeCompare(r.index[:], other.index[:]) != 1 {
		return ErrOtherIndex
	}
	return nil
}

// Format keeps the keys out of whatever a ring is printed into.
func (r *Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "a ring of keys") }

// LogValue keeps the keys out of logs.
func (r *Ring) LogValue() slog.Value { return slog.StringValue("a ring of keys") }
