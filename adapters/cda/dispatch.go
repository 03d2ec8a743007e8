package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// dispatch reads a statement by its act, its mood, its templates and the section that it stands in. It gives what was
// made of it; nil where that is several things, or nothing by itself.
func (r *reader) dispatch(s *statement) *model.Reference {
	s.scope.retracted = s.scope.retracted || r.isVoid()
	if isMasked(s.e) {
		r.withhold(s.e)
		if isBare(s.e) {
			return nil
		}
	}
	switch s.e.Local {
	case "act":
		return s.act()
	case "observation":
		return s.observation()
	case "organizer":
		return s.organizer()
	case "procedure":
		return s.procedure()
	case "substanceAdministration":
		return s.substance()
	case "supply":
		return s.supply()
	case "encounter":
		return s.encounter()
	case "observationMedia", "regionOfInterest":
		return s.picture()
	}
	return r.unknown(s.e, s.scope)
}

// unknown takes an entry that is of no act of the standard. It is reported, and leaves a gap: it might be anything.
func (r *reader) unknown(e *xmltree.Element, in scope) *model.Reference {
	if isMasked(e) {
		r.withhold(e)
		return nil
	}
	r.facts.Unknown++
	return r.add("UnknownEntry", &model.Other{Head: model.Head{Subject: r.reference(in.about)}}, e)
}

// isVoid reports a document that was taken back as a whole (sdtc:statusCode): nothing in it stands.
func (r *reader) isVoid() bool {
	return isDocument(r.root) && documentStatus(r.root.Child("statusCode").Attr("code")) == retracted
}

// isBare reports a statement with nothing in it but what it conforms to and is known by.
func isBare(e *xmltree.Element) bool {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && !isFrame(c.Local) && c.Local != "id" && c.Local != "statusCode" {
			return false
		}
	}
	return true
}

// happened reports the mood of what happened or is; the others are intended, asked for, promised or aimed at.
func (s *statement) happened() bool { return s.mood == "EVN" || s.mood == "" }

func (s *statement) act() *model.Reference {
	switch {
	case s.isConcern():
		return s.unwrap()
	case !s.happened():
		return s.request()
	case s.isPassage():
		return s.passage()
	case s.kind == kindProcedures || has(s.e, procedureTemplates...):
		return s.procedure()
	case s.kind == kindResults:
		return s.report()
	}
	return s.finding()
}

func (s *statement) observation() *model.Reference {
	switch {
	case s.mood == "GOL":
		return s.goal()
	case s.mood == "EVN.CRT": // a criterion
		return s.finding()
	case !s.happened():
		return s.request()
	case s.isAllergy():
		return s.allergy()
	case s.kind == kindFamily || has(s.e, familyTemplates...):
		return s.relativeHistory()
	case s.isProblem():
		return s.problem()
	case s.kind == kindProcedures || has(s.e, procedureTemplates...):
		return s.procedure()
	}
	return s.finding()
}

func (s *statement) organizer() *model.Reference {
	switch {
	case s.kind == kindFamily || has(s.e, familyTemplates...):
		return s.relativeHistory()
	case !s.happened() && s.e.Child("code") == nil && s.e.Child("text") == nil:
		return s.passage()
	case !s.happened():
		return s.request()
	case s.kind == kindResults || has(s.e, reportTemplates...):
		return s.report()
	}
	return s.finding()
}

// isPassage reports an act that says no more than its section: that the medicine in it is one of discharge or admission.
func (s *statement) isPassage() bool {
	if s.e.Child("text") != nil || s.e.Child("id") != nil && s.kind != kindMedications {
		return false
	}
	for _, c := range s.e.Children("entryRelationship") {
		if c.Child("substanceAdministration") == nil {
			return false
		}
	}
	return s.e.Child("entryRelationship") != nil
}

// passage reads what stands in a statement that says nothing itself but that it belongs together.
func (s *statement) passage() *model.Reference {
	for _, x := range s.relations() {
		in := s.scope
		in.negated, in.retracted, in.about = s.neg, s.isRetracted(), s.about
		if authors := s.authorsOf(s.e); len(authors) > 0 {
			in.author = authors
		}
		s.dispatch(s.newStatement(x.e, in))
	}
	return nil
}

// isNamed reports a value that names something, by a code or in words, or none at all.
func (s *statement) isNamed() bool {
	v := s.e.Child("value")
	switch kindOf(v) {
	case "CD", "CE", "CV", "CO", "CS", "SC", "ST", "ED":
		return true
	case "":
		return v.Attr("value") == "" && v.Child("low") == nil && v.Child("high") == nil
	}
	return false
}

// name is what a value names; nil when it names nothing.
func (s *statement) name(e *xmltree.Element) *model.Concept {
	if c := s.concept(e); c != nil || e == nil {
		return c
	}
	if words := s.words.text(e); words != "" {
		return &model.Concept{Text: words}
	}
	return nil
}

// unusual keeps the status of an entry where it is not the one that all have.
func (s *statement) unusual() {
	switch s.status {
	case "", "completed", "nullified":
	default:
		s.note("status of the entry", s.status)
	}
}

func (s *statement) isAllergy() bool {
	if has(s.e, reactionTemplates...) {
		return false
	}
	return has(s.e, allergyTemplates...) || s.kind == kindAllergies && s.isNamed() && !s.isNested()
}

func (s *statement) isProblem() bool {
	if has(s.e, reactionTemplates...) || !s.isNamed() {
		return false
	}
	return has(s.e, problemTemplates...) || s.e.Attr("classCode") == "COND" || (s.kind == kindProblems || s.concern != nil) && !s.isNested()
}

// isNested reports a statement that stands in one that became something itself.
func (s *statement) isNested() bool { return s.parent != nil }

// nested reads what stands in a statement, once that has become a resource.
func (s *statement) nested(self *model.Reference, list []relation) []model.Reference {
	var out []model.Reference
	for _, x := range list {
		in := s.inside(self, x.typeCode)
		in.negated = in.negated || x.denied
		if ref := s.dispatch(s.newStatement(x.e, in)); ref != nil {
			out = append(out, *ref)
		}
	}
	return out
}

// apart parts what says something of the statement itself from the statements that stand in it.
func (s *statement) apart() []relation {
	var out []relation
	for _, x := range s.relations() {
		if !s.absorb(x) {
			out = append(out, x)
		}
	}
	return out
}
