package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// encounter maps an Encounter: a contact, an admission, a discharge.
func (m *Mapper) encounter(e *answer.Entry, r *model.Encounter) {
	section, also := m.encounterSection(r)
	h := m.begin(e, section)
	if h == nil {
		return
	}
	for _, s := range also {
		alsoUnder(h, s, true)
	}
	out := &lhcrv1.Encounter{
		Header: h, Types: contract.Concepts(r.Type), Class: class(r.Class), Period: contract.Period(r.Period),
		Length: contract.Quantity(r.Length), Provider: m.organisation(e, r.Provider), Reasons: contract.Concepts(r.Reason),
		Admission: m.admission(e, r), Discharge: m.discharge(e, r), ServiceType: contract.Concept(r.ServiceType),
		Priority: contract.Concept(r.Priority), Outcome: extended(r.Extension, "OutcomeOfAttendance"),
	}
	m.stays(out, e, r.Location)
	pastStatuses(h, r.StatusHistory)
	m.attended(h, e, r.Participant)
	m.diagnoses(out, e, r.Diagnosis)
	m.encounterLinks(e, r)
	m.encounterExtensions(out, e, r)
	m.consultation(out, e)
	flagConcepts(h, out.GetTypes()...)
	routeAll(h, r.Type, r.Reason)
	m.rest(h, e, "OutcomeOfAttendance", "DischargeMethod", "DischargeStatus", "EncounterServiceType", "LegalStatus", "MedicallySafeForDischarge")
	m.putEncounter(out)
}

// stays are where the patient was; when, and whether it is over, are remarks.
func (m *Mapper) stays(out *lhcrv1.Encounter, e *answer.Entry, list []model.Stay) {
	for i := range list {
		s := &list[i]
		place := m.place(e, s.Location)
		if place != "" {
			out.Locations = append(out.Locations, place)
		}
		if s.Status != "" || s.Period != nil {
			remark(out.GetHeader(), "location", inWords(place, s.Status, periodWords(s.Period)))
		}
	}
}

// pastStatuses keeps the statuses that an item had before.
func pastStatuses(h *lhcrv1.ItemHeader, list []model.StatusHistory) {
	for i := range list {
		remark(h, "statusHistory", inWords(list[i].Status, periodWords(list[i].Period)))
	}
}

func (m *Mapper) putEncounter(out *lhcrv1.Encounter) {
	switch out.GetHeader().GetSection() {
	case lhcrv1.Section_SECTION_ADMISSION_DETAILS:
		m.record.AdmissionDetails = append(m.record.AdmissionDetails, out)
	case lhcrv1.Section_SECTION_DISCHARGE_DETAILS:
		m.record.DischargeDetails = append(m.record.DischargeDetails, out)
	default:
		m.record.ContactsWithProfessionals = append(m.record.ContactsWithProfessionals, out)
	}
}

// encounterSection puts an admission that has ended under discharges, another
// admission under admissions, and every other encounter under contacts. An admission
// is a contact too, a discharge all three.
func (m *Mapper) encounterSection(r *model.Encounter) (lhcrv1.Section, []lhcrv1.Section) {
	switch {
	case !isAdmission(r):
		return lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS, nil
	case m.isDischarged(r):
		return lhcrv1.Section_SECTION_DISCHARGE_DETAILS, []lhcrv1.Section{
			lhcrv1.Section_SECTION_ADMISSION_DETAILS, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS,
		}
	}
	return lhcrv1.Section_SECTION_ADMISSION_DETAILS, []lhcrv1.Section{lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS}
}

// isAdmission reads the class (HL7 v3 ActCode: inpatient, acute and non-acute
// inpatient, short stay, observation), else that a way of admission was recorded.
func isAdmission(r *model.Encounter) bool {
	switch strings.ToUpper(r.Class.Code()) {
	case "IMP", "ACUTE", "NONAC", "SS", "OBSENC", "INPATIENT":
		return true
	}
	h := r.Hospitalization
	return h != nil && (!h.AdmitSource.IsEmpty() || model.FindExtension(h.Extension, "AdmissionMethod") != nil)
}

// isDischarged reports an admission that is over. How a discharge is meant to be can be
// recorded long before it: so can that of an admission that is planned or was cancelled.
func (m *Mapper) isDischarged(r *model.Encounter) bool {
	h, status := r.Hospitalization, said(r.Status)
	hasEnd := r.Period != nil && r.Period.End != ""
	switch {
	case status == "cancelled", status == "planned", isRetracted(status):
		return false
	case status != "finished" && !(hasEnd && m.past(contract.When(r.Period.End))):
		return false
	case h != nil && (!h.Disposition.IsEmpty() || !h.Destination.IsEmpty() || model.FindExtension(h.Extension, "DischargeMethod") != nil):
		return true
	case model.FindExtension(r.Extension, "DischargeMethod") != nil:
		return true
	}
	return hasEnd
}

func class(c *model.Concept) *lhcrv1.Coding {
	if c == nil || len(c.Coding) == 0 {
		return nil
	}
	return contract.Coding(&c.Coding[0])
}

// extended is the concept in the first extension of a name.
func extended(list []model.Extension, name string) *lhcrv1.Concept {
	x := model.FindExtension(list, name)
	if x == nil {
		return nil
	}
	return contract.Concept(x.Value.Concept())
}

