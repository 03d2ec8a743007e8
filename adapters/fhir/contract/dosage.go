package contract

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Dosages carries dosages over, each with its text and its structure (contract MED-010).
func Dosages(list []model.Dosage) []*lhcrv1.Dosage {
	var out []*lhcrv1.Dosage
	for i := range list {
		out = append(out, Dosage(&list[i]))
	}
	return out
}

// Dosage carries one dosage over. R4 pairs dose and rate in doseAndRate: the
// first pair is carried in the fields, as UK Core allows one.
func Dosage(d *model.Dosage) *lhcrv1.Dosage {
	if d == nil {
		return nil
	}
	out := &lhcrv1.Dosage{
		Sequence: Int(d.Sequence), Text: d.Text, PatientInstruction: d.PatientInstruction,
		AdditionalInstructions: Concepts(d.AdditionalInstruction), Timing: schedule(d.Timing),
		Site: Concept(d.Site), Route: Concept(d.Route), Method: Concept(d.Method),
		MaximumPerPeriod: Ratio(d.MaxDosePerPeriod), MaximumPerAdministration: Quantity(d.MaxDosePerAdmin),
		MaximumPerLifetime: Quantity(d.MaxDosePerLifetime),
	}
	asNeeded(out, d.AsNeeded)
	dose(out, d)
	return out
}

// Structured reports a dosage that says in structure what its text says in words.
func Structured(d *lhcrv1.Dosage) bool {
	return d.GetTiming() != nil || d.GetDose() != nil || d.GetDoseRange() != nil || d.GetRate() != nil ||
		d.GetRateRange() != nil || d.GetRateRatio() != nil || d.AsNeeded != nil || d.GetRoute() != nil ||
		d.GetMaximumPerPeriod() != nil || d.GetMaximumPerAdministration() != nil
}

func asNeeded(out *lhcrv1.Dosage, v model.Value) {
	if c := Concept(v.Concept()); c != nil {
		yes := true
		out.AsNeeded, out.AsNeededFor = &yes, c
		return
	}
	out.AsNeeded = Bool(v.Bool())
}

func dose(out *lhcrv1.Dosage, d *model.Dosage) {
	give, rate := d.Dose, d.Rate
	if len(d.DoseAndRate) > 0 {
		give, rate = d.DoseAndRate[0].Dose, d.DoseAndRate[0].Rate
	}
	out.Dose = Quantity(model.Of[model.Quantity](give))
	if out.Dose == nil {
		out.Dose = Quantity(d.DosePlain)
	}
	out.DoseRange = Range(model.Of[model.Range](give))
	out.Rate = Quantity(model.Of[model.Quantity](rate))
	out.RateRange = Range(model.Of[model.Range](rate))
	out.RateRatio = Ratio(model.Of[model.Ratio](rate))
}

func schedule(t *model.Timing) *lhcrv1.Timing {
	if t == nil {
		return nil
	}
	out := &lhcrv1.Timing{Code: Concept(t.Code)}
	for _, e := range t.Event {
		out.Events = append(out.Events, When(e))
	}
	if r := t.Repeat; r != nil {
		repeat(out, r)
	}
	return out
}

func repeat(out *lhcrv1.Timing, r *model.Repeat) {
	out.Frequency, out.FrequencyMax, out.Count = Int(r.Frequency), Int(r.FrequencyMax), Int(r.Count)
	out.Period, out.PeriodMax, out.PeriodUnit = string(r.Period), string(r.PeriodMax), r.PeriodUnit
	out.Duration, out.DurationUnit = string(r.Duration), r.DurationUnit
	out.BoundsDuration = Quantity(model.Of[model.Quantity](r.Bounds))
	out.BoundsPeriod = Period(model.Of[model.Period](r.Bounds))
	out.BoundsRange = Range(model.Of[model.Range](r.Bounds))
	out.DaysOfWeek, out.When, out.OffsetMinutes = r.DayOfWeek, r.When, Int(r.Offset)
	for _, at := range r.TimeOfDay {
		out.TimesOfDay = append(out.TimesOfDay, at.String())
	}
}
