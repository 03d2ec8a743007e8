package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// supply reads a supply: a dispense, an order for one, or of something that is no medicine.
func (s *statement) supply() *model.Reference {
	product := s.e.Child("product")
	if product == nil && s.scope.product == nil || has(s.e, ccda+"50", ccda+"43") && !isMedicine(product) {
		return s.equipment()
	}
	if s.happened() {
		return s.dispense()
	}
	return s.supplyOrder()
}

// isMedicine reports a product that is described as a material.
func isMedicine(product *xmltree.Element) bool {
	return product.At("manufacturedProduct", "manufacturedMaterial", "code").Attr("code") != ""
}

func (s *statement) dispense() *model.Reference {
	out := &model.MedicationDispense{Medication: s.productOf(s.one("product")), Quantity: s.amount(s.one("quantity"))}
	out.Head.Status = s.retract(medicineStatus(s.status))
	if s.neg {
		out.NotDone = model.True
	}
	times := s.all("effectiveTime")
	for i, e := range times {
		v := span(e)
		if w := beginning(e); i == 0 && w != "" {
			out.HandedOver = w
			s.note("until", ending(e).String())
			continue
		}
		s.note("time", wordsOf(v))
	}
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil {
			out.Performer = append(out.Performer, model.Agent{Actor: who})
		}
	}
	s.note("supply number", s.wordsIn(s.one("repeatNumber")))
	s.informants()
	if s.parent != nil {
		out.Prescription = []model.Reference{*s.parent}
	}
	others := s.apart()
	ref := s.finish("MedicationDispense", out)
	s.nested(ref, others)
	return ref
}

func (s *statement) supplyOrder() *model.Reference {
	intent := "order"
	if s.mood == "PRP" || s.kind == kindPlan && s.mood != "RQO" {
		intent = "proposal"
	}
	out := &model.MedicationRequest{Intent: intent, Medication: s.productOf(s.one("product")), AuthoredOn: s.writtenAt()}
	out.Head.Status = s.retract(medicineStatus(s.status))
	d := &model.DispenseRequest{Quantity: s.amount(s.one("quantity"))}
	for i, e := range s.all("effectiveTime") {
		if v := span(e); i == 0 {
			d.ValidityPeriod = periodIn(v)
		} else {
			s.note("time", wordsOf(v))
		}
	}
	if d.Quantity != nil || d.ValidityPeriod != nil {
		out.Dispense = d
	}
	s.allowed(out)
	s.requester(out)
	s.note("mood", s.mood)
	s.informants()
	others := s.supplyInstructions(out)
	if s.neg {
		out.DoNotPerform = model.True
	}
	if s.parent != nil {
		out.BasedOn = []model.Reference{*s.parent}
	}
	ref := s.finish("MedicationRequest", out)
	s.nested(ref, others)
	return ref
}

func (s *statement) supplyInstructions(out *model.MedicationRequest) []relation {
	var others []relation
	d := model.Dosage{}
	for _, x := range s.relations() {
		switch {
		case x.isInstruction():
			d.PatientInstruction = joined(d.PatientInstruction, s.actWords(x.e))
		case !s.absorb(x):
			others = append(others, x)
		}
	}
	if d.PatientInstruction != "" {
		out.Dosage = []model.Dosage{d}
	}
	return others
}

// equipment reads a supply of what is no medicine: a device, an aid.
func (s *statement) equipment() *model.Reference {
	out := &model.General{Category: s.category(), Occurrence: span(s.one("effectiveTime"))}
	out.Code = s.deviceName()
	out.Head.Status = s.retract(s.status)
	kind := "SupplyDelivery"
	if !s.happened() {
		kind, out.Intent = "SupplyRequest", s.mood
	}
	if s.neg {
		out.NotDone = model.True
	}
	if q := s.amount(s.one("quantity")); q != nil {
		s.note("quantity", quantityWords(q))
	}
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil {
			out.Performer = append(out.Performer, model.Agent{Actor: who})
		}
	}
	others := s.apart()
	ref := s.finish(kind, out)
	s.nested(ref, others)
	return ref
}

// deviceName is what a device is: by the participation of it, the product, the code.
func (s *statement) deviceName() *model.Concept {
	var found *model.Concept
	for _, p := range s.all("participant") {
		role := p.Child("participantRole")
		c := s.concept(role.At("playingDevice", "code"))
		if c == nil {
			c = s.concept(role.At("playingEntity", "code"))
		}
		if found == nil && c != nil {
			found = c
			s.note("device", s.wordsIn(role.Child("scopingEntity")))
			continue
		}
		s.note("participant", s.inWords(p))
	}
	if product := s.one("product"); product != nil && found == nil {
		found = s.productName(product.At("manufacturedProduct", "manufacturedMaterial"))
	}
	if code := s.concept(s.one("code")); code != nil {
		if found == nil {
			return code
		}
		s.note("code", code.Show())
	}
	if found == nil {
		found = s.unnamed(s.e.Child("code"))
	}
	return found
}
