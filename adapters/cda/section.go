package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// section reads a section with those inside of it into list.
func (r *reader) section(c *model.Composition, list *[]model.Section, s *xmltree.Element, outer heading) {
	r.facts.Sections++
	around := r.words.here
	r.words.here = s
	h := r.headingOf(s, outer)
	out := model.Section{Title: squeeze(s.Child("title").Text()), Code: r.concept(s.Child("code")), Author: r.authorsOf(s), Text: r.words.narratives(s)}
	out.EmptyReason = emptyReason(s)
	r.masked(s, &out, h)
	h.list = &out.Entry
	h.told(&out)
	if h.about.other {
		aboutAnother(&out, h.about)
	}
	r.inside(c, &out, s, h)
	r.words.here = around
	*list = append(*list, out)
}

// inside reads what stands in a section or in one of its components: entries first, so that they come before those of
// the sections in it.
func (r *reader) inside(c *model.Composition, out *model.Section, e *xmltree.Element, h heading) {
	for i := range e.Nodes {
		if x := e.Nodes[i].Element; x != nil && (x.Local == "entry" || isStatement(x.Local)) {
			r.entry(x, h)
		}
	}
	for i := range e.Nodes {
		x := e.Nodes[i].Element
		switch {
		case x == nil, x.Local == "entry", isStatement(x.Local), x.Local == "text":
		case x.Local == "section":
			r.section(c, &out.Section, x, h)
		case x.Local == "component", x.Local == "structuredBody":
			if isMasked(x) {
				r.withhold(x)
			}
			r.inside(c, out, x, h)
		case holdsClinical(x):
			r.unread(x, scope{heading: h})
		}
	}
}

// unread reports an element of a body that nobody knows, and that holds what looks like sections or entries.
func (r *reader) unread(e *xmltree.Element, in scope) {
	r.facts.Entries++
	r.unknown(e, in)
}

// holdsClinical reports an element that is, or has inside of it, what looks like a section, an entry or a statement, of
// whatever namespace.
func holdsClinical(e *xmltree.Element) bool {
	local := strings.TrimPrefix(e.Local, foreign)
	if isStatement(local) || isPart(local) {
		return true
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && holdsClinical(c) {
			return true
		}
	}
	return false
}

// aboutAnother keeps the words of a section about another person from standing under one of the patient's headings.
func aboutAnother(s *model.Section, who subject) {
	s.Title = strings.TrimSpace("About another person (" + who.words + "): " + s.Title)
	s.Code = nil
}

// emptyReason is why a section says nothing (nullFlavor). "Masked" and "not asked" have words of their own in FHIR
// (list-empty-reason); any other stays what it is.
func emptyReason(s *xmltree.Element) *model.Concept {
	return emptyReasonOf(s.Attr("nullFlavor"))
}

func emptyReasonOf(code string) *model.Concept {
	c := flavorOf(code)
	if c == nil {
		return nil
	}
	const reasons = "http://terminology.hl7.org/CodeSystem/list-empty-reason"
	switch c.Coding[0].Code {
	case "MSK":
		c.Coding = append([]model.Coding{{System: reasons, Code: "withheld", Display: "Information Withheld"}}, c.Coding...)
	case "NASK":
		c.Coding = append([]model.Coding{{System: reasons, Code: "notasked", Display: "Not Asked"}}, c.Coding...)
	}
	return c
}

// entry reads one entry of a section: the clinical statement in it.
func (r *reader) entry(e *xmltree.Element, h heading) {
	if isStatement(e.Local) {
		r.facts.Entries++
		r.dispatch(r.newStatement(e, scope{heading: h}))
		return
	}
	found := false
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		if c == nil || isFrame(c.Local) {
			continue
		}
		found = true
		r.facts.Entries++
		r.dispatch(r.newStatement(c, scope{heading: h}))
	}
	if isMasked(e) {
		r.withhold(e)
	}
	if !found && !isMasked(e) {
		r.facts.Entries++
		r.unknown(e, scope{heading: h})
	}
}

// isFrame reports elements that say what a thing conforms to and nothing of the patient.
func isFrame(local string) bool {
	switch local {
	case "templateId", "realmCode", "typeId", "contextConductionInd", "seperatableInd", "sequenceNumber":
		return true
	}
	return false
}
