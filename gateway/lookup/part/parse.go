package part

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The fewest bytes that an entry of each sort takes in an index: no length is taken
// on trust.
const (
	leastPerson = 7
	leastItem   = 8
	leastLink   = 4
	leastSource = 3
	leastTie    = 17
)

// Parse makes a part of its bytes. No item is decoded: the part's encodings and texts
// point into b, which must not change afterwards. The error is [ErrMalformed].
func Parse(b []byte) (*Part, error) {
	if len(b) < 5 || b[0] != layout {
		return nil, ErrMalformed
	}
	size, rest := uint64(binary.BigEndian.Uint32(b[1:])), b[5:]
	if size > uint64(len(rest)) {
		return nil, ErrMalformed
	}
	r := reader{index: rest[:size], encodings: rest[size:]}
	p := &Part{}
	r.part(p)
	if !r.spent() {
		return nil, ErrMalformed
	}
	return p, nil
}

// reader reads an index. Texts are cut from it, and what every item has a few of from
// one slice for all. After the first thing that cannot be, bad is set and everything
// reads as nothing.
type reader struct {
	index     []byte
	at        int    // what of the index was read
	encodings []byte // those that nothing was given yet
	sections  []lhcrv1.Section
	texts     []string
	ties      []Tie
	bad       bool
}

// spent says whether everything that was there was read, and could be.
func (r *reader) spent() bool {
	return !r.bad && r.left()+len(r.encodings)+len(r.sections)+len(r.texts)+len(r.ties) == 0
}

func (r *reader) left() int { return len(r.index) - r.at }

func (r *reader) part(p *Part) {
	sections, texts, ties := r.count(1), r.count(1), r.count(leastTie)
	r.sections, r.texts, r.ties = make([]lhcrv1.Section, sections), make([]string, texts), make([]Tie, ties)
	p.Region, p.Section, p.Status = r.text(), lhcrv1.Section(r.enum()), lhcrv1.OutcomeStatus(r.enum())
	p.Flawed, p.Fleeting, p.Retrieved = r.flag(), r.flag(), r.time()
	p.People = r.people()
	p.Outcome, p.Report = r.encoding(), r.encoding()
	p.Items, p.Links, p.Sources = r.items(), r.links(), r.sources()
}

func (r *reader) fail() { r.bad, r.index, r.at, r.encodings = true, nil, 0, nil }

// number is most often of one byte.
func (r *reader) number() uint64 {
	if r.at < len(r.index) && r.index[r.at] < 0x80 {
		r.at++
		return uint64(r.index[r.at-1])
	}
	return r.longNumber()
}

func (r *reader) longNumber() uint64 {
	n, size := binary.Uvarint(r.index[r.at:])
	if size <= 0 {
		r.fail()
		return 0
	}
	r.at += size
	return n
}

// count is a number of things that take at least so many bytes each.
func (r *reader) count(least int) int {
	n := r.number()
	if n > uint64(r.left()/least) {
		r.fail()
		return 0
	}
	return int(n)
}

// text lies in the index: no text is an allocation of its own.
func (r *reader) text() string { return frozen(r.take(r.number())) }

// frozen is a text over bytes that never change any more. A part is read with each hit:
// a copy of every index would be most of what that allocates.
func frozen(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func (r *reader) take(n uint64) []byte {
	if n > uint64(r.left()) {
		r.fail()
		return nil
	}
	begin := r.at
	r.at += int(n)
	return r.index[begin:r.at]
}

// encoding is the next of the encodings.
func (r *reader) encoding() []byte {
	n := r.number()
	if n > uint64(len(r.encodings)) {
		r.fail()
	}
	if r.bad || n == 0 {
		return nil
	}
	taken := r.encodings[:n]
	r.encodings = r.encodings[n:]
	return taken
}

func (r *reader) flag() bool { return r.number() == 1 }

func (r *reader) enum() int32 {
	n := r.number()
	if n > math.MaxInt32 {
		r.fail()
		return 0
	}
	return int32(n)
}

func (r *reader) time() time.Time {
	if !r.flag() {
		return time.Time{}
	}
	return time.Unix(0, int64(r.number())).UTC()
}
