package mapping

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// pendingLink waits until it is known which resources became items.
type pendingLink struct {
	from, to *answer.Entry
	kind     lhcrv1.LinkKind
	words    string
	label    string
}

// link records that one resource points at another, or at what its sender wrote.
func (m *Mapper) link(from *answer.Entry, kind lhcrv1.LinkKind, ref *model.Reference) {
	m.labelled(from, kind, ref, "")
}

// labelled is link with the heading under which it points.
func (m *Mapper) labelled(from *answer.Entry, kind lhcrv1.LinkKind, ref *model.Reference, label string) {
	m.labelledFrom(from, from, kind, ref, label)
}

// labelledFrom is labelled for a reference that another resource makes on from's behalf.
func (m *Mapper) labelledFrom(from, maker *answer.Entry, kind lhcrv1.LinkKind, ref *model.Reference, label string) {
	if ref.IsEmpty() {
		return
	}
	m.pending = append(m.pending, pendingLink{
		from: from, to: m.answer.Follow(maker, ref), kind: kind, words: unresolved(ref), label: label,
	})
}

// join records that one resource points at another that was found already.
func (m *Mapper) join(from, to *answer.Entry, kind lhcrv1.LinkKind, label string) {
	m.pending = append(m.pending, pendingLink{from: from, to: to, kind: kind, label: label})
}

// linkAll records several.
func (m *Mapper) linkAll(from *answer.Entry, kind lhcrv1.LinkKind, refs []model.Reference) {
	for i := range refs {
		m.link(from, kind, &refs[i])
	}
}

// finish turns the pending links into links between items. A target that came but
// is no item (another person's, an organisation) is not named; one that did not
// come is named in its sender's words.
func (m *Mapper) finish() {
	block := make([]lhcrv1.ItemLink, len(m.pending))
	m.out.Links = slices.Grow(m.out.Links, len(m.pending))
	for i := range m.pending {
		p, l := &m.pending[i], &block[i]
		if !p.from.IsItem() {
			continue
		}
		l.RegionId, l.FromItemId, l.Kind, l.Label = m.options.RegionID, m.ids[p.from], p.kind, p.label
		switch {
		case p.to != nil && p.to.IsItem() && m.ids[p.to] != "":
			l.ToItemId = m.ids[p.to]
		case p.to == nil && p.words != "":
			l.Unresolved = p.words
		default:
			continue
		}
		m.out.Links = append(m.out.Links, l)
	}
}
