// Package assembly puts an answer together from parts: it selects encodings and
// lays them end to end. It never decodes an item.
//
// What it writes is encoded, and reaches the wire as it is: in pieces (package wire), or
// as the unknown fields of an empty message. Code that looks into such a message in
// process sees nothing of it.
package assembly

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// Region is what there is to select from of one region.
type Region struct {
	// ID is the region's id.
	ID string
	// About is the encoded RegionReport as the region's definition has it.
	About []byte
	// Parts are the region's parts, one a section. They may come from several
	// answers of the region, of different age.
	Parts []*part.Part
	// Marks are what is known of each part only now, its age above all: encoded
	// fields of SectionOutcome that are laid after its outcome, where they count in
	// the place of what stands there. Nil, or as many as there are parts.
	Marks [][]byte
}

// Selection is what is delivered of one region. Nothing in it points at anything
// that is not.
type Selection struct {
	region   string
	items    []*part.Item
	links    []part.Link
	sources  []part.Source
	outcomes []outcome
	report   []byte
	tally    Tally
}

// outcome is the outcome of a part, fields of it that are laid after it, and the status
// that it then has.
type outcome struct {
	part   *part.Part
	mark   []byte
	status lhcrv1.OutcomeStatus
}

func (o outcome) size() int { return len(o.part.Outcome) + len(o.mark) }

func (o outcome) append(b []byte, field protowire.Number) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(o.size()))
	return append(append(b, o.part.Outcome...), o.mark...)
}

// Select takes every item of the parts, each once though two sections ask for it,
// in the order in which the region sent them; the links and courses whose every end
// was taken; and the outcomes by the number of their section.
//
// Of an item that stands in parts of different age in different versions, the newer
// is taken. No outcome says that there is none beside an item of its section.
func Select(r Region) *Selection {
	r = r.inOrder()
	s := &Selection{region: r.ID, report: report(r.About, r.Parts)}
	count := 0
	for _, p := range r.Parts {
		count += len(p.Items)
	}
	s.items = make([]*part.Item, 0, count)
	old := outdated(r.Parts)
	for i := range r.Parts {
		s.addItems(r.Parts[:i], r.Parts[i], old)
	}
	s.addOutcomes(r)
	sortItems(s.items)
	if s.pointing(r.Parts) {
		taken := s.ids()
		s.items = slices.DeleteFunc(s.items, func(i *part.Item) bool { return !taken.all(i.Needs) })
		s.addLinks(r.Parts, taken, old)
		s.addSources(r.Parts, taken, old)
	}
	return s
}

// inOrder is the region with its parts by the number of their section.
func (r Region) inOrder() Region {
	if slices.IsSortedFunc(r.Parts, bySection) {
		return r
	}
	order := make([]int, len(r.Parts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return bySection(r.Parts[a], r.Parts[b]) })
	sorted := Region{ID: r.ID, About: r.About}
	for _, i := range order {
		sorted.Parts = append(sorted.Parts, r.Parts[i])
		if r.Marks != nil {
			sorted.Marks = append(sorted.Marks, r.Marks[i])
		}
	}
	return sorted
}

func bySection(a, b *part.Part) int { return cmp.Compare(a.Section, b.Section) }

// sortItems sorts as the region sent them. Most often they are in that order.
func sortItems(items []*part.Item) {
	if !slices.IsSortedFunc(items, byPlace) {
		slices.SortStableFunc(items, byPlace)
	}
}

func byPlace(a, b *part.Item) int {
	if a.Field != b.Field {
		return int(a.Field) - int(b.Field)
	}
	return cmp.Compare(a.Place, b.Place)
}

// pointing says whether anything points at items at all.
func (s *Selection) pointing(parts []*part.Part) bool {
	return slices.ContainsFunc(parts, func(p *part.Part) bool { return len(p.Links)+len(p.Sources) > 0 }) ||
		slices.ContainsFunc(s.items, func(i *part.Item) bool { return len(i.Needs) > 0 })
}

