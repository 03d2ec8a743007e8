package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// agents are what an entry names as that to which the patient reacts.
type agents struct {
	named []agentNamed
	// denied is the code for the absence that words state in place of a name.
	denied string
	// hidden says that something stands there which cannot be read; lost, that it is more than a reason for that; masked,
	// that it was taken out.
	hidden, lost, masked bool
}

type agentNamed struct {
	concept *model.Concept
	from    *xmltree.Element
}

// agents reads the participants that are consumed.
func (s *statement) agents() *agents {
	a := &agents{}
	for _, p := range s.all("participant") {
		if p.Attr("typeCode") == "SBJ" {
			continue
		}
		c := s.agent(p)
		if c == nil {
			a.conceal(p)
			continue
		}
		if code := deniedBy[strings.Join(plainWords(c.Text), " ")]; s.neg && len(c.Coding) == 0 && code != "" {
			a.denied = code
			s.note("", c.Text)
			continue
		}
		if s.neg && startsDenied(c) {
			s.modifiers = append(s.modifiers, "negationInd")
		}
		a.named = append(a.named, agentNamed{c, p})
	}
	return a
}

// startsDenied reports words that deny something themselves, in an entry that is denied: the two may mean either.
func startsDenied(c *model.Concept) bool {
	first := plainWords(c.Text)
	if len(c.Coding) > 0 || len(first) == 0 {
		return false
	}
	switch first[0] {
	case "no", "not", "none", "nil", "nka", "nkda":
		return true
	}
	return false
}

// agent is what a participant names, wherever in it that stands.
func (s *statement) agent(p *xmltree.Element) *model.Concept {
	role := p.Child("participantRole")
	var first *model.Concept
	for _, place := range [...]string{"playingEntity", "playingDevice", "scopingEntity"} {
		if first = s.entity(role.Child(place)); first != nil {
			return first
		}
	}
	return s.concept(role.Child("code"))
}

func (s *statement) entity(e *xmltree.Element) *model.Concept {
	if e == nil {
		return nil
	}
	c := s.concept(e.Child("code"))
	words := squeeze(e.Child("name").Text())
	if words == "" && c == nil {
		words = s.words.text(e.Child("desc"))
	}
	if words == "" {
		return c
	}
	if c == nil {
		c = &model.Concept{}
	}
	if c.Text == "" {
		c.Text = words
	}
	return c
}

// conceal looks for something in a participant of which no name could be read. "Not applicable" says that there is none.
func (a *agents) conceal(e *xmltree.Element) {
	f := e.Attr("nullFlavor")
	a.masked = a.masked || f == "MSK"
	a.hidden = a.hidden || f != "" && f != "NA" && e.Local != "id" || a.masked
	for _, name := range [...]string{"code", "displayName", "value", "extension"} {
		a.lost = a.lost || e.Attr(name) != ""
	}
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		switch {
		case c == nil:
			a.lost = a.lost || strings.TrimSpace(e.Nodes[i].Text) != ""
		case !isFrame(c.Local):
			a.conceal(c)
		}
	}
	a.hidden = a.hidden || a.lost
}

// allergen is what the patient reacts to: an agent, else the value, else the code, else what the entry says.
func (s *statement) allergen(a *agents, value *model.Concept) *model.Concept {
	if len(a.named) > 0 {
		return a.named[0].concept
	}
	if value != nil {
		return value
	}
	if code := s.one("code"); !is(code, "ASSERTION") {
		if c := s.concept(code); c != nil {
			return c
		}
	}
	if words := s.wording(); words != "" {
		return &model.Concept{Text: words}
	}
	return nil
}

// alike takes what several values name, where no participant names anything.
func (s *statement) alike(a *agents, values []*xmltree.Element) {
	if len(values) < 2 {
		return
	}
	if len(a.named) > 0 {
		for _, v := range values[1:] {
			s.note("also", s.name(v).Show())
		}
		return
	}
	for _, v := range values {
		if _, kind := kindOfValue(v); kind {
			continue
		}
		if c := s.name(v); c != nil {
			a.named = append(a.named, agentNamed{c, v})
		}
	}
}

// unreadable leaves a gap for an allergy whose allergen cannot be read. It reports whether nothing of it is to be
// delivered: the kind of what is denied would be read as a denial of all of its kind.
func (s *statement) unreadable(out *model.AllergyIntolerance, a *agents, value *xmltree.Element) bool {
	_, kind := kindOfValue(value)
	if len(a.named) > 0 || out.Code != nil && !(kind && (a.masked || a.lost || s.neg && a.hidden)) {
		return false
	}
	if a.masked || isMasked(value) {
		s.withhold(s.e)
	} else {
		s.unknown(s.e, s.scope)
	}
	return s.neg || out.Code == nil && len(out.Reaction) == 0
}

// everyAgent makes an allergy of each agent behind the first: the same entry says all of it of each of them.
func (s *statement) everyAgent(out *model.AllergyIntolerance, a *agents) {
	for i := 1; i < len(a.named); i++ {
		more := *out
		more.Code = a.named[i].concept
		from := a.named[i].from
		if from == nil {
			from = s.e
		}
		ref := s.add("AllergyIntolerance", &more, from)
		if s.list != nil {
			*s.list = append(*s.list, *ref)
		}
	}
}
