package show

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// unstated stands where a source recorded nothing: never "no", never "none".
const unstated = "not recorded"

func orUnstated(text string) string {
	if text == "" {
		return unstated
	}
	return text
}

func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

func joined(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), separator)
}

// when shows a date as precisely as it was recorded, in the zone in which it was.
func when(w *lhcrv1.When) string {
	switch w.GetPrecision() {
	case lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED, lhcrv1.DatePrecision_DATE_PRECISION_UNSPECIFIED:
		if w.GetOriginal() == "" {
			return ""
		}
		return "“" + w.GetOriginal() + "”"
	case lhcrv1.DatePrecision_DATE_PRECISION_INSTANT, lhcrv1.DatePrecision_DATE_PRECISION_LOCAL_TIME:
		day, clock, _ := strings.Cut(w.GetOriginal(), "T")
		return joined(" ", day, clock[:min(len(clock), len("15:04"))])
	}
	return w.GetOriginal()
}

// day is when without the time of day, for lists in which only the day matters.
func day(w *lhcrv1.When) string {
	switch w.GetPrecision() {
	case lhcrv1.DatePrecision_DATE_PRECISION_INSTANT, lhcrv1.DatePrecision_DATE_PRECISION_LOCAL_TIME:
		d, _, _ := strings.Cut(w.GetOriginal(), "T")
		return d
	}
	return when(w)
}

func period(p *lhcrv1.Period) string {
	start, end := day(p.GetStart()), day(p.GetEnd())
	switch {
	case start == "" && end == "":
		return ""
	case end == "":
		return "from " + start
	case start == "":
		return "until " + end
	}
	return start + " to " + end
}

func quantity(q *lhcrv1.Quantity) string {
	unit := q.GetUnit()
	if unit == "" {
		unit = q.GetCode()
	}
	if q.GetValue() == "" {
		return q.GetText()
	}
	amount := q.GetComparator() + q.GetValue()
	if unit == "%" {
		return amount + unit
	}
	return joined(" ", amount, unit)
}

func ratio(r *lhcrv1.Ratio) string {
	return joined(" / ", quantity(r.GetNumerator()), quantity(r.GetDenominator()))
}

func span(low, high *lhcrv1.Quantity) string {
	switch {
	case low == nil && high == nil:
		return ""
	case high == nil:
		return "from " + quantity(low)
	case low == nil:
		return "up to " + quantity(high)
	case quantityUnit(low) == quantityUnit(high):
		return low.GetValue() + "–" + quantity(high)
	}
	return quantity(low) + " – " + quantity(high)
}

func quantityUnit(q *lhcrv1.Quantity) string {
	if q.GetUnit() != "" {
		return q.GetUnit()
	}
	return q.GetCode()
}

func value(v *lhcrv1.Value) string {
	switch k := v.GetKind().(type) {
	case *lhcrv1.Value_Quantity:
		return quantity(k.Quantity)
	case *lhcrv1.Value_Concept:
		return k.Concept.GetDisplay()
	case *lhcrv1.Value_Text:
		return k.Text
	case *lhcrv1.Value_Range:
		return span(k.Range.GetLow(), k.Range.GetHigh())
	case *lhcrv1.Value_Ratio:
		return ratio(k.Ratio)
	case *lhcrv1.Value_Boolean:
		return yesNo(k.Boolean)
	case *lhcrv1.Value_Integer:
		return k.Integer
	case *lhcrv1.Value_When:
		return when(k.When)
	case *lhcrv1.Value_Period:
		return period(k.Period)
	case *lhcrv1.Value_Other:
		return "(a " + k.Other + ": see the source)"
	}
	return ""
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func displays(concepts []*lhcrv1.Concept) string {
	var all []string
	for _, c := range concepts {
		all = append(all, c.GetDisplay())
	}
	return joined(", ", all...)
}

// codings are all codings of a concept, for when they say different things.
func codings(c *lhcrv1.Concept) string {
	var all []string
	for _, k := range c.GetCodings() {
		said := joined(" / ", k.GetDisplay(), k.GetDescriptionDisplay())
		if k.GetUserSelected() {
			said += " (chosen by the user)"
		}
		all = append(all, said)
	}
	return joined("; ", all...)
}

func organisation(o *lhcrv1.Organisation) string {
	if o.GetName() != "" && o.GetOdsCode() != "" {
		return o.GetName() + " (" + o.GetOdsCode() + ")"
	}
	return joined("", o.GetName(), o.GetOdsCode())
}