// addItems takes the items of a part that no earlier part gave and of which no
// newer part has a newer version.
func (s *Selection) addItems(earlier []*part.Part, p *part.Part, old versions) {
	for i := range p.Items {
		if item := &p.Items[i]; len(item.Sections) == 1 || !old.has(p, item.ID) && !givenBy(earlier, item) {
			s.items = append(s.items, item)
		}
	}
}

// givenBy says whether one of the parts has the same item, byte for byte. Items
// that differ in anything are different items: none is dropped as a duplicate.
func givenBy(parts []*part.Part, item *part.Item) bool {
	for _, p := range parts {
		if slices.Contains(item.Sections, p.Section) && hasItem(p, item) {
			return true
		}
	}
	return false
}

// hasItem says whether a part has the same item, byte for byte.
func hasItem(p *part.Part, item *part.Item) bool {
	for i := range p.Items {
		other := &p.Items[i]
		if other.Field == item.Field && other.ID == item.ID && bytes.Equal(other.Encoded, item.Encoded) {
			return true
		}
	}
	return false
}

// idSet is a set of item ids.
type idSet map[string]struct{}

func (s *Selection) ids() idSet {
	set := make(idSet, len(s.items))
	for _, i := range s.items {
		set[i.ID] = struct{}{}
	}
	return set
}

func (s idSet) has(id string) bool {
	_, ok := s[id]
	return ok
}

func (s idSet) all(ids []string) bool {
	return !slices.ContainsFunc(ids, func(id string) bool { return !s.has(id) })
}

// addLinks takes the links whose ends were taken (contract REC-031). A reference
// that led nowhere has one end only.
func (s *Selection) addLinks(parts []*part.Part, taken idSet, old versions) {
	seen := s.repeats()
	for _, p := range parts {
		for _, l := range p.Links {
			if taken.has(l.From) && (l.To == "" || taken.has(l.To)) && !old.has(p, l.From) && seen.first(l.From, l.Encoded) {
				s.links = append(s.links, l)
			}
		}
	}
	slices.SortStableFunc(s.links, func(a, b part.Link) int { return cmp.Compare(a.Place, b.Place) })
}

func (s *Selection) addSources(parts []*part.Part, taken idSet, old versions) {
	seen := s.repeats()
	for _, p := range parts {
		for _, source := range p.Sources {
			if taken.has(source.ItemID) && !old.has(p, source.ItemID) && seen.first(source.ItemID, source.Encoded) {
				s.sources = append(s.sources, source)
			}
		}
	}
	slices.SortStableFunc(s.sources, func(a, b part.Source) int { return cmp.Compare(a.Place, b.Place) })
}

// repeats holds, for each item that stands in several parts, what was taken with
// it: every one of its parts brings the same again.
type repeats map[string][][]byte

func (s *Selection) repeats() repeats {
	r := repeats{}
	for _, i := range s.items {
		if len(i.Sections) > 1 {
			r[i.ID] = nil
		}
	}
	return r
}

// first says whether what stands beside an item was not taken yet.
func (r repeats) first(id string, encoded []byte) bool {
	taken, several := r[id]
	if !several {
		return true
	}
	if slices.ContainsFunc(taken, func(t []byte) bool { return bytes.Equal(t, encoded) }) {
		return false
	}
	r[id] = append(taken, encoded)
	return true
}

// report lays what did not become items after what the definition says. Parts of
// one answer carry the same report, which counts once.
func report(about []byte, parts []*part.Part) []byte {
	b := slices.Clone(about)
	var seen [][]byte
	for _, p := range parts {
		if !slices.ContainsFunc(seen, func(s []byte) bool { return bytes.Equal(s, p.Report) }) {
			seen = append(seen, p.Report)
			b = append(b, p.Report...)
		}
	}
	return b
}

// appendFramed appends a field that holds a message or bytes.
func appendFramed(b []byte, field protowire.Number, encoded []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), encoded)
}

func framedSize(field protowire.Number, size int) int {
	return protowire.SizeTag(field) + protowire.SizeBytes(size)
}

// RegionID is the region's id.
func (s *Selection) RegionID() string { return s.region }

// Tally is what the selection's outcomes say of completeness.
func (s *Selection) Tally() Tally { return s.tally }
