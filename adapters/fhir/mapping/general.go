package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// general maps a clinical resource without a mapper of its own: code, words, dates
// and provenance, under the heading that its type belongs to. Whatever else it says
// is kept as properties by the paths of its elements ("prediction.0.outcome").
func (m *Mapper) general(e *answer.Entry, r *model.General) {
	section := generalSection(e.Type)
	s, b := m.begun(e, section)
	if s == nil {
		return
	}
	h := s.GetHeader()
	alsoUnder(h, generalAlso[e.Type], generalAlso[e.Type] != lhcrv1.Section_SECTION_UNSPECIFIED)
	s.Code, s.Text, s.Categories = contract.Concept(r.Code), r.Description, contract.Concepts(r.Category)
	if s.GetText() == "" {
		s.Text = r.Title
	} else {
		b.text("title", r.Title)
	}
	at, p, _ := contract.Timing(r.Occurrence)
	s.Date, s.Period = contract.When(r.Authored), contract.Period(r.Period)
	switch {
	case p != nil && s.GetPeriod() == nil:
		s.Period = p
	case at != nil && s.GetDate() == nil:
		s.Date = at
	default:
		b.value("occurrence", r.Occurrence)
	}
	h.Negated = isNot(r)
	b.text("actuality", r.Actuality)
	b.text("intent", r.Intent)
	b.concepts("reason", r.Reason)
	b.concept("bodySite", r.BodySite)
	b.rest()
	m.agent(h, e, asAuthor, r.Author)
	m.agents(h, e, asPerformer, r.Performer)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	flagConcepts(h, s.GetCode())
	route(h, r.Code)
	m.put(section, s)
}

// isNot reports a resource that says that something was not done or did not happen; a
// potential adverse event is one that was averted.
func isNot(r *model.General) bool {
	return r.NotDone.IsTrue() || said(r.Status) == "not-done" || said(r.Actuality) == "potential"
}
