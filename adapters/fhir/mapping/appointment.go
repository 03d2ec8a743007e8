package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// appointment maps an Appointment. One whose time is over stays under its heading
// with its status, flagged if that still says booked.
func (m *Mapper) appointment(e *answer.Entry, r *model.Appointment) {
	s, b := m.begun(e, lhcrv1.Section_SECTION_FUTURE_APPOINTMENTS)
	if s == nil {
		return
	}
	h := s.GetHeader()
	s.Code, s.Text = contract.Concept(r.Type), r.Description
	s.Period = contract.Period(&model.Period{Start: r.Start, End: r.End})
	s.Date, h.Recorded = contract.When(r.Start), contract.When(r.Created)
	s.Categories = contract.Concepts(r.ServiceCategory)
	b.concepts("serviceType", r.ServiceType)
	b.concepts("specialty", r.Specialty)
	b.concepts("reason", r.Reason)
	b.concept("cancelationReason", r.CancelReason)
	b.text("patientInstruction", r.Instruction)
	b.text("minutesDuration", string(r.Minutes))
	if r.Comment != "" {
		h.Notes = append(h.Notes, &lhcrv1.Note{Text: r.Comment})
	}
	m.invited(h, e, r.Participant)
	m.linkAll(e, toBasis, r.BasedOn)
	b.rest()
	m.lapsed(h, s.GetPeriod())
	m.put(lhcrv1.Section_SECTION_FUTURE_APPOINTMENTS, s)
}

// invited adds the participants of an appointment; the patient is not one of them.
func (m *Mapper) invited(h *lhcrv1.ItemHeader, e *answer.Entry, list []model.Participant) {
	var others []model.Participant
	for i := range list {
		who := list[i].Who()
		if who.Target().Type == "Patient" || answer.As[model.Patient](m.answer.Follow(e, who)) != nil {
			continue
		}
		others = append(others, list[i])
	}
	m.attended(h, e, others)
}
