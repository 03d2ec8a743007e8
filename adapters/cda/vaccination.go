package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// vaccination reads a vaccination that was given or was not; one that is planned is recommended.
func (s *statement) vaccination() *model.Reference {
	if !s.happened() {
		return s.recommendation()
	}
	out := &model.Immunization{Occurrence: s.schedule(&model.Dosage{}, s.all("effectiveTime"))}
	out.Head.Status = s.retract(s.status)
	s.vaccine(out)
	s.vaccinationDose(out)
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil {
			out.Performer = append(out.Performer, model.Agent{Actor: who})
		}
	}
	var others []relation
	for _, x := range s.relations() {
		if !s.vaccinationPart(out, x) && !s.absorb(x) {
			others = append(others, x)
		}
	}
	if s.neg && !s.isRetracted() {
		out.Head.Status = "not-done"
		out.NotGiven = model.True
	}
	if n := number(s.one("repeatNumber")); n != "" && len(out.Protocol) == 0 {
		out.Protocol = []model.VaccinationProtocol{{DoseNumber: model.TextValue("PositiveInt", string(n))}}
	}
	s.spareCode()
	out.Recorded = s.writtenAt()
	s.vaccinationPlaces(out)
	s.informants()
	ref := s.finish("Immunization", out)
	s.nested(ref, others)
	return ref
}

// vaccine reads what was given, of which batch and by whom it was made.
func (s *statement) vaccine(out *model.Immunization) {
	made := s.one("consumable").Child("manufacturedProduct")
	material := made.Child("manufacturedMaterial")
	out.VaccineCode = s.productWords(s.productName(material), material)
	out.LotNumber, out.Expiry = squeeze(material.Child("lotNumberText").Text()), moment(material.Child("expirationTime"))
	out.Manufacturer = s.organisation(made.Child("manufacturerOrganization"))
}

func (s *statement) vaccinationDose(out *model.Immunization) {
	var d model.Dosage
	s.dose(&d)
	s.asNeeded(&d)
	out.Route, out.Site = d.Route, d.Site
	if q := model.Of[model.Quantity](d.Dose); q != nil {
		out.Dose = q
	} else {
		s.note("doseQuantity", wordsOf(d.Dose))
	}
	s.note("method", d.Method.Show())
}

func (s *statement) vaccinationPart(out *model.Immunization, x relation) bool {
	switch {
	case x.isReason() && s.neg:
		out.StatusReason = s.reason(x)
	case x.isReason():
		if c := s.reason(x); c != nil {
			out.ReasonCode = append(out.ReasonCode, *c)
		}
	case is(x.code(), codeDose):
		v, _ := s.value(x.value())
		out.Protocol = []model.VaccinationProtocol{{DoseNumber: model.TextValue("String", wordsOf(v))}}
	default:
		return false
	}
	return true
}

func (s *statement) vaccinationPlaces(out *model.Immunization) {
	for _, p := range s.all("participant") {
		if p.Attr("typeCode") == "LOC" && out.Location == nil {
			if out.Location = s.location(p.Child("participantRole")); out.Location != nil {
				continue
			}
		}
		s.note("participant", s.inWords(p))
	}
}

func (s *statement) recommendation() *model.Reference {
	p := s.medicineParts()
	out := &model.General{Code: p.product.Concept(), Category: s.category(), Occurrence: p.when, Reason: p.reasons, Intent: s.mood}
	if ref := model.Of[model.Reference](p.product); ref != nil {
		out.Code = s.productName(s.e.At("consumable", "manufacturedProduct", "manufacturedMaterial"))
	}
	out.Head.Status = s.retract(s.status)
	if s.neg {
		out.NotDone = model.True
	}
	for i := range p.dosage {
		s.note("dosage", p.dosage[i].Text)
	}
	ref := s.finish("ImmunizationRecommendation", out)
	s.nested(ref, p.others)
	return ref
}
