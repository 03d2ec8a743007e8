package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// immunisation maps an Immunization, given or not given.
func (m *Mapper) immunisation(e *answer.Entry, r *model.Immunization) {
	h := m.begin(e, lhcrv1.Section_SECTION_VACCINATIONS)
	if h == nil {
		return
	}
	i := &lhcrv1.Immunisation{
		Header: h, Vaccine: contract.Concept(r.VaccineCode), Given: given(h, r), LotNumber: r.LotNumber,
		Expiry: contract.When(r.Expiry), Dose: contract.Quantity(r.Dose), Site: contract.Concept(r.Site),
		Route: contract.Concept(r.Route), PrimarySource: contract.Bool(r.PrimarySource),
		ReportOrigin: contract.Concept(r.ReportOrigin), Manufacturer: m.place(e, r.Manufacturer), Location: m.place(e, r.Location),
	}
	h.Negated = i.Given != nil && !i.GetGiven()
	h.Recorded = contract.When(r.Recorded)
	m.agents(h, e, asPerformer, r.Performer)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	vaccinationExtensions(i, r.Extension)
	vaccinationTime(i, r)
	vaccinationReasons(i, r)
	m.linkAll(e, toReason, r.Reason)
	m.protocols(i, e, r.Protocol)
	m.vaccineReactions(h, e, r)
	flagConcepts(h, i.GetProcedure(), i.GetVaccine())
	for n := range r.ProgramElig {
		remark(h, "programEligibility", r.ProgramElig[n].Show())
	}
	remark(h, "fundingSource", r.FundingSource.Show())
	m.rest(h, e, "VaccinationProcedure", "ParentPresent", "DateRecorded", "ReportOrigin")
	m.record.Vaccinations = append(m.record.Vaccinations, i)
}

// given reads STU3's notGiven, else the status. A retracted entry says neither.
func given(h *lhcrv1.ItemHeader, r *model.Immunization) *bool {
	yes, no := true, false
	switch {
	case h.GetRetracted():
		return nil
	case r.NotGiven.IsTrue(), r.Status == "not-done":
		return &no
	case r.NotGiven.IsFalse(), r.Status == "completed":
		return &yes
	}
	return nil
}

func vaccinationExtensions(i *lhcrv1.Immunisation, list []model.Extension) {
	if x := model.FindExtension(list, "VaccinationProcedure"); x != nil {
		i.Procedure = contract.Concept(inner(x).Concept())
	}
	if x := model.FindExtension(list, "ParentPresent"); x != nil {
		i.ParentPresent = contract.Bool(x.Value.Bool())
	}
	if x := model.FindExtension(list, "DateRecorded"); x != nil && i.GetHeader().GetRecorded() == nil {
		i.Header.Recorded = contract.When(model.When(x.Value.Text())) // also one that is no date
	}
	if x := model.FindExtension(list, "ReportOrigin"); x != nil && i.GetReportOrigin() == nil {
		i.ReportOrigin = contract.Concept(x.Value.Concept())
	}
}

// vaccinationTime reads R4's occurrence, else STU3's date.
func vaccinationTime(i *lhcrv1.Immunisation, r *model.Immunization) {
	i.Occurrence, i.OccurrenceText = began(r.Occurrence)
	if i.GetOccurrence() == nil {
		i.Occurrence = contract.When(r.Date)
	}
}

// vaccinationReasons reads R4's reasonCode and statusReason and STU3's explanation.
func vaccinationReasons(i *lhcrv1.Immunisation, r *model.Immunization) {
	i.Reasons = contract.Concepts(r.ReasonCode)
	if c := contract.Concept(r.StatusReason); c != nil {
		i.ReasonsNotGiven = append(i.ReasonsNotGiven, c)
	}
	if r.Explanation != nil {
		i.Reasons = append(i.Reasons, contract.Concepts(r.Explanation.Reason)...)
		i.ReasonsNotGiven = append(i.ReasonsNotGiven, contract.Concepts(r.Explanation.ReasonNotGiven)...)
	}
}

func (m *Mapper) protocols(i *lhcrv1.Immunisation, e *answer.Entry, list []model.VaccinationProtocol) {
	for n := range list {
		p := &list[n]
		out := &lhcrv1.ImmunisationProtocol{
			DoseNumber: p.DoseNumber.Text(), SeriesDoses: p.SeriesDoses.Text(), Series: p.Series,
			Targets: contract.Concepts(p.TargetDisease), Description: p.Description, Authority: m.place(e, p.Authority),
		}
		if out.GetDoseNumber() == "" {
			out.DoseNumber = string(p.DoseSequence)
		}
		if out.GetSeriesDoses() == "" {
			out.SeriesDoses = string(p.SeriesPlain)
		}
		remark(i.GetHeader(), "doseStatus", p.DoseStatus.Show())
		remark(i.GetHeader(), "doseStatusReason", p.StatusReason.Show())
		i.Protocols = append(i.Protocols, out)
	}
}

// vaccineReactions links the reactions, and says that a dose was not fully potent.
func (m *Mapper) vaccineReactions(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.Immunization) {
	if r.IsSubpotent.IsTrue() {
		remark(h, "isSubpotent", "true")
	}
	for i := range r.Reaction {
		m.labelled(e, toUnnamed, r.Reaction[i].Detail, "reaction")
		remark(h, "reaction.date", r.Reaction[i].Date.String())
		remark(h, "reaction.reported", boolWords(r.Reaction[i].Reported))
	}
}
