package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// layout is the first byte of a sealed value. A new layout gets a new number: the old
// one is then corrupt, and what was kept is fetched again.
const layout = 1

// What a sealed value is made of: its header, a nonce, and the payload with its tag.
//
//	layout (1) | tag of the data key (8) | epoch (16) | retrieved (8) | expires (8) | nonce (12) | ciphertext | tag (16)
const (
	headerBytes = 1 + 8 + 16 + 8 + 8
	nonceBytes  = 12
	tagBytes    = 16
	namedBytes  = headerBytes + len(PatientKey{}) + len(FieldKey{})

	// Overhead is how much longer a sealed value is than its payload.
	Overhead = headerBytes + nonceBytes + tagBytes
)

// Why a sealed value is not opened. Each is a miss.
var (
	// ErrOtherEpoch says that it was kept in another epoch of the patient.
	ErrOtherEpoch = errors.New("the value is of another epoch")
	// ErrExpired says that its time is over.
	ErrExpired = errors.New("the value is expired")
	// ErrUnknownKey says that it was sealed under a key that is not in the ring.
	ErrUnknownKey = errors.New("the value was sealed under a key that is not in the ring")
	// ErrCorrupt says that it is not what was sealed under this name: damaged, cut
	// off, of another field or of another patient.
	ErrCorrupt = errors.New("the value is not what was sealed under this name")
)

// Label is what stands on a sealed value, readable but not changeable.
type Label struct {
	// Epoch is the patient's epoch in which it was kept.
	Epoch Epoch
	// Retrieved is when it came from the region.
	Retrieved time.Time
	// Expires is when it may no longer be served.
	Expires time.Time
}

// Box seals and opens the values of one patient. It is for one goroutine.
type Box struct {
	ring    *Ring
	patient PatientKey
	ciphers []cipher.AEAD // aligned with the ring's data keys; nil until used
	named   []byte
}

// Box makes the box of a patient.
func (r *Ring) Box(patient PatientKey) *Box {
	return &Box{ring: r, patient: patient, ciphers: make([]cipher.AEAD, len(r.data))}
}

// Seal encrypts a payload under the first key of the ring. The payload is not kept.
func (b *Box) Seal(random io.Reader, field FieldKey, l Label, payload []byte) ([]byte, error) {
	aead, err := b.cipher(0)
	if err != nil {
		return nil, err
	}
	sealed := make([]byte, 0, len(payload)+Overhead)
	sealed = append(sealed, layout)
	sealed = append(sealed, b.ring.data[0].tag[:]...)
	sealed = append(sealed, l.Epoch[:]...)
	sealed = binary.BigEndian.AppendUint64(sealed, uint64(l.Retrieved.UnixNano()))
	sealed = binary.BigEndian.AppendUint64(sealed, uint64(l.Expires.UnixNano()))
	sealed = sealed[:headerBytes+nonceBytes]
	nonce := sealed[headerBytes:]
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, fmt.Errorf("the source of randomness gave no nonce: %w", err)
	}
	return aead.Seal(sealed, nonce, payload, b.names(sealed[:headerBytes], field)), nil
}

// Open decrypts a sealed value of the field, in place: it takes the bytes over, and
// the payload is a part of them. The error is one of this package's.
func (b *Box) Open(sealed []byte, field FieldKey, epoch Epoch, now time.Time) ([]byte, Label, error) {
	if len(sealed) < Overhead || sealed[0] != layout {
		return nil, Label{}, ErrCorrupt
	}
	l := labelOf(sealed)
	key := b.ring.find(tag(sealed[1:9]))
	switch {
	case key < 0:
		return nil, Label{}, ErrUnknownKey
	case l.Epoch != epoch:
		return nil, Label{}, ErrOtherEpoch
	case !now.Before(l.Expires):
		return nil, Label{}, ErrExpired
	}
	aead, err := b.cipher(key)
	if err != nil {
		return nil, Label{}, err
	}
	header, rest := sealed[:headerBytes], sealed[headerBytes:]
	nonce, text := rest[:nonceBytes], rest[nonceBytes:]
	payload, err := aead.Open(text[:0], nonce, text, b.names(header, field))
	if err != nil {
		return nil, Label{}, ErrCorrupt
	}
	return payload, l, nil
}

// labelOf reads the label of a sealed value that is long enough to have one.
func labelOf(sealed []byte) Label {
	nanos := func(at int) time.Time { return time.Unix(0, int64(binary.BigEndian.Uint64(sealed[at:]))).UTC() }
	return Label{Epoch: Epoch(sealed[9:25]), Retrieved: nanos(25), Expires: nanos(33)}
}

// names is everything that names a value: the additional data. Each piece has a fixed
// length, so no two values share theirs.
func (b *Box) names(header []byte, field FieldKey) []byte {
	if b.named == nil {
		b.named = make([]byte, 0, namedBytes)
	}
	b.named = append(b.named[:0], header...)
	b.named = append(b.named, b.patient[:]...)
	b.named = append(b.named, field[:]...)
	return b.named
}

// find is the place of a data key, or -1.
func (r *Ring) find(t tag) int {
	for i := range r.data {
		if r.data[i].tag == t {
			return i
		}
	}
	return -1
}

// cipher is that of the patient under one of the data keys.
func (b *Box) cipher(key int) (cipher.AEAD, error) {
	if b.ciphers[key] != nil {
		return b.ciphers[key], nil
	}
	derived, err := hkdf.Expand(sha256.New, b.ring.data[key].extracted, "patient "+string(b.patient[:]), secretBytes)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, err
	}
	b.ciphers[key], err = cipher.NewGCM(block)
	return b.ciphers[key], err
}
