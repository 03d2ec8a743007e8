package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// family maps a FamilyMemberHistory: the relation is the code, each of the relative's
// conditions a property followed by what is known of it.
func (m *Mapper) family(e *answer.Entry, r *model.FamilyMemberHistory) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_FAMILY_HISTORY)
	if s == nil {
		return
	}
	h := s.GetHeader()
	s.Code, s.Date = contract.Concept(r.Relationship), contract.When(r.Date)
	b.text("name", r.Name)
	b.concept("sex", r.Sex)
	b.value("born", r.Born)
	b.value("age", r.Age)
	b.value("deceased", r.Deceased)
	b.concepts("reason", r.Reason)
	for i := range r.Condition {
		c := &r.Condition[i]
		b.concept("condition", c.Code)
		b.value("condition.onset", c.Onset)
		b.concept("condition.outcome", c.Outcome)
		for j := range c.Note {
			b.text("condition.note", c.Note[j].Text)
		}
	}
	h.Negated = r.NotDone.IsTrue()
	b.rest()
	m.notes(h, e, r.Note)
	m.inEncounter(e, nil)
	m.put(lhcrv1.Section_SECTION_FAMILY_HISTORY, s)
}