// attended adds the participants, each with its part as recorded (GP Connect:
// primary performer and recorder).
func (m *Mapper) attended(h *lhcrv1.ItemHeader, e *answer.Entry, list []model.Participant) {
	for i := range list {
		p := &list[i]
		a := m.agentActor(e, &p.Agent)
		if a == nil {
			continue
		}
		out := &lhcrv1.Participant{Kind: asOther, Actor: a, Period: contract.Period(p.Period)}
		for _, kind := range append(append([]model.Concept{}, p.Type...), p.Roles...) {
			if out.GetRole() == nil {
				out.Kind, out.Role = participantKind(kind.Code()), contract.Concept(&kind)
			}
		}
		h.Participants = append(h.Participants, out)
		m.attendance(h, e, p, a)
	}
}

// attendance keeps whether somebody accepted, had to come, and what exchanges add.
func (m *Mapper) attendance(h *lhcrv1.ItemHeader, e *answer.Entry, p *model.Participant, a *lhcrv1.Actor) {
	if p.Status != "" || p.Required != "" {
		remark(h, "participant", inWords(a.GetName(), p.Required, p.Status))
	}
	for i := range p.Extension {
		m.remarks(h, e, &p.Extension[i])
	}
}

// participantKind reads HL7 v3's ParticipationType and GP Connect's own type.
func participantKind(code string) lhcrv1.ParticipantRole {
	switch code {
	case "PPRF", "SPRF", "PRF", "primary-performer":
		return asPerformer
	case "REC", "ENT", "recorder":
		return asRecorder
	case "AUT":
		return asAuthor
	case "RESP":
		return asResponsible
	}
	return asOther
}

func (m *Mapper) diagnoses(out *lhcrv1.Encounter, e *answer.Entry, list []model.Diagnosis) {
	for i := range list {
		d := &list[i]
		x := &lhcrv1.EncounterDiagnosis{
			Diagnosis: m.nameOf(e, d.Condition), Role: contract.Concept(d.Role), Rank: contract.Uint(d.Rank),
		}
		out.Diagnoses = append(out.Diagnoses, x)
		if x.Rank == nil && d.Rank != "" {
			remark(out.GetHeader(), "diagnosis.rank", inWords(string(d.Rank), x.GetDiagnosis().GetDisplay()))
		}
		m.labelled(e, toDiagnosis, d.Condition, d.Role.Show())
	}
}

func (m *Mapper) encounterLinks(e *answer.Entry, r *model.Encounter) {
	m.linkAll(e, toReason, r.ReasonReference)
	m.link(e, toWhole, r.PartOf)
	for i := range r.EpisodeOfCare {
		m.labelled(e, toWhole, &r.EpisodeOfCare[i], "episode of care")
	}
	for i := range r.Appointment {
		m.labelled(e, toUnnamed, &r.Appointment[i], "appointment")
	}
}

func (m *Mapper) admission(e *answer.Entry, r *model.Encounter) *lhcrv1.Admission {
	x := r.Hospitalization
	if x == nil {
		return nil
	}
	out := &lhcrv1.Admission{
		Method: extended(x.Extension, "AdmissionMethod"), Source: contract.Concept(x.AdmitSource),
		Origin: m.place(e, x.Origin), Readmission: contract.Concept(x.ReAdmission),
	}
	if out.GetMethod() == nil && out.GetSource() == nil && out.GetOrigin() == "" && out.GetReadmission() == nil {
		return nil
	}
	return out
}

func (m *Mapper) discharge(e *answer.Entry, r *model.Encounter) *lhcrv1.Discharge {
	out := &lhcrv1.Discharge{
		Method: extended(r.Extension, "DischargeMethod"), Status: extended(r.Extension, "DischargeStatus"),
	}
	if x := r.Hospitalization; x != nil {
		out.Disposition, out.Destination = contract.Concept(x.Disposition), m.place(e, x.Destination)
		if out.GetMethod() == nil {
			out.Method = extended(x.Extension, "DischargeMethod")
		}
	}
	if out.GetMethod() == nil && out.GetStatus() == nil && out.GetDisposition() == nil && out.GetDestination() == "" {
		return nil
	}
	return out
}

// encounterExtensions keeps what exchanges add to encounters and the contract has no
// field for: legal status, readiness for discharge.
func (m *Mapper) encounterExtensions(out *lhcrv1.Encounter, e *answer.Entry, r *model.Encounter) {
	h := out.GetHeader()
	list := r.Extension
	if r.Hospitalization != nil {
		list = append(append([]model.Extension{}, list...), r.Hospitalization.Extension...)
	}
	for i := range list {
		x := &list[i]
		switch tail := x.Tail(); {
		case strings.Contains(tail, "EncounterServiceType"):
			out.ServiceType = contract.Concept(x.Value.Concept())
		case strings.Contains(tail, "LegalStatus"):
			alsoUnder(h, lhcrv1.Section_SECTION_LEGAL_INFORMATION, true)
			m.remarks(h, e, x)
		case strings.Contains(tail, "MedicallySafeForDischarge"):
			m.remarks(h, e, x)
		}
	}
}
