package answer

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Builder puts an answer together from its pages.
type Builder struct {
	answer *Answer
	ledger *ledger
	reader decode.Reader
	page   int // of the body being added
}

// NewBuilder starts an empty answer.
func NewBuilder(options Options) *Builder {
	return &Builder{
		answer: &Answer{options: options, byType: map[string][]*Entry{}, checks: map[judged]Check{}},
		ledger: &ledger{strict: options.Strict}, page: -1,
	}
}

// Add reads one page in JSON or XML, which is the answer's from then on: the caller
// must not change data. The errors are those of decode.Reader.Read; nothing of a page
// that fails is taken.
func (b *Builder) Add(data []byte) error {
	b.page++
	payload, err := b.reader.Read(data, b.answer.options.MaxBytes)
	if err != nil {
		return err
	}
	b.add(payload)
	return nil
}

// AddRead adds a page that was read already.
func (b *Builder) AddRead(payload *decode.Payload) {
	b.page++
	b.add(payload)
}

func (b *Builder) add(payload *decode.Payload) {
	b.answer.problems = append(b.answer.problems, payload.Problems...)
	for _, r := range payload.Resources {
		b.outermost(r, place{})
	}
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
	a.readUnfollowed()
	return a
}

// place is where a resource stands in a page.
type place struct {
	fullURL string
	bundle  int // of those so far, counting from 1; 0 for none
	frame   *Frame
}

// outermost takes a resource that stands in no other, looking into frames.
func (b *Builder) outermost(c model.Contained, at place) {
	switch r := c.Resource.(type) {
	case nil:
	case *model.Bundle:
		b.bundle(r, at)
	case *model.Parameters:
		at.frame = b.frame(&r.Head, at.frame)
		b.parameters(r.Parameter, at)
	default:
		b.take(c, at, nil)
	}
}

// frame opens a frame inside another.
func (b *Builder) frame(head *model.Head, outer *Frame) *Frame {
	f := framed(b.page, head, outer)
	b.answer.frames = append(b.answer.frames, f)
	return f
}

func (b *Builder) bundle(r *model.Bundle, at place) {
	b.answer.bundles = append(b.answer.bundles, r)
	b.answer.sheets = append(b.answer.sheets, newSheet(b.page, r))
	at = place{bundle: len(b.answer.bundles), frame: b.frame(&r.Head, at.frame)}
	for i := range r.Entry {
		entry, position := &r.Entry[i], len(b.answer.entries)
		at.fullURL = entry.FullURL
		b.outermost(entry.Resource, at)
		if entry.Response != nil {
			at.fullURL = ""
			b.outermost(entry.Response.Outcome, at)
		}
		b.vacancy(r, entry, position)
	}
}

func (b *Builder) parameters(list []model.Parameter, at place) {
	at.fullURL = ""
	for i := range list {
		b.outermost(list[i].Resource, at)
		b.parameters(list[i].Part, at)
	}
}

// take adds a resource and those that it contains.
func (b *Builder) take(c model.Contained, at place, container *Entry) {
	head := c.Resource.Header()
	e := &Entry{
		Type: head.ResourceType, ID: head.ID, FullURL: at.fullURL, Resource: c.Resource, Source: c.Source, text: c.JSON,
		Container: container, Position: len(b.answer.entries), Page: b.page,
		bundle: at.bundle, frame: at.frame, ledger: b.ledger,
	}
	e.locate()
	b.answer.entries = append(b.answer.entries, e)
	b.answer.byType[e.Type] = append(b.answer.byType[e.Type], e)
	at.fullURL = ""
	for i := range head.Contained {
		b.inside(head.Contained[i], at, e)
	}
}

// inside takes a contained resource. Frames hold no resources of their own
// here: a contained bundle's entries are taken as the container's.
func (b *Builder) inside(c model.Contained, at place, container *Entry) {
	switch r := c.Resource.(type) {
	case nil:
	case *model.Bundle:
		for i := range r.Entry {
			b.inside(r.Entry[i].Resource, at, container)
		}
	case *model.Parameters:
		for i := range r.Parameter {
			b.inside(r.Parameter[i].Resource, at, container)
		}
	default:
		b.take(c, at, container)
	}
}
