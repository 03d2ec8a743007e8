package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// report reads a group of results: an organizer, or the act that IHE's laboratory reports put around one.
func (s *statement) report() *model.Reference {
	out := &model.DiagnosticReport{Category: s.category(), Code: s.concept(s.one("code")), Effective: span(s.one("effectiveTime"))}
	out.Head.Status = s.retract(resultStatus(s.status))
	if out.Code == nil {
		out.Code = s.unnamed(s.e.Child("code"))
	}
	for _, e := range s.all("specimen") {
		if ref := s.specimen(e); ref != nil {
			out.Specimen = append(out.Specimen, *ref)
		}
	}
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil {
			out.Performer = append(out.Performer, model.Agent{Actor: who})
		}
	}
	s.informants()
	rels := s.apart()
	ref := s.finish("DiagnosticReport", out)
	for _, x := range rels {
		made := s.dispatch(s.newStatement(x.e, s.inside(ref, x.typeCode)))
		if made != nil && x.e.Local == "observation" {
			out.Result = append(out.Result, *made)
		}
	}
	return ref
}

// picture reads a picture that the document carries or points at. Its content stays in the document.
func (s *statement) picture() *model.Reference {
	out := &model.General{Code: s.concept(s.one("code"))}
	value := s.one("value")
	out.Description = "picture in the document"
	if t := value.Attr("mediaType"); t != "" {
		out.Description += ", " + t
	}
	out.Head.Status = s.retract("")
	rels := s.apart()
	ref := s.finish("Media", out)
	s.nested(ref, rels)
	return ref
}
