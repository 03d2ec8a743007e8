package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// problem reads a problem or diagnosis.
func (s *statement) problem() *model.Reference {
	out := &model.Condition{BodySite: s.concepts(s.all("targetSiteCode"))}
	s.problemTimes(out, s.one("effectiveTime"))
	s.unusual()
	code := s.one("code")
	out.Code = s.problemCode(code, out)
	var others []relation
	var told []*model.Concept
	for _, x := range s.relations() {
		switch {
		case x.isSmall() && x.isDisowned():
			s.disown(x)
		case x.isStatus():
			told = append(told, s.statusOf(x))
		case x.isSeverity():
			out.Severity = s.concept(x.value())
		case is(x.code(), codeAge, codeAgeOlder) && !out.Onset.IsSet():
			out.Onset = s.age(x)
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	out.ClinicalStatus, out.Verification = s.clinicalStatus(s.agreed(told), s.e.Child("effectiveTime")), s.verification()
	if who := s.actorsOf(s.all("informant")); len(who) > 0 {
		out.Asserter = &who[0]
	}
	out.Recorded = s.writtenAt()
	ref := s.finish("Condition", out)
	s.nested(ref, others)
	return ref
}

// problemCode is the value, else the code where that names the problem itself. A code that says what sort of problem it
// is, and what the act around it says of that, are categories.
func (s *statement) problemCode(code *xmltree.Element, out *model.Condition) *model.Concept {
	if c := s.concern; c != nil && c.code != nil && !c.code.HasCode("CONC") {
		out.Category = append(out.Category, *c.code)
	}
	values := s.all("value")
	for _, v := range values[min(1, len(values)):] {
		s.note("also", s.name(v).Show())
	}
	kind := s.concept(code)
	if is(code, "ASSERTION") {
		kind = nil
	}
	if len(values) > 0 {
		if kind != nil {
			out.Category = append(out.Category, *kind)
		}
		if c := s.name(values[0]); c != nil {
			return c
		}
		if f := flavor(values[0]); f != nil {
			s.note("value", f.Show())
		}
	} else if kind != nil {
		return kind
	}
	if words := s.wording(); words != "" {
		return &model.Concept{Text: words}
	}
	return nil
}

// problemTimes reads when it began and ended. A moment is when it began.
func (s *statement) problemTimes(out *model.Condition, e *xmltree.Element) {
	s.edges(e)
	if w := beginning(e); w != "" {
		out.Onset = model.TextValue("DateTime", string(w))
	}
	if w := ending(e); w != "" {
		out.Abatement = model.TextValue("DateTime", string(w))
	}
}

func (s *statement) age(x relation) model.Value {
	if q := s.amount(x.value()); q != nil {
		return model.NodeValue("Age", q)
	}
	return wordsValue(s.answerWords(x))
}
