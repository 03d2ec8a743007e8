package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// wordsIn is inWords of what may not be there.
func (r *reader) wordsIn(e *xmltree.Element) string {
	if e == nil {
		return ""
	}
	return r.inWords(e)
}

// dose reads how much is given, how fast, by which way and where.
func (s *statement) dose(d *model.Dosage) {
	d.Route, d.Method = s.coded("routeCode"), s.coded("methodCode")
	sites := s.concepts(s.all("approachSiteCode"))
	for i := range sites {
		if i == 0 {
			d.Site = &sites[0]
			continue
		}
		s.note("also at", sites[i].Show())
	}
	d.Dose = s.dosed("doseQuantity")
	d.Rate = s.dosed("rateQuantity")
	most := s.all("maxDoseQuantity")
	for i, e := range most {
		if x := s.ratio(e); x != nil && i == 0 {
			d.MaxDosePerPeriod = x
			continue
		}
		s.note("maxDoseQuantity", s.inWords(e))
	}
	if unit := s.concept(s.one("administrationUnitCode")); unit != nil {
		s.note("unit of administration", unit.Show())
	}
}

// dosed reads an amount. What is no amount (a fraction in words, two ends of which one is open) is a note.
func (s *statement) dosed(name string) model.Value {
	e := s.one(name)
	v := s.amountOrRange(e)
	if x := s.ratio(e); !v.IsSet() && x != nil {
		return model.NodeValue("Ratio", x)
	}
	if v.Kind == "String" {
		s.note(name, v.Text())
		return model.Value{}
	}
	switch f := flavor(e); {
	case f != nil && v.IsSet():
		s.doubt(name, f.Show())
	case f != nil:
		s.note(name, f.Show())
	}
	s.dosedOtherwise(name, e)
	if t := e.Child("translation"); t != nil && e.Attr("value") != "" {
		s.note(name, s.inWords(t))
	}
	return v
}

// dosedOtherwise keeps what makes an amount doubtful: an end that is said not to be known, another amount beside it.
func (s *statement) dosedOtherwise(name string, e *xmltree.Element) {
	for _, end := range [...]string{"low", "high"} {
		if f := flavor(e.Child(end)); f != nil && e.Child(end).Attr("value") != "" {
			s.doubt(name+", "+end, f.Show())
		}
	}
	for i, more := range s.all(name) {
		if i > 0 {
			s.doubt(name, "also "+s.inWords(more))
		}
	}
}

// doubted puts into the words of a dosage what of it has no form but words, so that nobody takes its structure for all
// that was said.
func (s *statement) doubted(d *model.Dosage) {
	if len(s.doubts) == 0 {
		return
	}
	if d.Text == "" {
		d.Text = s.wording()
	}
	for _, words := range s.doubts {
		d.Text = joined(d.Text, words)
	}
}

// inDoubt keeps a part of the times as words, in a note and with the dosage.
func (s *statement) inDoubt(name string, e *xmltree.Element) {
	s.doubt(name, s.inWords(e))
}

func (s *statement) doubt(name, words string) {
	s.note(name, words)
	s.doubts = append(s.doubts, strings.TrimSuffix(name+": "+words, ": "))
}

// asNeeded reads the condition on which a medicine is taken (precondition), and a priority that says the same.
func (s *statement) asNeeded(d *model.Dosage) {
	s.doubted(d)
	for _, e := range s.all("precondition") {
		criterion := e.Child("criterion")
		v, _ := s.value(criterion.Child("value"))
		words := wordsOf(v)
		if words == "" {
			words = s.words.text(criterion.Child("text"))
		}
		c := v.Concept()
		switch {
		case d.AsNeeded.IsSet():
			s.note("precondition", words)
		case c != nil:
			d.AsNeeded = model.NodeValue("CodeableConcept", c)
		case words != "":
			d.AsNeeded = model.NodeValue("CodeableConcept", &model.Concept{Text: words})
		default:
			d.AsNeeded = model.TextValue("Boolean", "true")
		}
	}
	e := s.one("priorityCode")
	if is(e, "PRN") && !d.AsNeeded.IsSet() {
		d.AsNeeded = model.TextValue("Boolean", "true")
		return
	}
	s.note("priority", s.concept(e).Show())
}

