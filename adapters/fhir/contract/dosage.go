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
// first pair is carried in the fields, further ones beside it, and with them the dose
// and rate that STU3 has outside of it, should a sender write both.
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
		d.GetMaximumPerPeriod() != nil || d.GetMaximumPerAdministration() != nil ||
		d.GetMaximumPerLifetime() != nil || len(d.GetFurtherDoses()) > 0 || d.GetSite() != nil || d.GetMethod() != nil
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
	first := model.DoseAndRate{Dose: d.Dose, Rate: d.Rate}
	if len(d.DoseAndRate) > 0 {
		outer := first
		first = d.DoseAndRate[0]
		for i := range d.DoseAndRate[1:] {
			out.FurtherDoses = append(out.FurtherDoses, doseAndRate(&d.DoseAndRate[1+i]))
		}
		if outer.Dose.IsSet() || outer.Rate.IsSet() {
			out.FurtherDoses = append(out.FurtherDoses, doseAndRate(&outer))
		}
	}
	if !first.Dose.IsSet() && !first.Rate.IsSet() && first.Type == nil && d.DosePlain == nil {
		return
	}
	x := doseAndRate(&first)
	out.DoseType, out.Dose, out.DoseRange = x.GetType(), x.GetDose(), x.GetDoseRange()
	out.Rate, out.RateRange, out.RateRatio = x.GetRate(), x.GetRateRange(), x.GetRateRatio()
	if out.GetDose() == nil {
		out.Dose = Quantity(d.DosePlain)
	}
}

func doseAndRate(d *model.DoseAndRate) *lhcrv1.DoseAndRate {
	return &lhcrv1.DoseAndRate{
		Type: Concept(d.Type),
		Dose: Quantity(model.Of[model.Quantity](d.Dose)), DoseRange: Range(model.Of[model.Range](d.Dose)),
		Rate: Quantity(model.Of[model.Quantity](d.Rate)), RateRange: Range(model.Of[model.Range](d.Rate)),
		RateRatio: Ratio(model.Of[model.Ratio](d.Rate)),
	}
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

// Uncounted names the counts of a dosage that are no whole numbers, and so have no
// place in the contract, each with what was sent: "timing.repeat.frequency: 1.5".
func Uncounted(d *model.Dosage) []string {
	var out []string
	keep := func(element string, n model.Number) {
		if n != "" && Int(n) == nil {
			out = append(out, element+": "+string(n))
		}
	}
	keep("sequence", d.Sequence)
	if d.Timing == nil || d.Timing.Repeat == nil {
		return out
	}
	r := d.Timing.Repeat
	for _, c := range []struct {
		element string
		n       model.Number
	}{
		{"frequency", r.Frequency}, {"frequencyMax", r.FrequencyMax}, {"count", r.Count}, {"countMax", r.CountMax}, {"offset", r.Offset},
	} {
		keep("timing.repeat."+c.element, c.n)
	}
	return out
}

func repeat(out *lhcrv1.Timing, r *model.Repeat) {
	out.Frequency, out.FrequencyMax, out.Count = Int(r.Frequency), Int(r.FrequencyMax), Int(r.Count)
	out.Period, out.PeriodMax, out.PeriodUnit = string(r.Period), string(r.PeriodMax), r.PeriodUnit
	out.CountMax = Int(r.CountMax)
	out.Duration, out.DurationMax, out.DurationUnit = string(r.Duration), string(r.DurationMax), r.DurationUnit
	out.BoundsDuration = Quantity(model.Of[model.Quantity](r.Bounds))
	out.BoundsPeriod = Period(model.Of[model.Period](r.Bounds))
	out.BoundsRange = Range(model.Of[model.Range](r.Bounds))
	out.DaysOfWeek, out.When, out.OffsetMinutes = r.DayOfWeek, r.When, Int(r.Offset)
	for _, at := range r.TimeOfDay {
		out.TimesOfDay = append(out.TimesOfDay, at.String())
	}
}
