package fhir

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// tally counts, by section, what the record holds of it.
type tally map[lhcrv1.Section]*sectionTally

type sectionTally struct {
	// items are all, unlisted those that their list ought to name and does not.
	items, unlisted int
	// contrary are items of other kinds that say that there is an allergy.
	contrary int
	// modified carry a modifier that is not understood; of subset ones a part came.
	modified, subset int
}

func (t tally) of(s lhcrv1.Section) *sectionTally {
	if t[s] == nil {
		t[s] = &sectionTally{}
	}
	return t[s]
}

// item is any message of the record that has a header.
type item interface{ GetHeader() *lhcrv1.ItemHeader }

// narrow leaves in the record what belongs to the sections asked for, under its own
// heading or another, and counts it. Courses and reports stay with their section.
func (r *reader) narrow() tally {
	t := tally{}
	var kept map[string]bool // nil where all is kept
	if len(r.in.Sections) > 0 {
		kept = map[string]bool{}
	}
	record := r.mapped.Record.ProtoReflect()
	record.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		list := v.List()
		n := 0
		for i := range list.Len() {
			m := list.Get(i)
			if !r.keep(m.Message().Interface(), f, t, kept) {
				continue
			}
			list.Set(n, m)
			n++
		}
		list.Truncate(n)
		return true
	})
	if kept != nil {
		r.narrowLinks(kept)
	}
	return t
}

// keep counts an item for every section asked for that it belongs to.
func (r *reader) keep(m any, f protoreflect.FieldDescriptor, t tally, kept map[string]bool) bool {
	x, ok := m.(item)
	if !ok { // a course: it belongs to the medications
		_, asked := r.asked[lhcrv1.Section_SECTION_MEDICATIONS]
		return asked
	}
	h := x.GetHeader()
	wanted := r.count(t, x, h.GetSection())
	for _, s := range h.GetAlsoUnder() {
		wanted = r.count(t, x, s) || wanted
	}
	if wanted && kept != nil {
		kept[h.GetItemId()] = true
	}
	return wanted
}

func (r *reader) count(t tally, x item, s lhcrv1.Section) bool {
	if _, asked := r.asked[s]; !asked {
		return false
	}
	h, c := x.GetHeader(), t.of(s)
	c.items++
	if has(h, lhcrv1.Flag_FLAG_UNLISTED) && !h.GetRetracted() {
		c.unlisted++
	}
	if _, own := x.(*lhcrv1.Allergy); s == lhcrv1.Section_SECTION_ALLERGIES && !own && contradicts(x) {
		c.contrary++
	}
	if has(h, lhcrv1.Flag_FLAG_MODIFIER_UNREAD) {
		c.modified++
	}
	if r.mapped.Subset[h.GetItemId()] {
		c.subset++
	}
	return true
}

// narrowLinks leaves the links and originals of items that stayed.
func (r *reader) narrowLinks(kept map[string]bool) {
	r.mapped.Links = slices.DeleteFunc(r.mapped.Links, func(l *lhcrv1.ItemLink) bool {
		return !kept[l.GetFromItemId()] || l.GetToItemId() != "" && !kept[l.GetToItemId()]
	})
	r.mapped.Sources = slices.DeleteFunc(r.mapped.Sources, func(s *lhcrv1.SourceResource) bool {
		return !kept[s.GetItemId()]
	})
}
