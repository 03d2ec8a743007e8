package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// alertSections are the further headings of alerts by HL7's flag categories. Allergies
// hide in alerts ("Peanut-free diet"), so those about diet and drugs belong there too.
var alertSections = map[string]lhcrv1.Section{
	"diet":              lhcrv1.Section_SECTION_ALLERGIES,
	"drug":              lhcrv1.Section_SECTION_ALLERGIES,
	"safety":            lhcrv1.Section_SECTION_RISKS,
	"behavioral":        lhcrv1.Section_SECTION_RISKS,
	"research":          lhcrv1.Section_SECTION_PARTICIPATION_IN_RESEARCH,
	"advance-directive": lhcrv1.Section_SECTION_END_OF_LIFE_CARE,
}

// alert maps a Flag.
func (m *Mapper) alert(e *answer.Entry, r *model.Flag) {
	h := m.begin(e, lhcrv1.Section_SECTION_ALERTS)
	if h == nil {
		return
	}
	a := &lhcrv1.Alert{
		Header: h, Categories: contract.Concepts(r.Category), Code: contract.Concept(r.Code), Period: contract.Period(r.Period),
	}
	m.participant(h, e, asAuthor, r.Author)
	m.inEncounter(e, r.Encounter)
	m.lapsed(h, a.GetPeriod())
	m.rest(h, e) // why an alert was removed, and the like
	for i := range r.Category {
		for j := range r.Category[i].Coding {
			section, ok := alertSections[r.Category[i].Coding[j].Code]
			alsoUnder(h, section, ok)
		}
	}
	flagConcepts(h, a.GetCode())
	route(h, r.Code)
	routeAllergy(h, r.Code)
	m.record.Alerts = append(m.record.Alerts, a)
}
