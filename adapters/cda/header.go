package cda

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// header reads what stands before the body into the document's own resource.
func (r *reader) header(c *model.Composition) {
	r.patients()
	r.custodian = r.organisation(r.root.At("custodian", "assignedCustodian", "representedCustodianOrganization"))
	s := &statement{reader: r, e: r.root, taken: make([]bool, len(r.root.Nodes))}
	s.take("recordTarget", "component", "languageCode")
	r.identify(c, s)
	c.Type, c.Title, c.Date = r.concept(s.one("code")), squeeze(s.one("title").Text()), moment(s.one("effectiveTime"))
	c.Author, c.Custodian = r.actorsOf(s.all("author")), r.custodian
	s.take("custodian")
	r.authors = c.Author
	r.confidentiality(c, s)
	r.related(c, s)
	c.Encounter = r.encompassing(s)
	c.Subject, c.Status = r.patient, documentStatus(s.one("statusCode").Attr("code"))
	r.practice(s)
	r.witnesses(s)
	s.rest()
	c.Origin = &model.Origin{Custodian: r.custodian, Notes: s.notes}
}

// identify gives the document its identifiers: its own first, then those by which it was listed, then its set's.
func (r *reader) identify(c *model.Composition, s *statement) {
	c.Identifier = r.identifiers([]*xmltree.Element{s.one("id")})
	for _, listed := range r.options.Listed {
		if !slices.ContainsFunc(c.Identifier, func(have model.Identifier) bool { return keyOf(&have) == keyOf(&listed) }) {
			c.Identifier = append(c.Identifier, listed)
		}
	}
	if set := r.identifier(s.one("setId")); set != nil {
		set.Type = &model.Concept{Text: "set of versions"}
		c.Identifier = append(c.Identifier, *set)
	}
	if v := s.one("versionNumber").Attr("value"); v != "" {
		c.Meta = &model.Meta{VersionID: v}
	}
}

func (r *reader) confidentiality(c *model.Composition, s *statement) {
	code := r.concept(s.one("confidentialityCode"))
	if code == nil {
		return
	}
	c.Confidence = code.Code()
	if c.Meta == nil {
		c.Meta = &model.Meta{}
	}
	c.Meta.Security = code.Coding
}

// documentStatus is what a document says of itself (sdtc:statusCode), which few do.
func documentStatus(code string) string {
	switch code {
	case "completed":
		return "final"
	case "active":
		return "preliminary"
	case "nullified":
		return retracted
	}
	return code
}

// relations are what a document is to another (CDA R2, relatedDocument). Read only.
var relations = map[string]string{"RPLC": "replaces", "APND": "appends", "XFRM": "transforms"}

func (r *reader) related(c *model.Composition, s *statement) {
	for _, e := range s.all("relatedDocument") {
		code := relations[e.Attr("typeCode")]
		parent := e.Child("parentDocument")
		for _, id := range r.identifiers(append(parent.Children("id"), parent.Children("setId")...)) {
			c.RelatesTo = append(c.RelatesTo, model.RelatesTo{Code: code, ID: &id})
			if code == "replaces" {
				r.replaces = append(r.replaces, id)
			}
		}
	}
}

// practice takes the patient's own general practitioner from those who provide the care that is documented.
func (r *reader) practice(s *statement) {
	for _, e := range s.all("documentationOf") {
		event := e.Child("serviceEvent")
		for _, p := range event.Children("performer") {
			who := r.actorOf(p)
			if patient := r.patientResource(); who != nil && patient != nil && is(p.Child("functionCode"), "PCP", "PP") {
				patient.GP = append(patient.GP, *who)
			}
		}
		s.note("documentationOf", r.inWords(e))
	}
}

func (r *reader) patientResource() *model.Patient {
	if r.patient == nil {
		return nil
	}
	for i := range r.bundle.Entry {
		if p, ok := r.bundle.Entry[i].Resource.Resource.(*model.Patient); ok {
			return p
		}
	}
	return nil
}

// witnesses makes those who signed the document or told what stands in it, so that entries can name them by their
// identifiers.
func (r *reader) witnesses(s *statement) {
	for _, name := range [...]string{"legalAuthenticator", "authenticator", "informant", "dataEnterer"} {
		for _, e := range s.all(name) {
			r.actorOf(e)
			s.note(name, r.inWords(e))
		}
	}
}
