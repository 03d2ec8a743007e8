package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// PatientKey is the name of the patient with this NHS number.
func (r *Ring) PatientKey(nhsNumber string) PatientKey {
	h := r.patients.take()
	defer r.patients.give(h)
	h.message = append(h.message, nhsNumber...)
	return PatientKey(h.sum())
}

// Field is what a FieldKey is made of.
type Field struct {
	// Region is the region's id.
	Region string
	// Section is the number of the section.
	Section int32
	// View is the digest of on whose behalf it was asked, and how.
	View [16]byte
	// Reader is the version of the reader that read the value.
	Reader string
}

// FieldKey is the name of a field of a patient.
func (r *Ring) FieldKey(patient PatientKey, f Field) FieldKey {
	h := r.fields.take()
	defer r.fields.give(h)
	// Every piece but the last has a fixed length or is preceded by its length.
	m := append(h.message, layout)
	m = append(m, patient[:]...)
	m = binary.BigEndian.AppendUint32(m, uint32(f.Section))
	m = append(m, f.View[:]...)
	m = binary.AppendUvarint(m, uint64(len(f.Region)))
	m = append(m, f.Region...)
	h.message = append(m, f.Reader...)
	return FieldKey(h.sum()[:len(FieldKey{})])
}

// mac is HMAC-SHA256 under one key. Its hashes are used again, as preparing one takes
// longer than a short message.
type mac struct {
	hashes sync.Pool
}

// keyed is a hash in use, with room for the message and the sum.
type keyed struct {
	hash    hash.Hash
	message []byte
	digest  []byte
}

func newMAC(key []byte) *mac {
	return &mac{hashes: sync.Pool{New: func() any { return &keyed{hash: hmac.New(sha256.New, key)} }}}
}

func (m *mac) take() *keyed { return m.hashes.Get().(*keyed) }

// give takes a hash back. The message is wiped: it may be an NHS number.
func (m *mac) give(h *keyed) {
	clear(h.message)
	h.message = h.message[:0]
	h.hash.Reset()
	m.hashes.Put(h)
}

func (h *keyed) sum() []byte {
	h.hash.Write(h.message)
	h.digest = h.hash.Sum(h.digest[:0])
	return h.digest
}
