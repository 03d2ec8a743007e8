package part

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// layout is the first byte of a part's bytes. A new layout gets a new number, and
// the old one is then refused: what was kept is fetched again.
//
// After it: the length of the index, the index, the encodings. The index holds all
// that is small, and begins with how much of each there is, so that reading a part
// makes few allocations: none for texts, one for all items, and so on.
const layout = 2

// ErrMalformed says that bytes are not those of a part, or of a location, of this layout.
var ErrMalformed = errors.New("the bytes are no part of this layout")

// AppendBinary appends the part's bytes, from which [Parse] makes it again. They
// hold a person's data and are only to be kept encrypted.
func (p *Part) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, layout, 0, 0, 0, 0)
	begin := len(b)
	w := writer(b)
	w.index(p)
	binary.BigEndian.PutUint32(w[begin-4:], uint32(len(w)-begin))
	p.encodings(func(encoded []byte) { w = append(w, encoded...) })
	return w, nil
}

// encodings are all encodings of a part, in the order in which they are written.
func (p *Part) encodings(visit func([]byte)) {
	visit(p.Outcome)
	visit(p.Report)
	for i := range p.Items {
		visit(p.Items[i].Encoded)
	}
	for i := range p.Links {
		visit(p.Links[i].Encoded)
	}
	for i := range p.Sources {
		visit(p.Sources[i].Encoded)
	}
}

type writer []byte

func (w *writer) index(p *Part) {
	small := p.count()
	w.number(uint64(small.sections))
	w.number(uint64(small.texts))
	w.number(uint64(small.ties))
	w.text(p.Region)
	w.number(uint64(p.Section))
	w.number(uint64(p.Status))
	w.flag(p.Flawed)
	w.flag(p.Fleeting)
	w.time(p.Retrieved)
	writeList(w, p.People, (*writer).person)
	w.number(uint64(len(p.Outcome)))
	w.number(uint64(len(p.Report)))
	writeList(w, p.Items, (*writer).item)
	writeList(w, p.Links, (*writer).link)
	writeList(w, p.Sources, (*writer).source)
}

// counts says how much there is of what every item has a few of.
type counts struct{ sections, texts, ties int }

func (p *Part) count() (c counts) {
	for i := range p.Items {
		item := &p.Items[i]
		c.sections += len(item.Sections)
		c.texts += len(item.Labels) + len(item.Needs)
		c.ties += len(item.Ties)
	}
	return c
}

func (w *writer) number(n uint64) { *w = binary.AppendUvarint(*w, n) }
func (w *writer) text(s string)   { *w = append(binary.AppendUvarint(*w, uint64(len(s))), s...) }

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
	w.number(uint64(len(i.Encoded)))
}

func (w *writer) link(l Link) {
	w.text(l.From)
	w.text(l.To)
	w.number(uint64(l.Place))
	w.number(uint64(len(l.Encoded)))
}

func (w *writer) source(s Source) {
	w.text(s.ItemID)
	w.number(uint64(s.Place))
	w.number(uint64(len(s.Encoded)))
}

func writeList[T any](w *writer, list []T, write func(*writer, T)) {
	w.number(uint64(len(list)))
	for _, v := range list {
		write(w, v)
	}
}