// schedule reads the times of a medicine: the first that is an interval or a moment is when it was or is taken, those that
// recur are the dosage's.
func (s *statement) schedule(d *model.Dosage, times []*xmltree.Element) (when model.Value) {
	plain := !excepts(times, 0)
	for _, e := range flatTimes(times, nil, 0) {
		switch recurs := isPeriodic(e) || isEventual(e); {
		case e.Attr("operator") == "E" && !recurs && !isCompound(e):
			s.note("except at", s.inWords(e))
		case e.Attr("operator") == "E" || isCompound(e):
			s.inDoubt("except at", e)
		case recurs && !plain:
			s.inDoubt("time", e)
		case isPeriodic(e):
			s.periodic(d, e)
		case isEventual(e):
			s.eventual(d, e)
		default:
			s.interval(&when, e)
		}
	}
	return when
}

// isCompound reports times that were left together, for what they take away.
func isCompound(e *xmltree.Element) bool { return e.Child("comp") != nil }

// excepts reports times from which others are taken away (CDA data types R1, SetOperator E): no rhythm is left that could
// be told but in words.
func excepts(times []*xmltree.Element, depth int) bool {
	for _, e := range times {
		if e.Attr("operator") == "E" || depth < 8 && excepts(e.Children("comp"), depth+1) {
			return true
		}
	}
	return false
}

// flatTimes takes the parts out of times that are made of others (SXPR_TS).
func flatTimes(times, out []*xmltree.Element, depth int) []*xmltree.Element {
	for _, e := range times {
		if parts := e.Children("comp"); len(parts) > 0 && depth < 8 && e.Attr("operator") != "E" {
			out = flatTimes(parts, out, depth+1)
			continue
		}
		out = append(out, e)
	}
	return out
}

func isPeriodic(e *xmltree.Element) bool {
	return strings.HasPrefix(kindOf(e), "PIVL") || e.Child("period") != nil
}

func isEventual(e *xmltree.Element) bool {
	return strings.HasPrefix(kindOf(e), "EIVL") || e.Child("event") != nil
}

func (s *statement) interval(when *model.Value, e *xmltree.Element) {
	v := span(e)
	s.edges(e)
	if w := s.amount(e.Child("width")); w != nil {
		s.note("for", quantityWords(w))
	}
	if !when.IsSet() {
		*when = v
		return
	}
	s.note("also", wordsOf(v))
}

func repeatOf(d *model.Dosage) *model.Repeat {
	if d.Timing == nil {
		d.Timing = &model.Timing{}
	}
	if d.Timing.Repeat == nil {
		d.Timing.Repeat = &model.Repeat{}
	}
	return d.Timing.Repeat
}

// periodic reads a time that recurs: once in each period, whose length may itself be between two.
func (s *statement) periodic(d *model.Dosage, e *xmltree.Element) {
	p := e.Child("period")
	low, high := s.amount(p), (*model.Quantity)(nil)
	if low == nil {
		low, high = s.amount(p.Child("low")), s.amount(p.Child("high"))
	}
	if d.Timing != nil && d.Timing.Repeat != nil && d.Timing.Repeat.Period != "" || low == nil || low.Unit == "" || high != nil && high.Unit != low.Unit {
		s.inDoubt("time", e)
		return
	}
	r := repeatOf(d)
	r.Frequency, r.Period, r.PeriodUnit = "1", low.Value, low.Unit
	if high != nil {
		r.PeriodMax = high.Value
	}
	if aligned := e.Attr("alignment"); aligned != "" {
		s.doubt("aligned to", aligned)
	}
	if phase := span(e.Child("phase")); phase.IsSet() {
		s.note("phase", wordsOf(phase))
	}
	if e.Attr("institutionSpecified") == "true" {
		s.note("time", "the hours are for whoever gives it to choose")
	}
}

// eventual reads a time that hangs on the patient's day (HL7 v3 TimingEvent: before meals, at bed time).
func (s *statement) eventual(d *model.Dosage, e *xmltree.Element) {
	code := e.Child("event").Attr("code")
	if code == "" {
		s.note("time", s.inWords(e))
		return
	}
	r := repeatOf(d)
	r.When = append(r.When, code)
	if offset := s.wordsIn(e.Child("offset")); offset != "" {
		s.note("offset from "+code, offset)
	}
}
