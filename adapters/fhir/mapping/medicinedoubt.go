package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// doubtProduct flags a medicine whose product was retracted or carries a modifier that
// is not understood, and notes one whose product is nowhere in the answer.
func (m *Mapper) doubtProduct(item *lhcrv1.Medication, e *answer.Entry, v model.Value) {
	ref := model.Of[model.Reference](v)
	if ref.IsEmpty() {
		return
	}
	h := item.GetHeader()
	if item.GetProduct().GetCode() == nil && item.GetProduct().GetUnresolved() != "" {
		m.unread(h.GetSection(), e.Type+".medicationReference")
	}
	m.doubtPart(h, m.answer.Follow(e, ref), map[*answer.Entry]bool{})
}

// doubtPart looks at a Medication and at those that it is made of.
func (m *Mapper) doubtPart(h *lhcrv1.ItemHeader, e *answer.Entry, seen map[*answer.Entry]bool) {
	r := answer.As[model.Medication](e)
	if r == nil || seen[e] {
		return
	}
	seen[e] = true
	if isRetracted(r.Status) {
		flag(h, lhcrv1.Flag_FLAG_PART_RETRACTED)
	}
	if modified(e) {
		flag(h, lhcrv1.Flag_FLAG_MODIFIER_UNREAD)
	}
	for i := range r.Ingredient {
		if ref := model.Of[model.Reference](r.Ingredient[i].Item); !ref.IsEmpty() {
			m.doubtPart(h, m.answer.Follow(e, ref), seen)
		}
	}
}

// count is a count as recorded. What stands in its place and is none is kept as a
// note, and noted as unread.
func (m *Mapper) count(h *lhcrv1.ItemHeader, element string, n model.Number) *uint32 {
	out := contract.Uint(n)
	if out == nil && n != "" {
		m.noCount(h, element, string(n))
	}
	return out
}

func (m *Mapper) noCount(h *lhcrv1.ItemHeader, element, words string) {
	remark(h, element, words)
	m.unread(h.GetSection(), h.GetSourceType()+"."+element)
}

// unreadDosage keeps as notes what stands in a dosage where whole numbers are due and
// is none: 1.5 times a day.
func (m *Mapper) unreadDosage(h *lhcrv1.ItemHeader, d *model.Dosage) {
	for _, told := range contract.Uncounted(d) {
		element, words, _ := strings.Cut(told, ": ")
		m.noCount(h, "dosage."+element, words)
	}
}
