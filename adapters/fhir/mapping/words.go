package mapping

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// inWords joins what there is.
func inWords(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), ", ")
}

func periodWords(p *model.Period) string {
	if p == nil {
		return ""
	}
	return contract.Words(model.NodeValue("Period", p))
}

// remarks keeps an extension's parts as remarks.
func (m *Mapper) remarks(h *lhcrv1.ItemHeader, e *answer.Entry, x *model.Extension) {
	for _, a := range m.attributes(e, x.Tail(), x) {
		remark(h, a.GetName(), valueWords(a.GetValue()))
	}
}

func quantityWords(q *lhcrv1.Quantity) string {
	unit := q.GetUnit()
	if unit == "" {
		unit = q.GetCode()
	}
	return strings.TrimSpace(q.GetComparator() + q.GetValue() + " " + unit + " " + q.GetText())
}

// valueWords puts a value in words.
func valueWords(v *lhcrv1.Value) string {
	switch k := v.GetKind().(type) {
	case *lhcrv1.Value_Text:
		return k.Text
	case *lhcrv1.Value_Concept:
		return k.Concept.GetDisplay()
	case *lhcrv1.Value_When:
		return k.When.GetOriginal()
	case *lhcrv1.Value_Boolean:
		if k.Boolean {
			return "true"
		}
		return "false"
	case *lhcrv1.Value_Integer:
		return k.Integer
	case *lhcrv1.Value_Quantity:
		return quantityWords(k.Quantity)
	case *lhcrv1.Value_Range:
		return quantityWords(k.Range.GetLow()) + " – " + quantityWords(k.Range.GetHigh())
	case *lhcrv1.Value_Ratio:
		return quantityWords(k.Ratio.GetNumerator()) + " / " + quantityWords(k.Ratio.GetDenominator())
	case *lhcrv1.Value_Other:
		return "[" + k.Other + "]"
	case *lhcrv1.Value_Period:
		return k.Period.GetStart().GetOriginal() + " – " + k.Period.GetEnd().GetOriginal()
	}
	return ""
}
