package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// statement maps the types that have no message of their own.
func (m *Mapper) statement(e *answer.Entry) {
	switch r := e.Resource.(type) {
	case *model.FamilyMemberHistory:
		m.family(e, r)
	case *model.Goal:
		m.goal(e, r)
	case *model.Consent:
		m.consent(e, r)
	case *model.QuestionnaireResponse:
		m.questionnaire(e, r)
	case *model.EpisodeOfCare:
		m.episode(e, r)
	case *model.Appointment:
		m.appointment(e, r)
	case *model.CareTeam:
		m.careTeam(e, r)
	case *model.General:
		m.general(e, r)
	case *model.List:
		m.looseConsultation(e, r)
	}
}

// begun makes a statement with its header, and what adds properties to it.
func (m *Mapper) begun(e *answer.Entry, section lhcrv1.Section) (*lhcrv1.Statement, builder) {
	h := m.begin(e, section)
	if h == nil {
		return nil, builder{}
	}
	s := &lhcrv1.Statement{Header: h}
	return s, builder{m: m, e: e, s: s}
}

// goal maps a Goal.
func (m *Mapper) goal(e *answer.Entry, r *model.Goal) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_GOALS)
	if s == nil {
		return
	}
	h := s.GetHeader()
	statusFrom(h, r.Lifecycle, "")
	s.Code, s.Categories = contract.Concept(r.Description), contract.Concepts(r.Category)
	s.Date = contract.When(r.Start.When())
	if s.GetDate() == nil {
		b.value("start", r.Start)
	}
	b.concept("achievementStatus", r.Achievement)
	b.concept("priority", r.Priority)
	b.when("statusDate", r.StatusDate)
	b.text("statusReason", r.Reason)
	b.concepts("outcome", r.Outcome)
	b.rest()
	m.partner(h, e, "expressed by", r.ExpressedBy)
	m.notes(h, e, r.Note)
	m.inEncounter(e, nil)
	m.linkAll(e, toTopic, r.Addresses)
	m.put(lhcrv1.Section_SECTION_GOALS, s)
}

// consent maps a Consent. What it permits and denies, and the exceptions inside of
// exceptions (R4 provision, STU3 except), are properties by their paths.
func (m *Mapper) consent(e *answer.Entry, r *model.Consent) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_LEGAL_INFORMATION)
	if s == nil {
		return
	}
	h := s.GetHeader()
	s.Date, s.Period, s.Categories = contract.When(r.DateTime), contract.Period(r.Period), contract.Concepts(r.Category)
	s.Code = contract.Concept(r.PolicyRule)
	b.concept("scope", r.Scope)
	if p := r.Provision; p != nil && s.GetPeriod() == nil {
		s.Period = contract.Period(p.Period)
	} else if p != nil {
		b.value("provision.period", model.NodeValue("Period", p.Period))
	}
	b.value("source", r.Source)
	b.rest()
	m.partners(h, e, "consenting party", r.Performer)
	m.partners(h, e, "organisation", r.Organization)
	m.inEncounter(e, nil)
	m.lapsed(h, s.GetPeriod())
	route(h, r.PolicyRule, r.Scope)
	routeAll(h, r.Category)
	m.put(lhcrv1.Section_SECTION_LEGAL_INFORMATION, s)
}

// episode maps an EpisodeOfCare.
func (m *Mapper) episode(e *answer.Entry, r *model.EpisodeOfCare) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_SERVICES_AND_CARE)
	if s == nil {
		return
	}
	h := s.GetHeader()
	s.Categories, s.Period = contract.Concepts(r.Type), contract.Period(r.Period)
	if len(r.Type) > 0 {
		s.Code = contract.Concept(&r.Type[0])
	}
	m.partner(h, e, "managing organisation", r.Organization)
	m.participant(h, e, asResponsible, r.CareManager)
	m.partners(h, e, "care team", r.Team)
	m.linkAll(e, toBasis, r.Referral)
	for i := range r.Diagnosis {
		m.labelled(e, toDiagnosis, r.Diagnosis[i].Condition, r.Diagnosis[i].Role.Show())
		b.text("diagnosis.rank", string(r.Diagnosis[i].Rank))
	}
	pastStatuses(h, r.StatusHistory)
	b.rest()
	m.lapsed(h, s.GetPeriod())
	routeAll(h, r.Type)
	m.put(lhcrv1.Section_SECTION_SERVICES_AND_CARE, s)
}

// careTeam maps a CareTeam to a statement under professional contacts: its members
// are the participants.
func (m *Mapper) careTeam(e *answer.Entry, r *model.CareTeam) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_PROFESSIONAL_CONTACTS)
	if s == nil {
		return
	}
	h := s.GetHeader()
	s.Text, s.Categories, s.Period = r.Name, contract.Concepts(r.Category), contract.Period(r.Period)
	if len(s.GetCategories()) > 0 {
		s.Code = s.GetCategories()[0]
	}
	m.agents(h, e, asOther, r.Participant)
	m.partners(h, e, "managing organisation", r.Organization)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	b.concepts("reason", r.Reason)
	b.rest()
	m.lapsed(h, s.GetPeriod())
	m.put(lhcrv1.Section_SECTION_PROFESSIONAL_CONTACTS, s)
}
