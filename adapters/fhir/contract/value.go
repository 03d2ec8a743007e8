package contract

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Value carries a choice of types over in the form in which it was recorded.
func Value(v model.Value) *lhcrv1.Value {
	switch v.Kind {
	case "":
		return nil
	case "String", "Markdown", "Id", "Uri", "Url", "Canonical", "Oid":
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Text{Text: v.Text()}}
	case "Boolean":
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Boolean{Boolean: v.Bool().IsTrue()}}
	case "Integer", "PositiveInt", "UnsignedInt":
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Integer{Integer: v.Text()}}
	case "Decimal":
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Quantity{Quantity: &lhcrv1.Quantity{Value: v.Text()}}}
	}
	if w := v.When(); w != "" {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_When{When: When(w)}}
	}
	return structured(v)
}

func structured(v model.Value) *lhcrv1.Value {
	if q := Quantity(model.Of[model.Quantity](v)); q != nil {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Quantity{Quantity: q}}
	}
	if c := Concept(v.Concept()); c != nil {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Concept{Concept: c}}
	}
	if r := Range(model.Of[model.Range](v)); r != nil {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Range{Range: r}}
	}
	if r := Ratio(model.Of[model.Ratio](v)); r != nil {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Ratio{Ratio: r}}
	}
	if p := Period(model.Of[model.Period](v)); p != nil {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Period{Period: p}}
	}
	return &lhcrv1.Value{Kind: &lhcrv1.Value_Other{Other: v.Kind}}
}
