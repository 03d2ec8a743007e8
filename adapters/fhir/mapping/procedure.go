package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// procedure maps a Procedure, done or not done.
func (m *Mapper) procedure(e *answer.Entry, r *model.Procedure) {
	h := m.begin(e, lhcrv1.Section_SECTION_PROCEDURES)
	if h == nil {
		return
	}
	p := &lhcrv1.Procedure{
		Header: h, Code: contract.Concept(r.Code), NotDone: r.NotDone.IsTrue() || r.Status == "not-done",
		Reasons: contract.Concepts(r.ReasonCode), BodySites: contract.Concepts(r.BodySite), Outcome: contract.Concept(r.Outcome),
		Location: m.place(e, r.Location), Complications: contract.Concepts(r.Complication),
	}
	h.Negated = p.GetNotDone()
	p.Performed, p.PerformedPeriod, p.PerformedText = contract.Timing(r.Performed)
	for _, c := range []*model.Concept{r.StatusReason, r.NotDoneReason} {
		if reason := contract.Concept(c); reason != nil {
			p.StatusReasons = append(p.StatusReasons, reason)
		}
	}
	procedureCategory(p, r.Category)
	m.participant(h, e, asRecorder, r.Recorder)
	m.participant(h, e, asAsserter, r.Asserter)
	m.agents(h, e, asPerformer, r.Performer)
	m.notes(h, e, r.Note)
	m.procedureLinks(e, r)
	flagConcepts(h, p.GetCode())
	route(h, r.Code)
	for i := range r.FollowUp {
		remark(h, "followUp", r.FollowUp[i].Show())
	}
	m.rest(h, e)
	m.record.Procedures = append(m.record.Procedures, p)
}

// procedureCategory keeps the category; FHIR allows one, and what comes beyond is
// kept as a remark.
func procedureCategory(p *lhcrv1.Procedure, list []model.Concept) {
	for i := range list {
		if p.GetCategory() == nil {
			p.Category = contract.Concept(&list[i])
			continue
		}
		remark(p.GetHeader(), "category", list[i].Show())
	}
}

func (m *Mapper) procedureLinks(e *answer.Entry, r *model.Procedure) {
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toReason, r.ReasonReference)
	m.linkAll(e, toBasis, r.BasedOn)
	m.linkAll(e, toWhole, r.PartOf)
	for i := range r.Report {
		m.labelled(e, toUnnamed, &r.Report[i], "report")
	}
	for i := range r.UsedReference {
		m.labelled(e, toUnnamed, &r.UsedReference[i], "used")
	}
}
