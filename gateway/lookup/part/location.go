package part

import "github.com/openlhcr/openlhcr/gateway/lookup/identity"

// locationLayout is the first byte of a location's bytes.
const locationLayout = 0x82

// Location is what a region said of whether it holds a person. It is never changed
// once made, and safe for concurrent use.
type Location struct {
	// NotHeld is true when the region says that it does not hold the person.
	NotHeld bool
	// Withdrawn is true when this says nothing of where the person is, but that the
	// region took back what it had said of them: as it does not hold them where NotHeld
	// is set, as it speaks of somebody else where it is not.
	Withdrawn bool
	// Handle is what a fetch takes, so that nobody searches the person twice. It
	// can name the person.
	Handle []byte
	// People are the patients that matched, for the check of a location that was kept.
	People []identity.Person
}

// AppendBinary appends the location's bytes, from which [ParseLocation] makes it
// again. They are only to be kept encrypted.
func (l *Location) AppendBinary(b []byte) ([]byte, error) {
	w := writer(append(b, locationLayout))
	w.flag(l.NotHeld)
	w.flag(l.Withdrawn)
	w.text(string(l.Handle))
	writeList(&w, l.People, (*writer).person)
	return w, nil
}

// ParseLocation makes a location of its bytes, which must not change afterwards: its
// texts point into them. The error is [ErrMalformed].
func ParseLocation(b []byte) (*Location, error) {
	if len(b) == 0 || b[0] != locationLayout {
		return nil, ErrMalformed
	}
	r := reader{index: b[1:]}
	l := &Location{NotHeld: r.flag(), Withdrawn: r.flag(), Handle: []byte(r.text()), People: r.people()}
	if !r.spent() {
		return nil, ErrMalformed
	}
	if len(l.Handle) == 0 {
		l.Handle = nil
	}
	return l, nil
}
