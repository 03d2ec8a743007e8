package contract

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// When carries a date over as sent, with its precision (contract REC-014).
func When(w model.When) *lhcrv1.When {
	if w == "" {
		return nil
	}
	out := new(lhcrv1.When)
	fillWhen(out, w)
	return out
}

func fillWhen(out *lhcrv1.When, w model.When) {
	out.Original, out.Precision = string(w), precision(w.Parse())
}

func precision(p model.Parsed) lhcrv1.DatePrecision {
	switch p.Precision {
	case model.PrecisionYear:
		return lhcrv1.DatePrecision_DATE_PRECISION_YEAR
	case model.PrecisionMonth:
		return lhcrv1.DatePrecision_DATE_PRECISION_MONTH
	case model.PrecisionDay:
		return lhcrv1.DatePrecision_DATE_PRECISION_DAY
	case model.PrecisionMinute, model.PrecisionSecond, model.PrecisionFraction:
		if p.Zoned {
			return lhcrv1.DatePrecision_DATE_PRECISION_INSTANT
		}
		return lhcrv1.DatePrecision_DATE_PRECISION_LOCAL_TIME
	case model.PrecisionNone, model.PrecisionTime:
	}
	return lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED
}

// Period carries a period over.
func Period(p *model.Period) *lhcrv1.Period {
	if p == nil || (p.Start == "" && p.End == "") {
		return nil
	}
	out := &period{}
	if p.Start != "" {
		fillWhen(&out.start, p.Start)
		out.whole.Start = &out.start
	}
	if p.End != "" {
		fillWhen(&out.end, p.End)
		out.whole.End = &out.end
	}
	return &out.whole
}

// period is a Period with its ends in one allocation.
type period struct {
	whole      lhcrv1.Period
	start, end lhcrv1.When
}

// Timing takes a choice of types that says when something was: a moment, a
// period, or words (an age, a range, a phrase).
func Timing(v model.Value) (at *lhcrv1.When, period *lhcrv1.Period, words string) {
	if w := v.When(); w != "" {
		return When(w), nil, ""
	}
	if p := model.Of[model.Period](v); p != nil {
		return nil, Period(p), ""
	}
	return nil, nil, Words(v)
}

// Words puts a value in words: a phrase as sent, an age or amount with its unit,
// a range from–to. Empty when the value is none of these.
func Words(v model.Value) string {
	if q := model.Of[model.Quantity](v); q != nil {
		return amountWords(q)
	}
	if r := model.Of[model.Range](v); r != nil {
		return amountWords(r.Low) + " – " + amountWords(r.High)
	}
	if p := model.Of[model.Period](v); p != nil {
		return p.Start.String() + " – " + p.End.String()
	}
	if c := v.Concept(); c != nil {
		return c.Show()
	}
	return v.Text()
}

func amountWords(q *model.Quantity) string {
	if q == nil {
		return ""
	}
	unit := q.Unit
	if unit == "" {
		unit = q.Code
	}
	if unit == "" {
		return q.Comparator + string(q.Value)
	}
	return q.Comparator + string(q.Value) + " " + unit
}
