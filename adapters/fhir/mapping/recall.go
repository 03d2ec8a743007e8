package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// request maps STU3's ProcedureRequest and ReferralRequest and R4's ServiceRequest.
// In this order:
//
//   - a ReferralRequest, what stands in a list of referrals, and what is of the
//     category referral (SNOMED CT 3457005) are referral details;
//   - what stands in a list of recalls, and what is intended and not ordered (intent
//     plan or proposal: GP Connect's diary entries) is a recall;
//   - an R4 order without a code is a referral when it names a specialty or a
//     category for transfers, else an order;
//   - an order is a request for an investigation or procedure.
func (m *Mapper) request(e *answer.Entry, r *model.ServiceRequest) {
	switch {
	case isReferral(e, r):
		m.requested(e, r, lhcrv1.Section_SECTION_REFERRAL_DETAILS)
	case isRecall(e, r):
		m.recall(e, r)
	default:
		m.requested(e, r, lhcrv1.Section_SECTION_INVESTIGATIONS_REQUESTED)
	}
}

func isReferral(e *answer.Entry, r *model.ServiceRequest) bool {
	return e.Type == "ReferralRequest" || inListOf(e, lhcrv1.Section_SECTION_REFERRAL_DETAILS) ||
		hasCategory(r.Category, "3457005") || hasCategory(r.Category, "referral") || inReferrals(r.Category) || r.Code.HasCode("3457005") ||
		r.Code.IsEmpty() && !r.Specialty.IsEmpty()
}

// inReferrals reports the category of a document's section of referrals.
func inReferrals(list []model.Concept) bool {
	for i := range list {
		if sectionCodes[list[i].Code()] == lhcrv1.Section_SECTION_REFERRAL_DETAILS {
			return true
		}
	}
	return false
}

func isRecall(e *answer.Entry, r *model.ServiceRequest) bool {
	return inListOf(e, lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS) || r.Intent == "plan" || r.Intent == "proposal"
}

// inListOf reports a resource that a list of a heading names.
func inListOf(e *answer.Entry, section lhcrv1.Section) bool {
	for _, l := range e.Lists() {
		if l.List.Section == section && !l.Deleted {
			return true
		}
	}
	return false
}

// recall maps a diary entry or another intended action.
func (m *Mapper) recall(e *answer.Entry, r *model.ServiceRequest) {
	h := m.begin(e, lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS)
	if h == nil {
		return
	}
	out := &lhcrv1.Recall{
		Header: h, Code: contract.Concept(r.Code), Intent: r.Intent, Priority: r.Priority,
		Reasons: contract.Concepts(r.ReasonCode), Authored: contract.When(r.AuthoredOn), DoNotPerform: r.DoNotPerform.IsTrue(),
	}
	h.Negated = out.GetDoNotPerform()
	out.Due, out.DuePeriod, out.DueText = due(r.Occurrence)
	m.requestPeopleAndLinks(h, e, r)
	for _, x := range []struct {
		element string
		list    []model.Concept
	}{{"category", r.Category}, {"orderDetail", r.OrderDetail}, {"bodySite", r.BodySite}, {"serviceRequested", r.Services}} {
		for i := range x.list {
			remark(h, x.element, x.list[i].Show())
		}
	}
	remark(h, "description", r.Description)
	remark(h, "specialty", r.Specialty.Show())
	remark(h, "patientInstruction", r.Instruction)
	remark(h, "performerType", r.PerformerType.Show())
	remark(h, "asNeeded", contract.Words(r.AsNeeded))
	for i := range r.Location {
		remark(h, "location", m.place(e, &r.Location[i]))
	}
	m.rest(h, e)
	flagConcepts(h, out.GetCode())
	route(h, r.Code)
	m.record.PlanAndRequestedActions = append(m.record.PlanAndRequestedActions, out)
}

// due is when something is due: a moment, a period, or words.
func due(v model.Value) (*lhcrv1.When, *lhcrv1.Period, string) {
	at, p, words := contract.Timing(v)
	if at == nil && p == nil && words == "" {
		words = scheduleWords(v)
	}
	return at, p, words
}

// requested maps a referral or an order to a statement.
func (m *Mapper) requested(e *answer.Entry, r *model.ServiceRequest, section lhcrv1.Section) {
	h := m.begin(e, section)
	if h == nil {
		return
	}
	h.Negated = r.DoNotPerform.IsTrue()
	s := &lhcrv1.Statement{
		Header: h, Code: contract.Concept(r.Code), Text: r.Description, Categories: contract.Concepts(r.Category),
		Date: contract.When(r.AuthoredOn),
	}
	if s.GetCode() == nil && len(r.Services) > 0 {
		s.Code = contract.Concept(&r.Services[0])
	}
	m.requestPeopleAndLinks(h, e, r)
	b := builder{m: m, e: e, s: s}
	b.text("intent", r.Intent)
	b.text("priority", r.Priority)
	b.value("occurrence", r.Occurrence)
	b.concepts("serviceRequested", r.Services)
	b.concepts("orderDetail", r.OrderDetail)
	b.concept("specialty", r.Specialty)
	b.concept("performerType", r.PerformerType)
	b.concepts("reason", r.ReasonCode)
	b.concepts("bodySite", r.BodySite)
	b.value("asNeeded", r.AsNeeded)
	b.text("patientInstruction", r.Instruction)
	for i := range r.Location {
		b.text("location", m.place(e, &r.Location[i]))
	}
	if r.DoNotPerform.IsTrue() {
		b.text("doNotPerform", "true")
	}
	b.rest()
	flagConcepts(h, s.GetCode())
	route(h, r.Code)
	m.put(section, s)
}

// requestPeopleAndLinks are what recalls and orders have alike.
func (m *Mapper) requestPeopleAndLinks(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.ServiceRequest) {
	m.agent(h, e, asRequester, r.Requester)
	if e.Type == "ReferralRequest" {
		m.partners(h, e, "recipient", r.Performer)
	} else {
		m.participants(h, e, asPerformer, r.Performer)
	}
	m.notes(h, e, r.Note)
	if r.Requisition != nil { // of a whole form, and so no identifier of this item
		remark(h, "requisition", r.Requisition.Value)
	}
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toReason, r.ReasonReference)
	m.linkAll(e, toEvidence, r.Supporting)
	m.linkAll(e, toBasis, r.BasedOn)
	m.linkAll(e, toReplaced, r.Replaces)
	for i := range r.Specimen {
		if s := m.specimen(e, &r.Specimen[i]); s != nil {
			remark(h, "specimen", strings.TrimSpace(s.GetType().GetDisplay()+" "+s.GetCollected().GetOriginal()))
		}
	}
}
