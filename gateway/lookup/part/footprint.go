package part

import (
	"unsafe"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
)

// The memory that one of each takes, without what it points at.
const (
	partSize     = int(unsafe.Sizeof(Part{}))
	locationSize = int(unsafe.Sizeof(Location{}))
	personSize   = int(unsafe.Sizeof(identity.Person{}))
	itemSize     = int(unsafe.Sizeof(Item{}))
	linkSize     = int(unsafe.Sizeof(Link{}))
	sourceSize   = int(unsafe.Sizeof(Source{}))
	sectionSize  = 4
	textSize     = int(unsafe.Sizeof(""))
	tieSize      = int(unsafe.Sizeof(Tie{}))
)

// Footprint is the memory that the part holds once it was made by [Parse], in
// bytes: what its slices take, and its bytes, from which its texts are cut.
func (p *Part) Footprint() int {
	small := p.count()
	n := partSize + len(p.People)*personSize + len(p.Items)*itemSize + len(p.Links)*linkSize + len(p.Sources)*sourceSize +
		small.sections*sectionSize + small.texts*textSize + small.ties*tieSize
	p.encodings(func(encoded []byte) { n += len(encoded) })
	return n + p.indexSize()
}

// indexSize is about the size of the part's index.
func (p *Part) indexSize() int {
	n := 16 + len(p.Region) + peopleSize(p.People)
	for i := range p.Items {
		item := &p.Items[i]
		n += leastItem + len(item.ID) + len(item.Sections) + leastTie*len(item.Ties)
		for _, s := range item.Labels {
			n += 1 + len(s)
		}
		for _, s := range item.Needs {
			n += 1 + len(s)
		}
	}
	for i := range p.Links {
		n += leastLink + len(p.Links[i].From) + len(p.Links[i].To)
	}
	for i := range p.Sources {
		n += leastSource + len(p.Sources[i].ItemID)
	}
	return n
}

func peopleSize(people []identity.Person) int {
	n := 0
	for _, p := range people {
		n += leastPerson + len(p.Number) + len(p.Born.Year) + len(p.Born.Month) + len(p.Born.Day) + len(p.Replacement)
	}
	return n
}

// Footprint is the memory that the location holds once it was made by
// [ParseLocation], in bytes.
func (l *Location) Footprint() int {
	return locationSize + len(l.People)*personSize + 2*len(l.Handle) + peopleSize(l.People)
}
