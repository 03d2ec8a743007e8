package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

const ucum = "http://unitsofmeasure.org"

// amount is a physical quantity (PQ), an integer or a real, with the digits and the unit as sent. A number in a unit
// that UCUM does not have comes in a translation, whose words are the unit. Nil when there is no number.
func (r *reader) amount(e *xmltree.Element) *model.Quantity {
	if e == nil {
		return nil
	}
	if v := strings.TrimSpace(e.Attr("value")); v != "" {
		q := &model.Quantity{Value: model.Number(v)}
		if u := e.Attr("unit"); u != "" && u != "1" {
			q.Unit, q.System, q.Code = u, ucum, u
		}
		return q
	}
	for _, t := range e.Children("translation") {
		if v := strings.TrimSpace(t.Attr("value")); v != "" {
			return r.otherUnit(t, v)
		}
	}
	return nil
}

func (r *reader) otherUnit(t *xmltree.Element, value string) *model.Quantity {
	q := &model.Quantity{Value: model.Number(value), Unit: r.words.original(t)}
	if c := t.Attr("code"); c != "" {
		q.Code, q.System = c, system(t)
	}
	if q.Unit == "" {
		q.Unit = t.Attr("displayName")
	}
	return q
}

// amountOrRange is a quantity, or an interval of them: two ends are a range, one end alone is a quantity with a
// comparator. An end that is not part of the interval is told apart (IVL, inclusive).
func (r *reader) amountOrRange(e *xmltree.Element) model.Value {
	if q := r.amount(e); q != nil {
		return model.NodeValue("Quantity", q)
	}
	low, high := r.amount(e.Child("low")), r.amount(e.Child("high"))
	switch {
	case low != nil && high != nil:
		return r.between(e, low, high)
	case low != nil:
		low.Comparator = comparator(e.Child("low"), ">")
		return model.NodeValue("Quantity", low)
	case high != nil:
		high.Comparator = comparator(e.Child("high"), "<")
		return model.NodeValue("Quantity", high)
	}
	if q := r.amount(e.Child("center")); q != nil {
		return model.NodeValue("Quantity", q)
	}
	return model.Value{}
}

// between is a range; where an end is not part of it, which FHIR's cannot say, it is words.
func (r *reader) between(e *xmltree.Element, low, high *model.Quantity) model.Value {
	if isOpen(e.Child("low")) || isOpen(e.Child("high")) {
		low.Comparator, high.Comparator = comparator(e.Child("low"), ">"), comparator(e.Child("high"), "<")
		return model.TextValue("String", quantityWords(low)+" "+quantityWords(high))
	}
	return model.NodeValue("Range", &model.Range{Low: low, High: high})
}

func isOpen(end *xmltree.Element) bool { return end.Attr("inclusive") == "false" }

func comparator(end *xmltree.Element, open string) string {
	if isOpen(end) {
		return open
	}
	return open + "="
}

func quantityWords(q *model.Quantity) string {
	if q == nil {
		return ""
	}
	return strings.TrimSpace(q.Comparator + string(q.Value) + " " + q.Unit)
}

// ratio is one quantity to another (RTO).
func (r *reader) ratio(e *xmltree.Element) *model.Ratio {
	out := &model.Ratio{Numerator: r.amount(e.Child("numerator")), Denominator: r.amount(e.Child("denominator"))}
	if out.Numerator == nil && out.Denominator == nil {
		return nil
	}
	return out
}

// number is the value of an integer (INT).
func number(e *xmltree.Element) model.Number { return model.Number(strings.TrimSpace(e.Attr("value"))) }
