package cda

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// substance reads a substance administration: a vaccination; a medicine that somebody takes, took or was given; one that
// was ordered; one that is planned and nobody ordered.
func (s *statement) substance() *model.Reference {
	switch {
	case s.isVaccination():
		return s.vaccination()
	case s.mood == "RQO":
		return s.medicineOrder("order")
	case s.mood == "EVN" || s.mood == "":
		if s.kind == kindAdministered {
			return s.given()
		}
		return s.statementOf()
	case s.mood == "INT" && s.kind != kindPlan:
		return s.statementOf()
	}
	return s.medicineOrder("proposal")
}

func (s *statement) isVaccination() bool {
	if has(s.e, vaccineTemplates...) || is(s.e.Child("code"), "IMMUNIZ", "INITIMMUNIZ", "BOOSTER") {
		return true
	}
	return s.kind == kindImmunisations && !s.isNested()
}

// medicinePart is what all resources about a medicine are made of.
type medicinePart struct {
	product model.Value
	dosage  []model.Dosage
	when    model.Value
	reasons []model.Concept
	others  []relation
}

// medicineParts reads what the statement says of the medicine itself.
func (s *statement) medicineParts() medicinePart {
	p := medicinePart{product: s.productOf(s.one("consumable"))}
	var d model.Dosage
	p.when = s.schedule(&d, s.all("effectiveTime"))
	s.dose(&d)
	for _, x := range s.relations() {
		switch {
		case x.isReason():
			if c := s.reason(x); c != nil {
				p.reasons = append(p.reasons, *c)
			}
		case has(x.e, sigTemplates...) || is(x.code(), codeSig):
			d.Text = s.words.text(x.e.Child("text"))
		case x.isInstruction():
			d.PatientInstruction = joined(d.PatientInstruction, s.actWords(x.e))
		case !s.absorb(x):
			p.others = append(p.others, x)
		}
	}
	s.asNeeded(&d)
	if d.Text == "" {
		d.Text = s.wording()
	}
	s.spareCode()
	for _, e := range s.all("participant") {
		s.note("participant", s.inWords(e))
	}
	if !isBlank(&d) {
		p.dosage = []model.Dosage{d}
	}
	return p
}

// spareCode keeps the code of a substance administration, which few have.
func (s *statement) spareCode() {
	if c := s.concept(s.one("code")); c != nil {
		s.note("code", c.Show())
	}
}

func joined(have, more string) string {
	if have == "" {
		return more
	}
	return have + "\n" + more
}

func isBlank(d *model.Dosage) bool {
	return d.Text == "" && d.PatientInstruction == "" && d.Timing == nil && !d.AsNeeded.IsSet() && d.Route == nil && d.Site == nil &&
		d.Method == nil && !d.Dose.IsSet() && !d.Rate.IsSet() && d.MaxDosePerPeriod == nil
}

// statementOf reads a medicine as a statement: what happened, and what is meant to.
func (s *statement) statementOf() *model.Reference {
	p := s.medicineParts()
	out := &model.MedicationStatement{
		Medication: p.product, Effective: p.when, Dosage: p.dosage, ReasonCode: p.reasons, DateAsserted: s.writtenAt(),
	}
	out.Head.Status = s.retract(medicineStatus(s.status))
	if s.mood == "INT" {
		s.note("mood", "INT (intended)")
	}
	if list := s.category(); len(list) > 0 {
		out.Category = &list[0]
	}
	if s.neg {
		s.notTaken(out)
	}
	if told := s.actorsOf(s.all("informant")); len(told) > 0 {
		out.Source = &told[0]
	}
	if s.parent != nil {
		out.PartOf = []model.Reference{*s.parent}
	}
	ref := s.finish("MedicationStatement", out)
	s.supplied(out.Medication, ref, p.others)
	return ref
}

