package contract

import (
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Quantity carries an amount over with its digits and its unit (contract REC-015).
// A source that could state the amount in words only puts them in an extension
// (GP Connect's QuantityText) or in the place of the number.
func Quantity(q *model.Quantity) *lhcrv1.Quantity {
	if q == nil {
		return nil
	}
	out := &lhcrv1.Quantity{Comparator: q.Comparator, Unit: q.Unit, System: model.CanonicalSystem(q.System), Code: q.Code}
	if q.Value.IsNumber() {
		out.Value = string(q.Value)
	} else {
		out.Text = string(q.Value)
	}
	if x := model.FindExtension(q.Extension, "QuantityText"); x != nil && out.Text == "" {
		out.Text = x.Value.Text()
	}
	if out.Value == "" && out.Text == "" && out.Unit == "" && out.Code == "" && out.Comparator == "" {
		return nil
	}
	return out
}

// Range carries a range over.
func Range(r *model.Range) *lhcrv1.Range {
	if r == nil || (r.Low == nil && r.High == nil) {
		return nil
	}
	return &lhcrv1.Range{Low: Quantity(r.Low), High: Quantity(r.High)}
}

// Ratio carries a ratio over.
func Ratio(r *model.Ratio) *lhcrv1.Ratio {
	if r == nil || (r.Numerator == nil && r.Denominator == nil) {
		return nil
	}
	return &lhcrv1.Ratio{Numerator: Quantity(r.Numerator), Denominator: Quantity(r.Denominator)}
}

// whole takes the fraction off a whole number that was written with one ("6.0").
func whole(n model.Number) string {
	digits, fraction, found := strings.Cut(string(n), ".")
	if found && strings.Trim(fraction, "0") != "" {
		return string(n)
	}
	return digits
}

// Uint is a count as recorded, nil when it is absent or no whole number from 0 up.
func Uint(n model.Number) *uint32 {
	if n == "" {
		return nil
	}
	v, err := strconv.ParseUint(whole(n), 10, 32)
	if err != nil {
		return nil
	}
	u := uint32(v)
	return &u
}

// Int is a whole number as recorded, nil when it is absent or none.
func Int(n model.Number) *int32 {
	if n == "" {
		return nil
	}
	v, err := strconv.ParseInt(whole(n), 10, 32)
	if err != nil {
		return nil
	}
	i := int32(v)
	return &i
}

// Bool is a boolean as recorded, nil when it is absent.
func Bool(b model.Bool) *bool {
	if !b.IsSet() {
		return nil
	}
	v := b.IsTrue()
	return &v
}
