package cda

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
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
		if x := (relation{typeCode: c.Attr("typeCode"), denied: isDenied(c), e: c.Child("observation")}); x.e != nil && !x.isSmall() {
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
		case x.isDisowned() && (x.isSmall() || x.isReaction()):
			s.disown(x)
		case x.typeCode == "MFST" && len(main) == 1:
			c.reactions = append(c.reactions, x.e)
		case !s.absorb(x):
			others = append(others, x)
		case x.isComment():
			c.said = append(c.said, s.words.text(x.e.Child("text")))
		}
	}
	c.said = append(c.said, s.words.text(s.e.Child("text")))
	s.spare()
	s.rest()
	c.notes = s.notes
	var first *model.Reference
	for _, x := range main {
		in := s.scope
		in.concern, in.negated, in.retracted, in.about = c, s.neg || x.denied, s.isRetracted(), s.about
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
// is not says of the thing itself is left open: older documents complete every act. So is what a concern that is active
// says of an observation which was broken off, or has an end.
func (s *statement) clinicalStatus(told *model.Concept, at *xmltree.Element) *model.Concept {
	switch {
	case told != nil:
		return told
	case s.neg, s.concern == nil, s.concern.status != "active": // what is denied is not active
	case s.isBrokenOff(), hasEnd(at):
		s.note("status of the concern", s.concern.status)
	default:
		return statusConcept("active", nil)
	}
	return nil
}

// isBrokenOff reports an entry whose own status says that it no longer stands.
func (s *statement) isBrokenOff() bool {
	switch s.status {
	case "aborted", "cancelled", "obsolete", "suspended", "held":
		return true
	}
	return false
}

// hasEnd reports an interval with an end, be it one that nobody knows (C-CDA, Problem Observation: over, unknown when).
func hasEnd(at *xmltree.Element) bool {
	high := at.Child("high")
	return high.Attr("value") != "" || high.Attr("nullFlavor") == "UNK"
}

// agreed is the status that all who tell one tell. Where they contradict each other, it is the more alarming; without
// one, none of them. All are kept.
func (s *statement) agreed(told []*model.Concept) *model.Concept {
	told = slices.DeleteFunc(told, func(c *model.Concept) bool { return c == nil })
	if len(told) == 0 {
		return nil
	}
	same := true
	for _, c := range told {
		same = same && c.Code() == told[0].Code()
	}
	if same {
		return told[0]
	}
	s.modifiers = append(s.modifiers, "clinicalStatus")
	var worst *model.Concept
	for _, c := range told {
		s.note("status, one of several that contradict each other", c.Show())
		if code := c.Code(); worst == nil && (code == "active" || code == "recurrence" || code == "relapse") {
			worst = c
		}
	}
	return worst
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
