package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// task maps a Task to a requested action.
func (m *Mapper) task(e *answer.Entry, r *model.Task) {
	h := m.begin(e, lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS)
	if h == nil {
		return
	}
	out := &lhcrv1.Recall{
		Header: h, Code: contract.Concept(r.Code), Intent: r.Intent, Priority: r.Priority, Authored: contract.When(r.AuthoredOn),
		DuePeriod: contract.Period(r.Execution),
	}
	if r.Restriction != nil {
		if p := contract.Period(r.Restriction.Period); out.GetDuePeriod() == nil {
			out.DuePeriod = p
		} else {
			remark(h, "restriction.period", periodWords(r.Restriction.Period))
		}
	}
	if c := contract.Concept(r.ReasonCode); c != nil {
		out.Reasons = []*lhcrv1.Concept{c}
	}
	if h.GetSourceUpdated() == nil {
		h.SourceUpdated = contract.When(r.LastModified)
	}
	if r.Group != nil { // of a whole form, and so no identifier of this item
		remark(h, "groupIdentifier", r.Group.Value)
	}
	remark(h, "description", r.Description)
	remark(h, "businessStatus", r.Business.Show())
	remark(h, "statusReason", r.StatusReason.Show())
	m.agent(h, e, asRequester, r.Requester)
	m.participant(h, e, asPerformer, r.Owner)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	m.link(e, toTopic, r.Focus)
	m.rest(h, e)
	flagConcepts(h, out.GetCode())
	m.record.PlanAndRequestedActions = append(m.record.PlanAndRequestedActions, out)
}