// notTaken turns a denied administration into what is said not to be taken, with the reasons for that.
func (s *statement) notTaken(out *model.MedicationStatement) {
	out.Taken, out.ReasonNotTaken, out.ReasonCode = "n", out.ReasonCode, nil
	if !s.isRetracted() {
		out.Head.Status = "not-taken"
		s.note("status of the entry", s.status)
	}
}

// medicineStatus is the status in FHIR's words, where both mean the same (C-CDA on FHIR); others stay as sent.
func medicineStatus(status string) string {
	switch status {
	case "aborted":
		return "stopped"
	case "suspended", "held":
		return "on-hold"
	}
	return status
}

// given reads a dose that was given.
func (s *statement) given() *model.Reference {
	p := s.medicineParts()
	out := &model.MedicationAdministration{Medication: p.product, Effective: p.when, ReasonCode: p.reasons}
	out.Head.Status = s.retract(medicineStatus(s.status))
	if len(p.dosage) > 0 {
		out.Dosage = &p.dosage[0]
	}
	if s.neg {
		out.NotGiven, out.ReasonNotGiven, out.ReasonCode = model.True, out.ReasonCode, nil
	}
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil {
			out.Performer = append(out.Performer, model.Agent{Actor: who})
		}
	}
	s.informants()
	ref := s.finish("MedicationAdministration", out)
	s.supplied(out.Medication, ref, p.others)
	return ref
}

// medicineOrder reads a medicine that was ordered, or proposed and not ordered.
func (s *statement) medicineOrder(intent string) *model.Reference {
	p := s.medicineParts()
	out := &model.MedicationRequest{
		Intent: intent, Medication: p.product, Dosage: p.dosage, ReasonCode: p.reasons, AuthoredOn: s.writtenAt(), Category: s.category(),
	}
	out.Head.Status = s.retract(medicineStatus(s.status))
	if intent != "order" {
		s.note("mood", s.mood)
	}
	if s.neg {
		out.DoNotPerform = model.True
	}
	if when := wordsOf(p.when); when != "" {
		out.Dispense = &model.DispenseRequest{ValidityPeriod: periodIn(p.when)}
	}
	s.allowed(out)
	s.requester(out)
	s.informants()
	ref := s.finish("MedicationRequest", out)
	s.supplied(out.Medication, ref, p.others)
	return ref
}

// requester is the author of an order.
func (s *statement) requester(out *model.MedicationRequest) {
	if authors := s.authorsOf(s.e); len(authors) > 0 {
		out.Requester = &model.Agent{Actor: &authors[0]}
	}
	for _, e := range s.all("performer") {
		if who := s.actorOf(e); who != nil && out.Performer == nil {
			out.Performer = who
		}
	}
}

// allowed keeps how often an order may be issued (repeatNumber: C-CDA counts every supply, the first among them).
func (s *statement) allowed(out *model.MedicationRequest) {
	e := s.one("repeatNumber")
	n := number(e)
	if n == "" {
		if words := s.wordsIn(e); words != "" {
			s.note("repeatNumber", words)
		}
		return
	}
	out.Extension = append(out.Extension, model.Extension{URL: "Extension-MedicationRepeatInformation", Extension: []model.Extension{
		{URL: "numberOfRepeatPrescriptionsAllowed", Value: model.TextValue("PositiveInt", string(n))},
	}})
}

// supplied reads the supplies that stand in a medicine's statement, which are of that medicine, and what else does.
func (s *statement) supplied(product model.Value, self *model.Reference, others []relation) {
	for _, x := range others {
		in := s.inside(self, x.typeCode)
		if slices.Contains([]string{"supply", "substanceAdministration"}, x.e.Local) {
			in.product = &product
		}
		s.dispatch(s.newStatement(x.e, in))
	}
}

// periodIn is a moment or an interval as a period.
func periodIn(v model.Value) *model.Period {
	if p := model.Of[model.Period](v); p != nil {
		return p
	}
	if w := v.When(); w != "" {
		return &model.Period{Start: w}
	}
	return nil
}
