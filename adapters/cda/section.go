package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// section reads a section with those inside of it into list.
func (r *reader) section(c *model.Composition, list *[]model.Section, s *xmltree.Element, outer heading) {
	r.facts.Sections++
	h := r.headingOf(s, outer)
	out := model.Section{Title: squeeze(s.Child("title").Text()), Code: r.concept(s.Child("code")), Author: r.authorsOf(s), Text: r.words.narrative(s.Child("text"))}
	out.EmptyReason = emptyReason(s)
	h.list = &out.Entry
	if h.about.other {
		aboutAnother(&out, h.about)
	}
	for i := range s.Nodes {
		if e := s.Nodes[i].Element; e != nil && e.Local == "entry" {
			r.entry(e, h)
		}
	}
	for _, component := range s.Children("component") {
		for _, inner := range component.Children("section") {
			r.section(c, &out.Section, inner, h)
		}
	}
	*list = append(*list, out)
}

// aboutAnother keeps the words of a section about another person from standing under one of the patient's headings.
func aboutAnother(s *model.Section, who subject) {
	s.Title = strings.TrimSpace("About another person (" + who.words + "): " + s.Title)
	s.Code = nil
}

// emptyReason is why a section says nothing (nullFlavor). "Masked" and "not asked" have words of their own in FHIR
// (list-empty-reason); any other stays what it is.
func emptyReason(s *xmltree.Element) *model.Concept {
	c := flavor(s)
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
	if !found {
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
