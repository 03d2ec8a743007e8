package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// one maps one resource by its type. Medicines and people were mapped before,
// because courses and sources need them together; frames, people and places only
// support items and are claimed by whoever uses them.
func (m *Mapper) one(e *answer.Entry) {
	switch r := e.Resource.(type) {
	case *model.AllergyIntolerance:
		m.allergy(e, r)
	case *model.Immunization:
		m.immunisation(e, r)
	case *model.Condition:
		m.problem(e, r)
	case *model.Procedure:
		m.procedure(e, r)
	case *model.DiagnosticReport:
		m.report(e, r)
	case *model.Observation:
		m.observation(e, r)
	case *model.Encounter:
		m.encounter(e, r)
	case *model.DocumentReference:
		m.document(e, r)
	default:
		m.other(e)
	}
}

// other maps the types that end in plans, alerts, recalls and statements.
func (m *Mapper) other(e *answer.Entry) {
	switch r := e.Resource.(type) {
	case *model.CarePlan:
		m.carePlan(e, r)
	case *model.Flag:
		m.alert(e, r)
	case *model.ServiceRequest:
		m.request(e, r)
	case *model.ClinicalImpression:
		m.impression(e, r)
	case *model.Composition:
		m.composition(e, r)
	case *model.Communication:
		m.communication(e, r)
	case *model.Task:
		m.task(e, r)
	default:
		m.statement(e)
	}
}

// memberships are the lists that name a resource. A list that contains one without
// naming it is none of them: that is what FLAG_UNLISTED is for.
func (m *Mapper) memberships(e *answer.Entry) []*lhcrv1.ListMembership {
	var out []*lhcrv1.ListMembership
	for _, l := range e.Lists() {
		out = append(out, &lhcrv1.ListMembership{
			Title: l.List.Resource.Title, Code: m.listCode(l.List),
			Primary: l.List.Kind == answer.ListPrimary, Deleted: l.Deleted,
		})
	}
	return out
}

// listCode is a list's code, carried over once for all its members.
func (m *Mapper) listCode(l *answer.List) *lhcrv1.Concept {
	c, ok := m.listCodes[l]
	if !ok {
		c = contract.Concept(l.Resource.Code)
		m.listCodes[l] = c
	}
	return c
}
