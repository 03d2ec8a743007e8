package mapping

import (
	"google.golang.org/protobuf/proto"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// finding is what an observation says, wherever it is delivered, with the flags
// that follow from it; nil when it says nothing.
func (m *Mapper) finding(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.Observation) *lhcrv1.Finding {
	f := &lhcrv1.Finding{
		Value: m.value(e, r.Value), AbsentReason: absentReason(r.Absent, r.Value),
		Interpretations: contract.Concepts(r.Interpretation), Ranges: ranges(r.Range),
		BodySite: contract.Concept(r.BodySite), Method: contract.Concept(r.Method),
		Issued: contract.When(r.Issued), Device: m.place(e, r.Device),
	}
	f.Effective, f.EffectivePeriod = effective(h, r.Effective)
	for i := range r.Component {
		f.Components = append(f.Components, m.component(e, &r.Component[i]))
	}
	m.focus(h, f, e, r.Focus)
	flagUnits(h, f)
	flagConcepts(h, f.GetValue().GetConcept())
	if proto.Size(f) == 0 {
		return nil
	}
	return f
}

// focus says what a finding is about where that is not the person: the fetal heart
// rate in a mother's record.
func (m *Mapper) focus(h *lhcrv1.ItemHeader, f *lhcrv1.Finding, e *answer.Entry, refs []model.Reference) {
	for i := range refs {
		ref := &refs[i]
		target := m.answer.Follow(e, ref)
		if ref.IsEmpty() || answer.As[model.Patient](target) != nil && m.answer.Subject(target) != answer.Mismatch {
			continue
		}
		name := m.nameOf(e, ref)
		if name == nil {
			name = contract.TextConcept("somebody or something that is not named")
		}
		f.Focus = append(f.Focus, name)
		flag(h, lhcrv1.Flag_FLAG_ABOUT_ANOTHER)
		m.labelled(e, toTopic, ref, "focus")
	}
}

// absentReason is why there is no value: as the observation says, else as the value
// itself does (an amount that was masked).
func absentReason(said *model.Concept, v model.Value) *lhcrv1.Concept {
	if c := contract.Concept(said); c != nil {
		return c
	}
	return contract.TextConcept(v.AbsentReason())
}

// effective is a moment or a period. A timing, which is neither, is kept as a
// remark.
func effective(h *lhcrv1.ItemHeader, v model.Value) (*lhcrv1.When, *lhcrv1.Period) {
	at, p, words := due(v)
	remark(h, "effective", words)
	return at, p
}

func (m *Mapper) component(e *answer.Entry, c *model.Component) *lhcrv1.FindingComponent {
	return &lhcrv1.FindingComponent{
		Code: contract.Concept(c.Code), Value: m.value(e, c.Value), AbsentReason: absentReason(c.Absent, c.Value),
		Interpretations: contract.Concepts(c.Interpretation), Ranges: ranges(c.Range),
	}
}

func ranges(list []model.ReferenceRange) []*lhcrv1.ReferenceRange {
	var out []*lhcrv1.ReferenceRange
	for i := range list {
		r := &list[i]
		out = append(out, &lhcrv1.ReferenceRange{
			Low: contract.Quantity(r.Low), High: contract.Quantity(r.High), Text: r.Text,
			Type: contract.Concept(r.Type), AppliesTo: contract.Concepts(r.AppliesTo), Age: contract.Range(r.Age),
		})
	}
	return out
}

// flagUnits flags a finding in which unit words and unit code contradict each
// other, in the value, a component or a range.
func flagUnits(h *lhcrv1.ItemHeader, f *lhcrv1.Finding) {
	differs := valueUnitDiffers(f.GetValue()) || rangeUnitDiffers(f.GetRanges())
	for _, c := range f.GetComponents() {
		differs = differs || valueUnitDiffers(c.GetValue()) || rangeUnitDiffers(c.GetRanges())
	}
	if differs {
		flag(h, lhcrv1.Flag_FLAG_UNIT_CODE_DIFFERS)
	}
}

func valueUnitDiffers(v *lhcrv1.Value) bool {
	for _, q := range []*lhcrv1.Quantity{
		v.GetQuantity(), v.GetRange().GetLow(), v.GetRange().GetHigh(), v.GetRatio().GetNumerator(), v.GetRatio().GetDenominator(),
	} {
		if contract.UnitCodeDiffers(q) {
			return true
		}
	}
	return false
}

func rangeUnitDiffers(list []*lhcrv1.ReferenceRange) bool {
	for _, r := range list {
		if contract.UnitCodeDiffers(r.GetLow()) || contract.UnitCodeDiffers(r.GetHigh()) {
			return true
		}
	}
	return false
}
