package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// relativeHistory reads the health of a relative: one observation of it, or an organizer of several. What a relative is
// said not to have is a history of its own, denied.
func (s *statement) relativeHistory() *model.Reference {
	if s.e.Local == "observation" {
		out := s.relativeOf()
		s.condition(out, s)
		return s.relativeDone(out, s.apart())
	}
	out := s.relativeOf()
	var others []relation
	var denied []*statement
	for _, x := range s.relations() {
		inner := s.newStatement(x.e, scope{heading: s.heading, negated: s.neg, retracted: s.isRetracted()})
		switch {
		case x.e.Local != "observation" && s.absorb(x):
		case x.e.Local != "observation":
			others = append(others, x)
		case inner.neg:
			denied = append(denied, inner)
		default:
			s.condition(out, inner)
			inner.all("id")
			inner.spare()
			inner.rest()
			s.conditionNotes(out, inner)
		}
	}
	s.one("code")
	ref := s.relativeDone(out, others)
	for _, inner := range denied {
		one := inner.relativeOf()
		inner.condition(one, inner)
		inner.relativeDone(one, inner.apart())
	}
	return ref
}

// relativeOf begins a history with who the relative is.
func (s *statement) relativeOf() *model.FamilyMemberHistory {
	out := &model.FamilyMemberHistory{}
	related := s.about.related
	out.Relationship = s.conceptOrFlavor(related.Child("code"))
	person := related.Child("subject")
	if person == nil {
		return out
	}
	out.Sex = s.concept(person.Child("administrativeGenderCode"))
	if w := instant(person.Child("birthTime").Attr("value")); w != "" {
		out.Born = model.TextValue("DateTime", string(w))
	}
	out.Deceased = deceased(person)
	if names := s.names(person.Children("name")); len(names) > 0 {
		out.Name = names[0].Text + joinName(names[0])
	}
	return out
}

func joinName(n model.HumanName) string {
	words := ""
	for _, part := range append(append(n.Prefix, n.Given...), n.Family) {
		if part != "" {
			words += " " + part
		}
	}
	return squeeze(words)
}

// condition adds what a relative had. Inner is the observation that says so.
func (s *statement) condition(out *model.FamilyMemberHistory, inner *statement) {
	code, values := inner.one("code"), inner.all("value")
	c := model.FamilyCondition{}
	if len(values) > 0 {
		c.Code = s.concept(values[0])
	}
	if c.Code == nil {
		c.Code = s.concept(code)
	}
	if c.Code == nil {
		if words := inner.wording(); words != "" {
			c.Code = &model.Concept{Text: words}
		}
	}
	if at := span(inner.one("effectiveTime")); at.IsSet() {
		c.Onset = at
	}
	if len(values) > 1 {
		inner.note("also", s.inWords(values[1]))
	}
	s.conditionMore(&c, inner)
	out.Condition = append(out.Condition, c)
}

// conditionMore reads the age at onset, and what came of it.
func (s *statement) conditionMore(c *model.FamilyCondition, inner *statement) {
	for i := range inner.e.Nodes {
		e := inner.e.Nodes[i].Element
		if e == nil || e.Local != "entryRelationship" {
			continue
		}
		x := relation{typeCode: e.Attr("typeCode"), e: e.Child("observation")}
		switch {
		case x.e == nil:
		case is(x.code(), codeAge, codeAgeOlder) || has(x.e, ccda+"31", ccd+"38"):
			inner.taken[i] = true
			s.onsetAge(c, x)
		case x.typeCode == "CAUS":
			inner.taken[i] = true
			c.Outcome = s.outcomeOf(x)
		}
	}
}

// onsetAge is the age at onset; a date that stands there already stays, with the age as a note.
func (s *statement) onsetAge(c *model.FamilyCondition, x relation) {
	if !c.Onset.IsSet() {
		c.Onset = s.age(x)
		return
	}
	c.Note = append(c.Note, model.Annotation{Text: "age at onset: " + s.answerWords(x)})
}

func (s *statement) outcomeOf(x relation) *model.Concept {
	if c := s.concept(x.value()); c != nil {
		return c
	}
	return s.concept(x.e.Child("code"))
}

// conditionNotes puts what else an observation says with the condition that it gave.
func (s *statement) conditionNotes(out *model.FamilyMemberHistory, inner *statement) {
	last := &out.Condition[len(out.Condition)-1]
	last.Note = append(last.Note, inner.notes...)
}

// relativeDone hands a history over. It is the patient's, whoever the relative is.
func (s *statement) relativeDone(out *model.FamilyMemberHistory, others []relation) *model.Reference {
	out.NotDone = model.Unset
	if s.neg {
		out.NotDone = model.True
	}
	out.Head.Status = s.retract(s.status)
	s.about = subject{}
	ref := s.finish("FamilyMemberHistory", out)
	s.nested(ref, others)
	return ref
}
