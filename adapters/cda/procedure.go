package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// procedure reads something that was done, or was not, whatever act it is written as.
func (s *statement) procedure() *model.Reference {
	if !s.happened() {
		return s.request()
	}
	out := &model.Procedure{
		Code: s.concept(s.one("code")), Performed: span(s.one("effectiveTime")), BodySite: s.concepts(s.all("targetSiteCode")),
	}
	if out.Code == nil {
		out.Code = s.unnamed(s.e.Child("code"))
	}
	out.Head.Status = s.retract(procedureStatus(s.status))
	if s.neg {
		out.NotDone = model.True
	}
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil {
			out.Performer = append(out.Performer, model.Agent{Actor: who})
		}
	}
	s.procedureValue()
	s.procedurePlaces(out)
	rels := s.procedureReasons(out)
	if told := s.actorsOf(s.all("informant")); len(told) > 0 {
		out.Asserter = &told[0]
	}
	if s.parent != nil {
		out.PartOf = []model.Reference{*s.parent}
	}
	ref := s.finish("Procedure", out)
	s.nested(ref, rels)
	return ref
}

// procedureStatus is the status in FHIR's words (C-CDA on FHIR); others stay as sent.
func procedureStatus(status string) string {
	switch status {
	case "aborted":
		return "stopped"
	case "cancelled":
		return "not-done"
	case "active":
		return "in-progress"
	}
	return status
}

// procedureValue keeps what a procedure that is written as an observation found.
func (s *statement) procedureValue() {
	for _, e := range s.all("value") {
		v, absent := s.value(e)
		if words := wordsOf(v); words != "" {
			s.note("value", words)
		} else if e.Attr("nullFlavor") == "" {
			s.note("value", absent.Show())
		}
	}
}

// procedurePlaces are where it was done; what was used stays in words.
func (s *statement) procedurePlaces(out *model.Procedure) {
	for _, p := range s.all("participant") {
		role := p.Child("participantRole")
		if p.Attr("typeCode") == "LOC" && out.Location == nil {
			if out.Location = s.location(role); out.Location != nil {
				continue
			}
		}
		s.note("participant", s.inWords(p))
	}
	for _, e := range s.all("specimen") {
		s.note("specimen", s.inWords(e))
	}
}

// procedureReasons reads why it was done or not, and what came of it.
func (s *statement) procedureReasons(out *model.Procedure) []relation {
	var others []relation
	for _, x := range s.relations() {
		switch {
		case x.isReason() && s.neg:
			out.StatusReason = s.reason(x)
		case x.isReason():
			if c := s.reason(x); c != nil {
				out.ReasonCode = append(out.ReasonCode, *c)
			}
		case is(x.code(), codeFailed):
			out.Outcome = s.concept(x.code())
			s.note("outcome", s.actWords(x.e))
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	return others
}

// reason is what an observation gives as the reason: its value, else its code where that says it, else its words.
func (s *statement) reason(x relation) *model.Concept {
	if at := span(x.e.Child("effectiveTime")); at.IsSet() {
		s.note("time of the reason", wordsOf(at))
	}
	if c := s.concept(x.value()); c != nil {
		return c
	}
	if words := s.words.text(x.e.Child("text")); words != "" {
		return &model.Concept{Text: words}
	}
	if is(x.code(), "ASSERTION", codeWhy) {
		return flavor(x.value())
	}
	return s.concept(x.code())
}
