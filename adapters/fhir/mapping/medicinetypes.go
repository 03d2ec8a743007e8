package mapping

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func (m *Mapper) medicationRequest(e *answer.Entry, r *model.MedicationRequest) *medicine {
	item := m.beginMedicine(e, requestKind(said(r.Intent)), r.Medication, r.Note)
	if item == nil {
		return nil
	}
	h := item.GetHeader()
	item.Intent, item.Priority = r.Intent, r.Priority
	item.Categories = contract.Concepts(r.Category)
	item.Authored = contract.When(r.AuthoredOn)
	h.Recorded = item.GetAuthored()
	h.Negated = h.GetNegated() || r.DoNotPerform.IsTrue()
	item.GroupIdentifier = contract.Identifier(r.GroupIdentifier)
	m.prescriptionType(item, "courseOfTherapyType", r.CourseOfTherapyType)
	m.dosages(item, r.Dosage)
	m.dispenseRequest(item, e, r.Dispense)
	m.repeatsOfOrder(item, r.BasedOn)
	m.reportedBy(h, e, r.Reported)
	m.requestPeople(item, e, r)
	m.reasons(item, e, r.ReasonCode, r.ReasonReference)
	if r.StatusReason != nil {
		changeReasons(item, []model.Concept{*r.StatusReason})
	}
	item.Substitution = substitution(r.Substitution)
	dropEmptyChange(item)
	placeholderReason(item)
	m.linkAll(e, toTopic, r.SupportingInfo)
	m.linkAll(e, toTopic, r.DetectedIssue)
	m.inEncounter(e, r.Encounter)
	return &medicine{entry: e, item: item, basedOn: r.BasedOn, prior: r.PriorPrescription}
}

// reportedBy says that a request was taken over from another record, and from whom.
func (m *Mapper) reportedBy(h *lhcrv1.ItemHeader, e *answer.Entry, v model.Value) {
	if v.Bool().IsTrue() {
		remark(h, "reported", "true")
	}
	m.partner(h, e, "reported", model.Of[model.Reference](v))
}

func requestKind(intent string) lhcrv1.MedicationKind {
	switch intent {
	case "plan":
		return lhcrv1.MedicationKind_MEDICATION_KIND_PLAN
	case "order", "original-order", "instance-order", "reflex-order", "filler-order":
		return lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE
	case "option", "proposal":
		return lhcrv1.MedicationKind_MEDICATION_KIND_OPTION
	}
	return lhcrv1.MedicationKind_MEDICATION_KIND_UNSPECIFIED
}

func (m *Mapper) requestPeople(item *lhcrv1.Medication, e *answer.Entry, r *model.MedicationRequest) {
	h := item.GetHeader()
	m.agent(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_REQUESTER, r.Requester)
	m.participant(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_RECORDER, r.Recorder)
	m.participant(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_PERFORMER, r.Performer)
	if x := model.FindExtension(r.Extension, "ResponsiblePractitioner"); x != nil {
		m.participant(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_RESPONSIBLE, model.Of[model.Reference](x.Value))
	}
	if r.Requester != nil {
		item.OnBehalfOf = m.actor(e, r.Requester.OnBehalfOf)
	}
}

func (m *Mapper) dispenseRequest(item *lhcrv1.Medication, e *answer.Entry, d *model.DispenseRequest) {
	if d == nil {
		return
	}
	item.Validity = contract.Period(d.ValidityPeriod)
	item.Quantity = contract.Quantity(d.Quantity)
	if x := model.FindExtension(d.Extension, "QuantityText"); x != nil && item.GetQuantity().GetText() == "" {
		if item.Quantity == nil {
			item.Quantity = &lhcrv1.Quantity{}
		}
		item.Quantity.Text = x.Value.Text()
	}
	item.SupplyDuration = contract.Quantity(d.ExpectedDuration)
	item.RepeatsAllowed = m.count(item.GetHeader(), "dispenseRequest.numberOfRepeatsAllowed", d.RepeatsAllowed)
	item.Dispenser = m.actor(e, d.Performer)
	if x := model.FindExtension(d.Extension, "PerformerSiteType"); x != nil {
		remark(item.GetHeader(), "dispenseRequest.performerSiteType", x.Value.Concept().Show())
	}
}

func (m *Mapper) medicationStatement(e *answer.Entry, r *model.MedicationStatement) *medicine {
	item := m.beginMedicine(e, lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT, r.Medication, r.Note)
	if item == nil {
		return nil
	}
	h := item.GetHeader()
	item.Taken, item.ReasonsNotTaken = r.Taken, contract.Concepts(r.ReasonNotTaken)
	if c := contract.Concept(r.Category); c != nil {
		item.Categories = []*lhcrv1.Concept{c}
	}
	item.Effective = period(r.Effective)
	h.Recorded = contract.When(r.DateAsserted)
	m.dosages(item, r.Dosage)
	m.participant(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_ASSERTER, r.Source)
	m.reasons(item, e, r.ReasonCode, r.ReasonReference)
	changeReasons(item, r.StatusReason)
	dropEmptyChange(item)
	placeholderReason(item)
	m.linkAll(e, toWhole, r.PartOf)
	m.inEncounter(e, r.Encounter)
	return &medicine{entry: e, item: item, basedOn: r.BasedOn, derivedFrom: r.DerivedFrom}
}

