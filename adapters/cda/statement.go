package cda

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// scope is what a clinical statement stands in.
type scope struct {
	heading
	parent  *model.Reference // what was made of the statement around it
	role    string           // how it belongs to that (typeCode)
	product *model.Value     // the medicine of the statement around it
	negated bool             // by a statement around it
	// retracted and concern are of the concern act around it.
	retracted bool
	concern   *concern
}

// concern is what an act says for the observations that it holds (C-CDA, concern acts).
type concern struct {
	status    string
	code      *model.Concept
	ids       []model.Identifier
	authors   []model.Reference
	recorded  model.When
	notes     []model.Annotation
	reactions []*xmltree.Element
	said      []string // the act's own words, and comments on it
	modifiers []string
}

// statement is one clinical statement while it is read: an act, an observation, a procedure, a substance administration, a
// supply, an encounter or an organizer. What is asked for by name counts as read; the rest ends as notes.
type statement struct {
	*reader
	scope
	e         *xmltree.Element
	taken     []bool
	mood      string
	status    string
	neg       bool
	notes     []model.Annotation
	modifiers []string
	further   []model.Identifier
	pointers  []model.Identifier // other entries that it names
	doubts    []string           // what of a dosage has no form but words
	struck    int                // words that were struck out and read before this statement was
}

func (r *reader) newStatement(e *xmltree.Element, in scope) *statement {
	s := &statement{reader: r, scope: in, e: e, taken: make([]bool, len(e.Nodes)), mood: e.Attr("moodCode"), struck: r.words.struck}
	s.standalone()
	r.maskedRelations(e)
	s.about = r.subjectOf(e, in.about)
	s.take("subject")
	s.status = s.one("statusCode").Attr("code")
	s.negation()
	if f := e.Attr("nullFlavor"); f != "" {
		s.note("nullFlavor", flavor(e).Show())
		s.modifiers = append(s.modifiers, "nullFlavor")
	}
	return s
}

// negation reads whether it did not happen. What stands in a statement that did not happen did not either; two
// negations one inside the other may mean either.
func (s *statement) negation() {
	switch attr(s.e, "negationInd") {
	case "true", "1":
		s.neg = true
		if s.scope.negated {
			s.modifiers = append(s.modifiers, "negationInd")
		}
		return
	case "", "false", "0":
	default: // it says something of whether it happened that nobody understands
		s.note("negationInd", "not understood")
		s.modifiers = append(s.modifiers, "negationInd")
	}
	s.neg = s.scope.negated
}

// one takes the first child of a name.
func (s *statement) one(local string) *xmltree.Element {
	for i := range s.e.Nodes {
		if c := s.e.Nodes[i].Element; c != nil && c.Local == local {
			s.taken[i] = true
			return c
		}
	}
	return nil
}

// all takes every child of a name.
func (s *statement) all(local string) []*xmltree.Element {
	var out []*xmltree.Element
	for i := range s.e.Nodes {
		if c := s.e.Nodes[i].Element; c != nil && c.Local == local {
			s.taken[i] = true
			out = append(out, c)
		}
	}
	return out
}

// take counts the children of these names as read.
func (s *statement) take(locals ...string) {
	for i := range s.e.Nodes {
		if c := s.e.Nodes[i].Element; c != nil && slices.Contains(locals, c.Local) {
			s.taken[i] = true
		}
	}
}

// note keeps words beside what is made of the statement.
func (s *statement) note(name, words string) {
	if words = strings.TrimSpace(words); words == "" || len(s.notes) >= mostNotes {
		return
	}
	if name != "" {
		words = name + ": " + words
	}
	s.notes = append(s.notes, model.Annotation{Text: words})
}

// mostNotes bounds the notes of one statement.
const mostNotes = 60

// has reports a template among those of an element.
func has(e *xmltree.Element, roots ...string) bool {
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		if c == nil || c.Local != "templateId" {
			continue
		}
		if root := c.Attr("root"); slices.Contains(roots, root) {
			return true
		}
	}
	return false
}

// wording takes the statement's own words, for an element that has a place for them.
func (s *statement) wording() string {
	words, _ := s.words.told(s.one("text"))
	return words
}

// spare keeps the statement's own words as a note, unless they were read or stand in the narrative anyway.
func (s *statement) spare() {
	for i := range s.e.Nodes {
		if c := s.e.Nodes[i].Element; c != nil && c.Local == "text" && !s.taken[i] {
			s.taken[i] = true
			if words, narrated := s.words.told(c); !narrated {
				s.note("", words)
			}
		}
	}
}

// finish puts on a resource what every statement carries, and hands it over. It is called last: what nobody has read by
// then is a note.
func (s *statement) finish(resourceType string, resource model.Resource) *model.Reference {
	h := resource.Header()
	s.known(h, s.identifiers(s.all("id")))
	s.known(h, s.further)
	s.spare()
	if s.words.struck > s.struck {
		s.note("", "words that this was taken from are struck out in the document")
	}
	h.Subject, h.Meta = s.reference(s.about), s.meta
	h.Origin = s.origin()
	for i := range s.pointers {
		h.Extension = append(h.Extension, model.Extension{URL: "relatedEntry", Value: referenceValue(&model.Reference{Identifier: &s.pointers[i]})})
	}
	if s.concern != nil {
		s.known(h, s.concern.ids)
		s.modifiers = append(s.modifiers, s.concern.modifiers...)
	}
	if s.words.struck > s.struck {
		s.modifiers = append(s.modifiers, "revised")
	}
	if len(s.modifiers) > 0 {
		h.Unread = &model.Unread{Modifiers: s.modifiers}
	}
	ref := s.add(resourceType, resource, s.e)
	if s.list != nil {
		*s.list = append(*s.list, *ref)
	}
	return ref
}

// known adds identifiers that a resource does not have yet: an act and what it holds often share theirs.
func (s *statement) known(h *model.Head, ids []model.Identifier) {
	for i := range ids {
		if !slices.ContainsFunc(h.Identifier, func(have model.Identifier) bool { return keyOf(&have) == keyOf(&ids[i]) }) {
			h.Identifier = append(h.Identifier, ids[i])
		}
	}
}

// origin is what the document says around the statement.
func (s *statement) origin() *model.Origin {
	o := &model.Origin{Heading: s.title, Custodian: s.custodian, Negated: s.neg}
	list := s.all("author")
	o.Authors = s.actorsOf(list)
	for _, a := range list {
		if w := moment(a.Child("time")); w != "" && o.Recorded == "" {
			o.Recorded = w
		}
	}
	if c := s.concern; c != nil {
		if len(o.Authors) == 0 {
			o.Authors = c.authors
		}
		if o.Recorded == "" {
			o.Recorded = c.recorded
		}
		s.notes = append(s.notes, c.notes...)
	}
	if len(o.Authors) == 0 {
		o.Authors = s.author
	}
	s.rest()
	o.Notes = s.notes
	return o
}

// retract is the status of something that was taken back, else the one given.
func (s *statement) retract(status string) string {
	if s.isRetracted() {
		return retracted
	}
	return status
}

const retracted = "entered-in-error"

func (s *statement) isRetracted() bool { return s.scope.retracted || s.status == "nullified" }

// inside is the scope of what stands in the statement, once it has become a resource.
func (s *statement) inside(self *model.Reference, role string) scope {
	return scope{heading: s.heading, parent: self, role: role, negated: s.neg, retracted: s.isRetracted()}
}
