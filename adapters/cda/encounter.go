package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// encounter reads a contact that was; one that is planned is an appointment where it is one, else a request.
func (s *statement) encounter() *model.Reference {
	switch {
	case s.mood == "APT" || s.mood == "PRMS":
		return s.appointment()
	case !s.happened():
		return s.request()
	}
	out := &model.Encounter{Period: periodOf(s.one("effectiveTime"))}
	out.Head.Status = s.retract(encounterStatus(s.status))
	s.encounterCode(out)
	s.disposition(out)
	if s.neg {
		out.Head.Status = s.retract("cancelled")
	}
	s.attendance(out)
	rels := s.relations()
	var others []relation
	var diagnoses []relation
	for _, x := range rels {
		switch {
		case x.isReason():
			if c := s.reason(x); c != nil {
				out.Reason = append(out.Reason, *c)
			}
		case isDiagnosis(x):
			diagnoses = append(diagnoses, x)
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	s.informants()
	if p := s.concept(s.one("priorityCode")); p != nil {
		out.Priority = p
	}
	ref := s.finish("Encounter", out)
	s.diagnosed(out, ref, diagnoses)
	s.nested(ref, others)
	return ref
}

// encounterStatus is the status in FHIR's words, where both mean the same.
func encounterStatus(status string) string {
	switch status {
	case "completed":
		return "finished"
	case "active":
		return "in-progress"
	case "aborted":
		return "cancelled"
	}
	return status
}

func periodOf(e *xmltree.Element) *model.Period {
	if w := moment(e); w != "" {
		return &model.Period{Start: w}
	}
	return interval(e)
}

// encounterCode parts the class of an encounter (HL7's ActCode: inpatient, ambulatory) from what sort it was.
func (s *statement) encounterCode(out *model.Encounter) {
	c := s.concept(s.one("code"))
	if c == nil {
		return
	}
	for i := range c.Coding {
		if c.Coding[i].System == actCode && out.Class == nil {
			out.Class = &model.Concept{Coding: []model.Coding{c.Coding[i]}}
		}
	}
	if out.Class == nil || len(c.Coding) > 1 || c.Text != "" {
		out.Type = []model.Concept{*c}
	}
}

// disposition is how and where to an admission ended.
func (s *statement) disposition(out *model.Encounter) {
	if c := s.concept(s.one("dischargeDispositionCode")); c != nil {
		out.Hospitalization = &model.Hospitalization{Disposition: c}
	}
}

// attendance reads who took part, and where it was.
func (s *statement) attendance(out *model.Encounter) {
	for _, p := range s.all("performer") {
		if who := s.actorOf(p); who != nil {
			out.Participant = append(out.Participant, model.Participant{Agent: model.Agent{Actor: who, Period: periodOf(p.Child("time"))}, Type: participation(p)})
		}
	}
	for _, p := range s.all("participant") {
		place := (*model.Reference)(nil)
		if p.Attr("typeCode") == "LOC" {
			place = s.location(p.Child("participantRole"))
		}
		if place == nil {
			s.note("participant", s.inWords(p))
			continue
		}
		out.Location = append(out.Location, model.Stay{Location: place, Period: periodOf(p.Child("time"))})
	}
}

// participation is the way in which somebody took part (HL7 v3 ParticipationType), as sent.
func participation(p *xmltree.Element) []model.Concept {
	code := p.Attr("typeCode")
	switch {
	case code == "" && p.Local == "performer", code == "PRF":
		code = "PPRF"
	case code == "" && p.Local == "responsibleParty":
		code = "RESP"
	}
	if code == "" {
		return nil
	}
	return []model.Concept{{Coding: []model.Coding{{System: v3 + "ParticipationType", Code: code}}}}
}

// isDiagnosis reports what an encounter found: a diagnosis act, or an observation that is one.
func isDiagnosis(x relation) bool {
	return has(x.e, ccda+"80", ccda+"33", ccda+"34") || is(x.code(), "29308-4", "11535-2", "46241-6") || x.e.Local == "observation" && has(x.e, problemTemplates...)
}

func (s *statement) diagnosed(out *model.Encounter, self *model.Reference, list []relation) {
	for _, x := range list {
		in := s.inside(self, x.typeCode)
		in.parent = nil // a diagnosis is a problem of its own, whatever section it stands in
		in.kind = kindProblems
		ref := s.dispatch(s.newStatement(x.e, in))
		if ref == nil {
			continue
		}
		d := model.Diagnosis{Condition: ref, Role: s.concept(x.code())}
		for _, r := range rankIn(x.e, 0) {
			d.Rank = number(r)
		}
		out.Diagnosis = append(out.Diagnosis, d)
	}
}

// rankIn finds how a diagnosis was ranked.
func rankIn(e *xmltree.Element, depth int) []*xmltree.Element {
	var out []*xmltree.Element
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		switch {
		case c == nil || depth > 6:
		case c.Local == "observation" && is(c.Child("code"), codeRank):
			out = append(out, c.Child("value"))
		default:
			out = append(out, rankIn(c, depth+1)...)
		}
	}
	return out
}

func (s *statement) appointment() *model.Reference {
	out := &model.Appointment{Type: s.concept(s.one("code"))}
	if p := periodOf(s.one("effectiveTime")); p != nil {
		out.Start, out.End = p.Start, p.End
	}
	out.Head.Status = s.retract(s.status)
	s.note("mood", s.mood)
	if s.neg {
		out.Head.Status = s.retract("cancelled")
	}
	for _, p := range s.all("performer") {
		if who := s.actorOf(p); who != nil {
			out.Participant = append(out.Participant, model.Participant{Agent: model.Agent{Actor: who}, Type: participation(p)})
		}
	}
	others := s.apart()
	ref := s.finish("Appointment", out)
	s.nested(ref, others)
	return ref
}
