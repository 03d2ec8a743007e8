package mapping

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// unsaid counts an entry that nowhere says to what the allergy is: by code or words, a
// reaction's substance, a note or a narrative. The list is then not whole.
func (m *Mapper) unsaid(a *lhcrv1.Allergy, e *answer.Entry, r *model.AllergyIntolerance) {
	h := a.GetHeader()
	if h.GetRetracted() || saysWhat(r.Code) || h.GetNarrative() != nil ||
		slices.ContainsFunc(r.Note, func(n model.Annotation) bool { return strings.TrimSpace(n.Text) != "" }) {
		return
	}
	for i := range r.Reaction {
		if x := &r.Reaction[i]; saysWhat(x.Substance) || x.Description != "" || len(x.Note) > 0 {
			return
		}
	}
	kind := lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE
	if isMasked(r.Code) || slices.ContainsFunc(e.Absent(), masksCode) {
		kind = lhcrv1.GapKind_GAP_KIND_WITHHELD
	}
	m.out.Unsaid[kind]++
}

// masksCode reports a part of the code that is absent because it is masked.
func masksCode(a model.Absence) bool {
	return (a.Path == "code" || strings.HasPrefix(a.Path, "code.")) && said(a.Reason) == "masked"
}

// saysWhat reports a concept of any words, or of a code that is more than why there is none.
func saysWhat(c *model.Concept) bool {
	if c == nil {
		return false
	}
	if strings.TrimSpace(c.Text) != "" {
		return true
	}
	for i := range c.Coding {
		if k := &c.Coding[i]; !saysWhy(k) && strings.TrimSpace(k.Code+k.Display) != "" {
			return true
		}
	}
	return false
}

// saysWhy reports a coding that says why there is no code
// (http://terminology.hl7.org/CodeSystem/data-absent-reason and v3-NullFlavor).
func saysWhy(k *model.Coding) bool {
	system := strings.ToLower(strings.TrimSpace(k.System))
	return strings.HasSuffix(system, "data-absent-reason") || strings.HasSuffix(system, "nullflavor") || strings.HasSuffix(system, "2.16.840.1.113883.5.1008")
}

func isMasked(c *model.Concept) bool {
	if c == nil {
		return false
	}
	masked := said(model.AbsentReason(c.Extension)) == "masked"
	for i := range c.Coding {
		code := said(c.Coding[i].Code)
		masked = masked || saysWhy(&c.Coding[i]) && (code == "masked" || code == "msk") ||
			said(model.AbsentReason(c.Coding[i].Extension)) == "masked"
	}
	return masked
}
