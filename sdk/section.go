package sdk

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// Item is anything in a record that has a header: an allergy, a result, a document.
type Item interface {
	proto.Message
	GetHeader() *lhcrv1.ItemHeader
}

// Section is one section of a record. Its items come out through [Section.Complete]
// or [Section.WithGaps]: there is no way to them past what is missing.
//
// What the source marked as entered in error is never among the items: a PMR that
// kept such an item must show its retraction, which [Section.Retracted] gives.
type Section[T any] struct {
	section   lhcrv1.Section
	items     []T
	retracted []T
	elsewhere []Item
	outcomes  []*lhcrv1.SectionOutcome
	gaps      []Gap
}

// Section is which section it is.
func (s Section[T]) Section() lhcrv1.Section { return s.section }

// Complete gives the items if every region that was asked gave a whole answer, and
// otherwise an [*IncompleteError] and no items.
//
// No item and no error is "nothing recorded", never "none": that a source states
// an absence is itself an item.
func (s Section[T]) Complete() ([]T, error) {
	if len(s.gaps) > 0 {
		return nil, &IncompleteError{Section: s.section, Gaps: slices.Clone(s.gaps)}
	}
	return slices.Clone(s.items), nil
}

// WithGaps gives the items that came and what is missing beside them. Show both.
func (s Section[T]) WithGaps() (items []T, gaps []Gap) {
	return slices.Clone(s.items), slices.Clone(s.gaps)
}

// Retracted are items that the source marked as entered in error. Show each as the
// retraction of the item of the same id and region, never as a fact.
func (s Section[T]) Retracted() []T { return slices.Clone(s.retracted) }

// Elsewhere are items that were recorded under another heading and belong to this
// section too: an allergy that was recorded as an alert. Show them here as well.
func (s Section[T]) Elsewhere() []Item { return slices.Clone(s.elsewhere) }

// Outcomes are what became of the section, one for each region asked: notes,
// counts, ages and the query that was really applied.
func (s Section[T]) Outcomes() []*lhcrv1.SectionOutcome { return slices.Clone(s.outcomes) }

// Narratives are the sources' own renderings of the section. They can say more
// than the items beside them.
func (s Section[T]) Narratives() []*lhcrv1.Narrative {
	var all []*lhcrv1.Narrative
	for _, o := range s.outcomes {
		all = append(all, o.GetNarratives()...)
	}
	return all
}

// Words is what a user may be told of the section as a whole when it shows no
// item: "nothing recorded", "incomplete", "no record available", or that there is only
// text to read. It is empty when the section is whole and has items.
func (s Section[T]) Words() string {
	switch {
	case s.only(CauseNoRecord):
		return s.gaps[0].Message
	case s.only(CauseNotAsked):
		return "not asked for"
	case s.textOnly():
		return "no structured entries: read the text"
	case len(s.gaps) > 0:
		return "incomplete: something is missing"
	case len(s.items) == 0:
		return "nothing recorded"
	}
	return ""
}

func (s Section[T]) only(cause Cause) bool {
	return len(s.gaps) == 1 && s.gaps[0].Cause == cause
}

// textOnly says that nothing is missing, but what there is must be read.
func (s Section[T]) textOnly() bool {
	other := func(g Gap) bool { return g.Cause != CauseTextOnly }
	return len(s.gaps) > 0 && len(s.items) == 0 && !slices.ContainsFunc(s.gaps, other)
}

// sectionOf builds a section of the items that a record holds for it.
func sectionOf[T Item](r *Record, section lhcrv1.Section, items []T) Section[T] {
	return split(r, section, items, func(item T) bool { return item.GetHeader().GetRetracted() })
}

func split[T any](r *Record, section lhcrv1.Section, items []T, retracted func(T) bool) Section[T] {
	s := Section[T]{section: section, elsewhere: r.under()[section], outcomes: r.outcomesOf(section), gaps: r.GapsOf(section)}
	if !slices.ContainsFunc(items, retracted) {
		// The answer's own list: whoever gets items gets a copy of it.
		s.items = items
		return s
	}
	for _, item := range items {
		if retracted(item) {
			s.retracted = append(s.retracted, item)
			continue
		}
		s.items = append(s.items, item)
	}
	return s
}