func (m *Mapper) medicationDispense(e *answer.Entry, r *model.MedicationDispense) *medicine {
	item := m.beginMedicine(e, lhcrv1.MedicationKind_MEDICATION_KIND_DISPENSE, r.Medication, r.Note)
	if item == nil {
		return nil
	}
	h := item.GetHeader()
	h.Negated = h.GetNegated() || r.NotDone.IsTrue()
	if c := contract.Concept(r.Category); c != nil {
		item.Categories = []*lhcrv1.Concept{c}
	}
	item.Quantity = contract.Quantity(r.Quantity)
	item.Substitution = substitution(r.Substitution)
	item.Supply = m.supply(e, r)
	m.dosages(item, r.Dosage)
	for i := range r.Performer {
		m.agent(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_PERFORMER, &r.Performer[i])
		if item.Dispenser == nil {
			item.Dispenser = m.agentActor(e, &r.Performer[i])
		}
	}
	m.partners(h, e, "receiver", r.Receiver)
	remark(h, "location", m.place(e, r.Location))
	remark(h, "destination", m.place(e, r.Destination))
	m.linkAll(e, toTopic, r.Supporting)
	m.inEncounter(e, r.Encounter)
	return &medicine{entry: e, item: item, basedOn: r.Prescription}
}

func (m *Mapper) supply(e *answer.Entry, r *model.MedicationDispense) *lhcrv1.Supply {
	s := &lhcrv1.Supply{
		Outcome: contract.Concept(r.Type), Prepared: contract.When(r.WhenPrepared),
		HandedOver: contract.When(r.HandedOver), Days: contract.Quantity(r.DaysSupply),
	}
	s.StatusReason = m.reasonValue(e, r.StatusReason)
	if s.StatusReason == nil {
		s.StatusReason = m.reasonValue(e, r.NotDoneReason)
	}
	if r.Quantity != nil {
		if x := model.FindExtension(r.Quantity.Extension, "RunningTotal"); x != nil {
			s.RunningTotal = contract.Quantity(model.Of[model.Quantity](x.Value))
		}
	}
	if isSupplyType(r.Type) {
		s.Authority = s.GetOutcome()
	}
	s.AuthorityReference = m.danglingWords(e, r.Prescription)
	return s
}

// isSupplyType reports a dispense's type that says on what authority it was made:
// a prescription, a patient group direction, an emergency (Care Connect
// MedicationSupplyType, in pharmacies' reports to general practice).
func isSupplyType(c *model.Concept) bool {
	if c == nil {
		return false
	}
	return slices.ContainsFunc(c.Coding, func(x model.Coding) bool { return strings.Contains(x.System, "MedicationSupplyType") })
}

// danglingWords is what a sender wrote in references that lead nowhere.
func (m *Mapper) danglingWords(e *answer.Entry, refs []model.Reference) string {
	var out []string
	for i := range refs {
		if words := unresolved(&refs[i]); words != "" && len(m.answer.Candidates(e, &refs[i])) == 0 {
			out = append(out, words)
		}
	}
	return strings.Join(out, ", ")
}

// reasonValue is a reason given as a concept, or by pointing at what is the reason.
func (m *Mapper) reasonValue(e *answer.Entry, v model.Value) *lhcrv1.Concept {
	if c := contract.Concept(v.Concept()); c != nil {
		return c
	}
	if ref := model.Of[model.Reference](v); !ref.IsEmpty() {
		return m.nameOf(e, ref)
	}
	return nil
}

func (m *Mapper) medicationAdministration(e *answer.Entry, r *model.MedicationAdministration) *medicine {
	item := m.beginMedicine(e, lhcrv1.MedicationKind_MEDICATION_KIND_ADMINISTRATION, r.Medication, r.Note)
	if item == nil {
		return nil
	}
	h := item.GetHeader()
	h.Negated = h.GetNegated() || r.NotGiven.IsTrue() || said(r.Status) == "not-done"
	if c := contract.Concept(r.Category); c != nil {
		item.Categories = []*lhcrv1.Concept{c}
	}
	item.Effective = period(r.Effective)
	item.ReasonsNotTaken = contract.Concepts(r.ReasonNotGiven)
	changeReasons(item, r.StatusReason)
	if r.Dosage != nil {
		m.dosages(item, []model.Dosage{*r.Dosage})
	}
	for i := range r.Performer {
		m.agent(h, e, lhcrv1.ParticipantRole_PARTICIPANT_ROLE_PERFORMER, &r.Performer[i])
	}
	m.reasons(item, e, r.ReasonCode, r.ReasonReference)
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toTopic, r.Supporting)
	x := &medicine{entry: e, item: item}
	if r.Request != nil {
		x.basedOn = []model.Reference{*r.Request}
	}
	return x
}

// period takes a moment or a period as a period; a moment is its start.
func period(v model.Value) *lhcrv1.Period {
	at, p, _ := contract.Timing(v)
	if at != nil {
		return &lhcrv1.Period{Start: at}
	}
	return p
}

func substitution(s *model.Substitution) *lhcrv1.Substitution {
	if s == nil {
		return nil
	}
	out := &lhcrv1.Substitution{Made: contract.Bool(s.WasSubstitute), Type: contract.Concept(s.Type), Reasons: contract.Concepts(s.Reason)}
	out.Allowed = contract.Bool(s.AllowedPlain)
	if out.Allowed == nil {
		out.Allowed = contract.Bool(s.Allowed.Bool())
	}
	if c := contract.Concept(s.Allowed.Concept()); c != nil && out.Type == nil {
		out.Type = c
	}
	return out
}
