package answer

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Builder puts an answer together from its pages.
type Builder struct {
	answer *Answer
	ledger *ledger
}

// NewBuilder starts an empty answer.
func NewBuilder(options Options) *Builder {
	return &Builder{
		answer: &Answer{options: options, byType: map[string][]*Entry{}, checks: map[string]Check{}},
		ledger: &ledger{strict: options.Strict},
	}
}

// Add reads one page, which is the answer's from then on: the caller must not
// change data. The errors are those of decode.JSON; nothing of a page that
// fails is taken.
func (b *Builder) Add(data []byte) error {
	payload, err := decode.JSON(data, b.answer.options.MaxBytes)
	if err != nil {
		return err
	}
	b.answer.problems = append(b.answer.problems, payload.Problems...)
	for _, r := range payload.Resources {
		b.outermost(r, "", 0)
	}
	return nil
}

// Len is how many resources were taken so far. The resources of a page have the
// positions from the number before its Add to the number after.
func (b *Builder) Len() int { return len(b.answer.entries) }

// Frames is how many bundles were taken so far.
func (b *Builder) Frames() int { return len(b.answer.bundles) }

// Build ends the answer: it indexes what came and reads identity, lists and
// gaps. The builder is spent.
func (b *Builder) Build() *Answer {
	a := b.answer
	a.index = newIndex(a.entries)
	a.readPatients()
	a.readLists()
	a.readGaps()
	return a
}

// outermost takes a resource that stands in no other, looking into frames.
func (b *Builder) outermost(c model.Contained, fullURL string, bundle int) {
	switch r := c.Resource.(type) {
	case nil:
	case *model.Bundle:
		b.bundle(r)
	case *model.Parameters:
		b.parameters(r.Parameter, bundle)
	default:
		b.take(c, fullURL, bundle, nil)
	}
}

func (b *Builder) bundle(r *model.Bundle) {
	b.answer.bundles = append(b.answer.bundles, r)
	n := len(b.answer.bundles)
	for i := range r.Entry {
		b.outermost(r.Entry[i].Resource, r.Entry[i].FullURL, n)
		if reply := r.Entry[i].Response; reply != nil {
			b.outermost(reply.Outcome, "", n)
		}
	}
}

func (b *Builder) parameters(list []model.Parameter, bundle int) {
	for i := range list {
		b.outermost(list[i].Resource, "", bundle)
		b.parameters(list[i].Part, bundle)
	}
}

// take adds a resource and those that it contains.
func (b *Builder) take(c model.Contained, fullURL string, bundle int, container *Entry) {
	head := c.Resource.Header()
	e := &Entry{
		Type: head.ResourceType, ID: head.ID, FullURL: fullURL, Resource: c.Resource, Source: c.Source,
		Container: container, Position: len(b.answer.entries), bundle: bundle, ledger: b.ledger,
	}
	b.answer.entries = append(b.answer.entries, e)
	b.answer.byType[e.Type] = append(b.answer.byType[e.Type], e)
	for i := range head.Contained {
		b.inside(head.Contained[i], bundle, e)
	}
}

// inside takes a contained resource. Frames hold no resources of their own
// here: a contained bundle's entries are taken as the container's.
func (b *Builder) inside(c model.Contained, bundle int, container *Entry) {
	switch r := c.Resource.(type) {
	case nil:
	case *model.Bundle:
		for i := range r.Entry {
			b.inside(r.Entry[i].Resource, bundle, container)
		}
	case *model.Parameters:
		for i := range r.Parameter {
			b.inside(r.Parameter[i].Resource, bundle, container)
		}
	default:
		b.take(c, "", bundle, container)
	}
}
