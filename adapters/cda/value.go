package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// value is what an observation found, of whatever data type, and why there is none.
func (r *reader) value(e *xmltree.Element) (v model.Value, absent *model.Concept) {
	if e == nil {
		return v, nil
	}
	if v = r.typed(e, kindOf(e)); !v.IsSet() {
		absent = flavor(e)
	}
	return v, absent
}

// typed reads a value by its data type (HL7 data types R1); one that has no form in FHIR is words.
func (r *reader) typed(e *xmltree.Element, kind string) model.Value {
	switch kind {
	case "PQ", "IVL_PQ", "IVL_INT", "IVL_REAL", "MO":
		return r.amountOrRange(e)
	case "CD", "CE", "CV", "CO", "CS", "SC":
		return conceptValue(r.concept(e))
	case "ST", "ED":
		return wordsValue(r.words.text(e))
	case "INT":
		return plainValue("Integer", e)
	case "REAL":
		return plainValue("Decimal", e)
	case "BL":
		return plainValue("Boolean", e)
	case "TS", "IVL_TS":
		return span(e)
	case "RTO", "RTO_PQ_PQ", "RTO_QTY_QTY", "RTO_MO_PQ":
		if x := r.ratio(e); x != nil {
			return model.NodeValue("Ratio", x)
		}
	case "":
		return r.untyped(e)
	}
	return wordsValue(r.inWords(e))
}

// untyped reads a value that does not name its type by what it holds.
func (r *reader) untyped(e *xmltree.Element) model.Value {
	switch {
	case e.Attr("code") != "" || e.Child("originalText") != nil:
		return conceptValue(r.concept(e))
	case e.Attr("unit") != "" || e.Child("low") != nil || e.Child("high") != nil:
		return r.amountOrRange(e)
	case e.Attr("value") != "":
		return plainValue("String", e)
	}
	return wordsValue(r.inWords(e))
}

func conceptValue(c *model.Concept) model.Value {
	if c == nil {
		return model.Value{}
	}
	return model.NodeValue("CodeableConcept", c)
}

func wordsValue(words string) model.Value {
	if words == "" {
		return model.Value{}
	}
	return model.TextValue("String", words)
}

func plainValue(kind string, e *xmltree.Element) model.Value {
	v := strings.TrimSpace(e.Attr("value"))
	if v == "" {
		return model.Value{}
	}
	return model.TextValue(kind, v)
}

func referenceValue(ref *model.Reference) model.Value { return model.NodeValue("Reference", ref) }

// wordsOf puts a value in words.
func wordsOf(v model.Value) string {
	if q := model.Of[model.Quantity](v); q != nil {
		return quantityWords(q)
	}
	if x := model.Of[model.Range](v); x != nil {
		return quantityWords(x.Low) + " – " + quantityWords(x.High)
	}
	if x := model.Of[model.Ratio](v); x != nil {
		return quantityWords(x.Numerator) + " / " + quantityWords(x.Denominator)
	}
	if c := v.Concept(); c != nil {
		return c.Show()
	}
	if p := model.Of[model.Period](v); p != nil {
		return spanWords(p)
	}
	return v.Text()
}

// spanWords says from when to when.
func spanWords(p *model.Period) string {
	switch {
	case p.End == "":
		return p.Start.String()
	case p.Start == "":
		return "until " + p.End.String()
	}
	return p.Start.String() + " – " + p.End.String()
}
