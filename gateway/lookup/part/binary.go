package part

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// layout is the first byte of a part's bytes. A new layout gets a new number, and
// the old one is then refused: what was kept is fetched again.
const layout = 1

// ErrMalformed says that bytes are not those of a part of this layout.
var ErrMalformed = errors.New("the bytes are no part of this layout")

// AppendBinary appends the part's bytes, from which [Parse] makes it again. They
// hold a person's data and are only to be kept encrypted.
func (p *Part) AppendBinary(b []byte) ([]byte, error) {
	w := writer(append(b, layout))
	w.text(p.Region)
	w.number(uint64(p.Section))
	w.number(uint64(p.Status))
	w.flag(p.Flawed)
	w.time(p.Retrieved)
	writeList(&w, p.People, (*writer).person)
	w.bytes(p.Outcome)
	w.bytes(p.Report)
	writeList(&w, p.Items, (*writer).item)
	writeList(&w, p.Links, (*writer).link)
	writeList(&w, p.Sources, (*writer).source)
	return w, nil
}

// Parse makes a part of its bytes. No item is decoded: the part's encodings point
// into b, which must not change afterwards. The error is [ErrMalformed].
func Parse(b []byte) (*Part, error) {
	if len(b) == 0 || b[0] != layout {
		return nil, ErrMalformed
	}
	r := &reader{rest: b[1:]}
	p := &Part{
		Region: r.text(), Section: lhcrv1.Section(r.enum()), Status: lhcrv1.OutcomeStatus(r.enum()),
		Flawed: r.flag(), Retrieved: r.time(), People: readList(r, (*reader).person),
		Outcome: r.bytes(), Report: r.bytes(), Items: readList(r, (*reader).item),
		Links: readList(r, (*reader).link), Sources: readList(r, (*reader).source),
	}
	if r.bad || len(r.rest) > 0 {
		return nil, ErrMalformed
	}
	return p, nil
}

type writer []byte

func (w *writer) number(n uint64) { *w = binary.AppendUvarint(*w, n) }
func (w *writer) text(s string)   { *w = append(binary.AppendUvarint(*w, uint64(len(s))), s...) }
func (w *writer) bytes(b []byte)  { *w = append(binary.AppendUvarint(*w, uint64(len(b))), b...) }

func (w *writer) flag(f bool) {
	if f {
		w.number(1)
		return
	}
	w.number(0)
}

// time keeps the nanosecond, and whether there is a time at all.
func (w *writer) time(t time.Time) {
	w.flag(!t.IsZero())
	if !t.IsZero() {
		w.number(uint64(t.UnixNano()))
	}
}

func (w *writer) person(p identity.Person) {
	for _, s := range []string{p.Number, p.Born.Year, p.Born.Month, p.Born.Day, p.Replacement} {
		w.text(s)
	}
	w.flag(p.Superseded)
	w.flag(p.Linked)
}

func (w *writer) item(i Item) {
	w.number(uint64(i.Field))
	w.number(uint64(i.Place))
	w.text(i.ID)
	writeList(w, i.Sections, func(w *writer, s lhcrv1.Section) { w.number(uint64(s)) })
	writeList(w, i.Labels, (*writer).text)
	writeList(w, i.Needs, (*writer).text)
	writeList(w, i.Ties, func(w *writer, t Tie) { w.number(uint64(t.Basis)); *w = append(*w, t.Key[:]...) })
	w.bytes(i.Encoded)
}

func (w *writer) link(l Link) {
	w.text(l.From)
	w.text(l.To)
	w.number(uint64(l.Place))
	w.bytes(l.Encoded)
}

func (w *writer) source(s Source) {
	w.text(s.ItemID)
	w.number(uint64(s.Place))
	w.bytes(s.Encoded)
}

func writeList[T any](w *writer, list []T, write func(*writer, T)) {
	w.number(uint64(len(list)))
	for _, v := range list {
		write(w, v)
	}
}

// reader reads what writer wrote. After the first thing that cannot be, bad is set
// and everything reads as nothing.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if r.bad || size <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *reader) bytes() []byte { return r.take(r.number()) }
func (r *reader) text() string  { return string(r.bytes()) }
func (r *reader) flag() bool    { return r.number() == 1 }

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
	}
	if r.bad || n == 0 {
		return nil
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) enum() int32 {
	n := r.number()
	if n > math.MaxInt32 {
		r.bad = true
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
		Sections: readList(r, func(r *reader) lhcrv1.Section { return lhcrv1.Section(r.enum()) }),
		Labels:   readList(r, (*reader).text), Needs: readList(r, (*reader).text),
		Ties: readList(r, (*reader).tie), Encoded: r.bytes(),
	}
}

func (r *reader) tie() Tie {
	t := Tie{Basis: lhcrv1.EquivalenceBasis(r.enum())}
	copy(t.Key[:], r.take(uint64(len(t.Key))))
	return t
}

func (r *reader) link() Link {
	return Link{From: r.text(), To: r.text(), Place: uint32(r.number()), Encoded: r.bytes()}
}

func (r *reader) source() Source {
	return Source{ItemID: r.text(), Place: uint32(r.number()), Encoded: r.bytes()}
}

// readList stops at what cannot be, and takes no length on trust: every element
// takes at least one byte.
func readList[T any](r *reader, read func(*reader) T) []T {
	n := r.number()
	if r.bad || n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return nil
	}
	var list []T
	for range n {
		if r.bad {
			return nil
		}
		list = append(list, read(r))
	}
	return list
}
