package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// isConcern reports an act that stands around observations and says since when, and by whom, they are of concern.
func (s *statement) isConcern() bool {
	if !s.happened() || len(s.observations()) == 0 {
		return false
	}
	return has(s.e, concernActs...) || has(s.e, allergyActs...) || is(s.e.Child("code"), "CONC", "48765-2", "11450-4") ||
		s.kind == kindAllergies || s.kind == kindProblems
}

// observations are what the act stands around.
func (s *statement) observations() []relation {
	var out []relation
	for i := range s.e.Nodes {
		c := s.e.Nodes[i].Element
		if c == nil || c.Local != "entryRelationship" || c.Attr("typeCode") == "MFST" {
			continue
		}
		if x := (relation{typeCode: c.Attr("typeCode"), e: c.Child("observation")}); x.e != nil && !x.isSmall() {
			out = append(out, x)
		}
	}
	return out
}

// isSmall reports an observation that says something of another.
func (x relation) isSmall() bool {
	return x.isStatus() || x.isSeverity() || x.isComment() || is(x.code(), codePreference, codeRank, codeAge, codeAgeOlder, codeCriticality)
}

// unwrap reads the observations of a concern. What else the act says goes with each of them.
func (s *statement) unwrap() *model.Reference {
	main := s.observations()
	c := s.ofConcern(len(main) == 1)
	var others []relation
	for _, x := range s.relations() {
		switch {
		case contains(main, x):
		case x.typeCode == "MFST" && len(main) == 1:
			c.reactions = append(c.reactions, x.e)
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	s.spare()
	s.rest()
	c.notes = s.notes
	var first *model.Reference
	for _, x := range main {
		in := s.scope
		in.concern, in.negated, in.retracted, in.about = c, s.neg, s.isRetracted(), s.about
		if ref := s.dispatch(s.newStatement(x.e, in)); first == nil {
			first = ref
		}
	}
	s.nested(first, others)
	return first
}

func contains(list []relation, x relation) bool {
	for _, y := range list {
		if y.e == x.e {
			return true
		}
	}
	return false
}

// ofConcern takes what an act says for the observations in it. Its identifiers are theirs only where there is one.
func (s *statement) ofConcern(single bool) *concern {
	c := &concern{status: s.status, code: s.concept(s.one("code"))}
	if ids := s.identifiers(s.all("id")); single {
		c.ids = ids
	}
	authors := s.all("author")
	c.authors = s.actorsOf(authors)
	for _, a := range authors {
		if w := moment(a.Child("time")); w != "" && c.recorded == "" {
			c.recorded = w
		}
	}
	if at := span(s.one("effectiveTime")); at.IsSet() {
		s.note("of concern since", wordsOf(at))
	}
	if c.status != "" && c.status != "active" && c.status != "nullified" {
		s.note("status of the concern", c.status)
	}
	if len(s.modifiers) > 0 {
		c.modifiers = s.modifiers
	}
	return c
}

// clinicalStatus is the status as an observation of it says, else that of a concern that is active. What a concern that
// is not says of the thing itself is left open: older documents complete every act.
func (s *statement) clinicalStatus(told *model.Concept) *model.Concept {
	switch {
	case told != nil:
		return told
	case s.neg: // what is denied is not active
	case s.concern != nil && s.concern.status == "active":
		return statusConcept("active", nil)
	}
	return nil
}

// statusWords are the statuses by their codes: SNOMED CT, and HL7's. Read only.
var statusWords = map[string]string{
	"55561003": "active", "73425007": "inactive", "413322009": "resolved", "246455001": "recurrence", "277022003": "remission",
	"90734009": "active", "7087005": "active", "255227004": "recurrence", "active": "active", "inactive": "inactive", "resolved": "resolved",
}

// statusOf is the status that a status observation tells, with the code that it was told by.
func (s *statement) statusOf(x relation) *model.Concept {
	told := s.concept(x.value())
	if told == nil {
		return nil
	}
	word := statusWords[told.Code()]
	if word == "" {
		return told
	}
	return statusConcept(word, told)
}

func statusConcept(word string, told *model.Concept) *model.Concept {
	c := &model.Concept{Coding: []model.Coding{{Code: word}}}
	if told != nil {
		c.Coding, c.Text = append(c.Coding, told.Coding...), told.Text
	}
	return c
}
