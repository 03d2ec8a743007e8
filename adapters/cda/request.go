package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// intents are the moods of what has not happened, in FHIR's words. Read only.
var intents = map[string]string{"RQO": "order", "INT": "plan", "PRMS": "plan", "ARQ": "plan", "APT": "plan", "PRP": "proposal"}

// request reads what is intended, asked for, promised or proposed.
func (s *statement) request() *model.Reference {
	out := &model.ServiceRequest{
		Intent: intents[s.mood], Code: s.concept(s.one("code")), Occurrence: span(s.one("effectiveTime")),
		BodySite: s.concepts(s.all("targetSiteCode")), AuthoredOn: s.writtenAt(),
	}
	if out.Code == nil {
		out.Code = s.unnamed(s.e.Child("code"))
	}
	out.Head.Status = s.retract(s.status)
	if s.neg {
		out.DoNotPerform = model.True
	}
	if s.code.HasCode("42349-1") { // reason for referral
		out.Category = s.category()
	}
	if out.Intent == "" {
		s.note("mood", s.mood)
		s.modifiers = append(s.modifiers, "moodCode")
	}
	out.Performer = s.actorsOf(s.all("performer"))
	if p := s.concept(s.one("priorityCode")); p != nil {
		out.Priority = p.Show()
	}
	s.informants()
	var others []relation
	for _, x := range s.relations() {
		switch {
		case x.isReason():
			if c := s.reason(x); c != nil {
				out.ReasonCode = append(out.ReasonCode, *c)
			}
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	if s.parent != nil {
		out.BasedOn = []model.Reference{*s.parent}
	}
	ref := s.finish("ServiceRequest", out)
	s.nested(ref, others)
	return ref
}

// goal reads what care aims at.
func (s *statement) goal() *model.Reference {
	out := &model.Goal{Lifecycle: s.retract(s.status), Category: s.category()}
	out.Description = s.concept(s.one("code"))
	if out.Description == nil {
		out.Description = s.unnamed(s.e.Child("code"))
	}
	at := s.one("effectiveTime")
	if w := beginning(at); w != "" {
		out.Start = model.TextValue("DateTime", string(w))
	}
	s.note("until", ending(at).String())
	for _, e := range s.all("value") {
		v, absent := s.value(e)
		s.note("target", wordsOf(v)+absent.Show())
	}
	others := s.apart()
	ref := s.finish("Goal", out)
	s.nested(ref, others)
	return ref
}
