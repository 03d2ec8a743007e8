package part

import (
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

func (r *reader) people() []identity.Person {
	list := room[identity.Person](r, leastPerson)
	for i := range list {
		list[i] = identity.Person{
			Number: r.text(), Born: identity.Date{Year: r.text(), Month: r.text(), Day: r.text()},
			Replacement: r.text(), Superseded: r.flag(), Linked: r.flag(),
		}
	}
	return list
}

func (r *reader) items() []Item {
	list := room[Item](r, leastItem)
	for i := range list {
		item := &list[i]
		item.Field, item.Place, item.ID = protowire.Number(r.enum()), uint32(r.number()), r.text()
		item.Sections, item.Labels, item.Needs = r.headings(), r.someTexts(), r.someTexts()
		item.Ties, item.Encoded = r.someTies(), r.encoding()
	}
	return list
}

func (r *reader) headings() []lhcrv1.Section {
	list := next(r, &r.sections)
	for i := range list {
		list[i] = lhcrv1.Section(r.enum())
	}
	return list
}

func (r *reader) someTexts() []string {
	list := next(r, &r.texts)
	for i := range list {
		list[i] = r.text()
	}
	return list
}

func (r *reader) someTies() []Tie {
	list := next(r, &r.ties)
	for i := range list {
		list[i].Basis = lhcrv1.EquivalenceBasis(r.enum())
		copy(list[i].Key[:], r.take(uint64(len(list[i].Key))))
	}
	return list
}

func (r *reader) links() []Link {
	list := room[Link](r, leastLink)
	for i := range list {
		list[i] = Link{From: r.text(), To: r.text(), Place: uint32(r.number()), Encoded: r.encoding()}
	}
	return list
}

func (r *reader) sources() []Source {
	list := room[Source](r, leastSource)
	for i := range list {
		list[i] = Source{ItemID: r.text(), Place: uint32(r.number()), Encoded: r.encoding()}
	}
	return list
}

// room is for as many entries as there are, each of which takes at least so many bytes.
func room[T any](r *reader, least int) []T {
	n := r.count(least)
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

// next is the next stretch, as long as the index says, of a slice that is there for
// all items.
func next[T any](r *reader, pool *[]T) []T {
	n := r.number()
	if n > uint64(len(*pool)) {
		r.fail()
	}
	if r.bad || n == 0 {
		return nil
	}
	list := (*pool)[:n:n]
	*pool = (*pool)[n:]
	return list
}
