package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// allergy reads an allergy or intolerance observation: what the patient reacts to, how, how badly, and whether the
// document says that there is none.
func (s *statement) allergy() *model.Reference {
	out := &model.AllergyIntolerance{}
	s.allergyTimes(out, s.one("effectiveTime"))
	rels := s.relations()
	if turned := s.turned(rels); turned != nil {
		return s.turnedAllergy(turned, rels)
	}
	kind := s.one("value")
	value := s.name(kind)
	s.unusual()
	s.kindOfAllergy(out, kind, value)
	s.take("code")
	found := s.agents()
	s.alike(found, s.all("value"))
	s.sayDenied(found, kind, rels)
	out.Code = s.allergen(found, value)
	var others []relation
	var told []*model.Concept
	for _, x := range rels {
		switch {
		case x.isDisowned() && (x.isSmall() || x.isReaction()):
			s.disown(x)
		case x.isStatus():
			told = append(told, s.statusOf(x))
		case is(x.code(), codeCriticality):
			out.Criticality = criticality(x.value())
			s.note("criticality", s.answerWords(x))
		case x.isReaction():
			out.Reaction = append(out.Reaction, s.reaction(x.e))
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	if c := s.concern; c != nil {
		for _, e := range c.reactions {
			out.Reaction = append(out.Reaction, s.reaction(e))
		}
	}
	out.ClinicalStatus = s.clinicalStatus(s.agreed(told), s.e.Child("effectiveTime"))
	out.Verification = s.verification()
	if s.unreadable(out, found, kind) {
		s.nested(nil, others)
		return nil
	}
	s.none(out, kind, found)
	s.allergyPeople(out)
	ref := s.finish("AllergyIntolerance", out)
	s.everyAgent(out, found)
	s.nested(ref, others)
	return ref
}

// turned finds an allergy of which the statement itself is the manifestation: CDA's own reading of MFST, which C-CDA
// turns round (inversionInd).
func (s *statement) turned(rels []relation) *relation {
	if has(s.e, allergyTemplates...) || s.e.Child("value") != nil || s.e.Child("participant") != nil {
		return nil
	}
	for i := range rels {
		if x := &rels[i]; x.typeCode == "MFST" && !x.inverted && !has(x.e, reactionTemplates...) && x.e.Local == "observation" {
			return x
		}
	}
	return nil
}

func (s *statement) turnedAllergy(x *relation, rels []relation) *model.Reference {
	inner := s.newStatement(x.e, s.scope)
	inner.concern = &concern{}
	if self := (relation{e: s.e}); self.isDisowned() {
		inner.disown(self)
	} else {
		inner.concern.reactions = []*xmltree.Element{s.e}
	}
	inner.further = s.identifiers(s.all("id"))
	ref := inner.allergy()
	var others []relation
	for _, y := range rels {
		if y.e != x.e && !y.isSmall() {
			others = append(others, y)
		}
	}
	s.nested(ref, others)
	return ref
}

// reaction reads a manifestation, with its severity and when it was.
func (s *statement) reaction(e *xmltree.Element) model.Reaction {
	in := s.newStatement(e, s.scope)
	out := model.Reaction{Onset: beginning(in.one("effectiveTime"))}
	code, value := in.one("code"), in.one("value")
	c := s.concept(value)
	if c == nil && !is(code, "ASSERTION") {
		c = s.concept(code)
	}
	if c != nil {
		out.Manifestation = []model.Concept{*c}
	}
	if words := in.wording(); words != c.Show() {
		out.Description = words
	}
	in.take("id", "author", "participant")
	for _, x := range in.relations() {
		switch {
		case x.e == s.e: // the allergy that this manifests
		case x.isSmall() && x.isDisowned():
			in.disown(x)
		case x.isSeverity():
			out.Severity = severity(x.value(), s.answerWords(x))
		case !in.absorb(x):
			in.note(x.e.Local, s.inWords(x.e))
		}
	}
	in.rest()
	out.Note = in.notes
	return out
}

// severities are the words of FHIR for how bad a reaction was, by code: SNOMED CT, and HL7's. What lies between keeps
// its own words. Read only.
var severities = map[string]string{
	"255604002": "mild", "L": "mild", "6736007": "moderate", "M": "moderate", "24484000": "severe", "H": "severe",
}

func severity(e *xmltree.Element, words string) string {
	if w := severities[e.Attr("code")]; w != "" {
		return w
	}
	return words
}

// criticality is in FHIR's words (HL7 v3 ObservationValue: CRITH, CRITL, CRITU).
func criticality(e *xmltree.Element) string {
	switch e.Attr("code") {
	case "CRITH":
		return "high"
	case "CRITL":
		return "low"
	case "CRITU":
		return "unable-to-assess"
	}
	return ""
}

func (s *statement) allergyPeople(out *model.AllergyIntolerance) {
	if told := s.actorsOf(s.all("informant")); len(told) > 0 {
		out.Asserter = &told[0]
	}
	out.Recorded = s.writtenAt()
}

// writtenAt is when the statement's own author wrote it, else its concern's.
func (s *statement) writtenAt() model.When {
	for _, a := range s.e.Children("author") {
		if w := moment(a.Child("time")); w != "" {
			return w
		}
	}
	if s.concern != nil {
		return s.concern.recorded
	}
	return ""
}

// verification says that something was taken back, or is denied.
func (s *statement) verification() *model.Concept {
	switch {
	case s.isRetracted():
		return &model.Concept{Coding: []model.Coding{{Code: retracted}}}
	case s.neg:
		return &model.Concept{Coding: []model.Coding{{Code: "refuted"}}}
	}
	return nil
}

// allergyTimes reads when it began, and when it ended if it did.
func (s *statement) allergyTimes(out *model.AllergyIntolerance, e *xmltree.Element) {
	s.edges(e)
	if w := beginning(e); w != "" {
		out.Onset = model.TextValue("DateTime", string(w))
	}
	end := ending(e)
	if end == "" {
		return
	}
	out.Extension = append(out.Extension, model.Extension{
		URL:       "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-AllergyIntoleranceEnd",
		Extension: []model.Extension{{URL: "endDate", Value: model.TextValue("DateTime", string(end))}},
	})
}
