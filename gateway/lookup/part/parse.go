package part

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
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

// Parse makes a part of its bytes. No item is decoded: the part's encodings point
// into b, which must not change afterwards. The error is [ErrMalformed].
func Parse(b []byte) (*Part, error) {
	if len(b) < 5 || b[0] != layout {
		return nil, ErrMalformed
	}
	size, rest := uint64(binary.BigEndian.Uint32(b[1:])), b[5:]
	if size > uint64(len(rest)) {
		return nil, ErrMalformed
	}
	r := newReader(rest[:size], rest[size:])
	p := &Part{}
	r.index(p)
	if r.bad || !r.spent() {
		return nil, ErrMalformed
	}
	return p, nil
}

// reader reads an index. Texts are cut from one copy of it, and what every item has
// a few of from one slice for all. After the first thing that cannot be, bad is set
// and everything reads as nothing.
type reader struct {
	rest      []byte
	whole     string // the whole index
	encodings []byte // those that nothing was given yet
	sections  []lhcrv1.Section
	texts     []string
	ties      []Tie
	bad       bool
}

func newReader(index, encodings []byte) *reader {
	return &reader{rest: index, whole: string(index), encodings: encodings}
}

// spent says whether everything that was there was read.
func (r *reader) spent() bool {
	return len(r.rest)+len(r.encodings)+len(r.sections)+len(r.texts)+len(r.ties) == 0
}

func (r *reader) index(p *Part) {
	sections, texts, ties := r.count(1), r.count(1), r.count(leastTie)
	r.sections, r.texts, r.ties = make([]lhcrv1.Section, sections), make([]string, texts), make([]Tie, ties)
	p.Region, p.Section, p.Status = r.text(), lhcrv1.Section(r.enum()), lhcrv1.OutcomeStatus(r.enum())
	p.Flawed, p.Fleeting, p.Retrieved = r.flag(), r.flag(), r.time()
	p.People = readList(r, leastPerson, (*reader).person)
	p.Outcome, p.Report = r.encoding(), r.encoding()
	p.Items = readList(r, leastItem, (*reader).item)
	p.Links = readList(r, leastLink, (*reader).link)
	p.Sources = readList(r, leastSource, (*reader).source)
}

func (r *reader) fail() { r.bad, r.rest, r.encodings = true, nil, nil }

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if r.bad || size <= 0 {
		r.fail()
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count is a number of things that take at least so many bytes each.
func (r *reader) count(least int) int {
	n := r.number()
	if n > uint64(len(r.rest)/least) {
		r.fail()
		return 0
	}
	return int(n)
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.fail()
	}
	if r.bad || n == 0 {
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

// text is cut from the copy of the index: no text is an allocation of its own.
func (r *reader) text() string {
	n := r.number()
	at := len(r.whole) - len(r.rest)
	if r.take(n) == nil {
		return ""
	}
	return r.whole[at : at+int(n)]
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
	taken := r.encodings[:n:n]
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

func (r *reader) person() identity.Person {
	return identity.Person{
		Number: r.text(), Born: identity.Date{Year: r.text(), Month: r.text(), Day: r.text()},
		Replacement: r.text(), Superseded: r.flag(), Linked: r.flag(),
	}
}

func (r *reader) item() Item {
	return Item{
		Field: protowire.Number(r.enum()), Place: uint32(r.number()), ID: r.text(),
		Sections: cutList(r, &r.sections, func(r *reader) lhcrv1.Section { return lhcrv1.Section(r.enum()) }),
		Labels:   cutList(r, &r.texts, (*reader).text), Needs: cutList(r, &r.texts, (*reader).text),
		Ties: cutList(r, &r.ties, (*reader).tie), Encoded: r.encoding(),
	}
}

func (r *reader) tie() Tie {
	t := Tie{Basis: lhcrv1.EquivalenceBasis(r.enum())}
	copy(t.Key[:], r.take(uint64(len(t.Key))))
	return t
}

func (r *reader) link() Link {
	return Link{From: r.text(), To: r.text(), Place: uint32(r.number()), Encoded: r.encoding()}
}

func (r *reader) source() Source {
	return Source{ItemID: r.text(), Place: uint32(r.number()), Encoded: r.encoding()}
}

// readList reads a list into a slice of its own.
func readList[T any](r *reader, least int, read func(*reader) T) []T {
	n := r.count(least)
	if n == 0 {
		return nil
	}
	list := make([]T, n)
	return fill(r, list, read)
}

// cutList reads a list into the next of a slice that is there for all lists.
func cutList[T any](r *reader, pool *[]T, read func(*reader) T) []T {
	n := r.number()
	if n > uint64(len(*pool)) {
		r.fail()
	}
	if r.bad || n == 0 {
		return nil
	}
	list := (*pool)[:n:n]
	*pool = (*pool)[n:]
	return fill(r, list, read)
}

func fill[T any](r *reader, list []T, read func(*reader) T) []T {
	for i := range list {
		if list[i] = read(r); r.bad {
			return nil
		}
	}
	return list
}
