package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// medicine is one item of the medications section with what courses need of it.
type medicine struct {
	entry *answer.Entry
	item  *lhcrv1.Medication
	// basedOn and derivedFrom are the references by which it names what it belongs to.
	basedOn, derivedFrom []model.Reference
	// prior is the prescription that it replaces; nil when it names none.
	prior *model.Reference
	// parent is what it belongs to; nil for a root.
	parent *medicine
	// course is set on roots.
	course *course
}

// medicines maps every resource about a medicine and ties them into courses.
func (m *Mapper) medicines() {
	var list []*medicine
	for _, e := range m.answer.Entries() {
		if x := m.medicine(e); x != nil {
			list = append(list, x)
			m.record.Medications = append(m.record.Medications, x.item)
		}
	}
	m.courses(list)
}

func (m *Mapper) medicine(e *answer.Entry) *medicine {
	switch r := e.Resource.(type) {
	case *model.MedicationRequest:
		return m.medicationRequest(e, r)
	case *model.MedicationStatement:
		return m.medicationStatement(e, r)
	case *model.MedicationDispense:
		return m.medicationDispense(e, r)
	case *model.MedicationAdministration:
		return m.medicationAdministration(e, r)
	}
	return nil
}

// beginMedicine makes the item and what all four resource types have.
func (m *Mapper) beginMedicine(e *answer.Entry, kind lhcrv1.MedicationKind, product model.Value, notes []model.Annotation) *lhcrv1.Medication {
	h := m.begin(e, lhcrv1.Section_SECTION_MEDICATIONS)
	if h == nil {
		return nil
	}
	item := &lhcrv1.Medication{Header: h, Kind: kind, Product: m.product(e, product)}
	m.doubtProduct(item, e, product)
	m.extensions(item, e.Head().Extension)
	m.rest(h, e, medicineWords...)
	m.notes(h, e, notes)
	kindNotes(h.GetNotes())
	flagConcepts(h, item.GetProduct().GetCode())
	return item
}

// kindNotes tells for whom a note is by the words with which GP systems begin it
// (GP Connect Access Record: Structured, MedicationRequest.note).
func kindNotes(notes []*lhcrv1.Note) {
	for _, n := range notes {
		start := strings.ToLower(n.GetText()[:min(len(n.GetText()), len("patient instruction"))])
		switch {
		case strings.HasPrefix(start, "pharmacy notes"), strings.HasPrefix(start, "pharmacy text"),
			strings.HasPrefix(start, "notes for pharmacy"), strings.HasPrefix(start, "prescriber notes"):
			n.Kind = lhcrv1.NoteKind_NOTE_KIND_PHARMACY
		case strings.HasPrefix(start, "patient notes"), strings.HasPrefix(start, "patient instruction"):
			n.Kind = lhcrv1.NoteKind_NOTE_KIND_PATIENT
		}
	}
}

func (m *Mapper) dosages(item *lhcrv1.Medication, list []model.Dosage) {
	item.Dosages = contract.Dosages(list)
	for i := range list {
		m.unreadDosage(item.GetHeader(), &list[i])
	}
	for _, d := range item.GetDosages() {
		if d.GetText() != "" && contract.Structured(d) {
			flag(item.GetHeader(), lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED)
		}
	}
}

// product is the medicine itself: inline, contained, or by reference.
func (m *Mapper) product(e *answer.Entry, v model.Value) *lhcrv1.Product {
	if c := contract.Concept(v.Concept()); c != nil {
		return &lhcrv1.Product{Code: c}
	}
	ref := model.Of[model.Reference](v)
	if ref.IsEmpty() {
		return nil
	}
	target := m.answer.Follow(e, ref)
	r := answer.As[model.Medication](target)
	if r == nil {
		return &lhcrv1.Product{Code: contract.TextConcept(ref.Display), Unresolved: unresolved(ref)}
	}
	p := m.referred(target, r)
	if p.GetCode() == nil && ref.Display != "" {
		return &lhcrv1.Product{
			Code: contract.TextConcept(ref.Display), Form: p.GetForm(), Ingredients: p.GetIngredients(),
			BatchNumber: p.GetBatchNumber(), BatchExpiry: p.GetBatchExpiry(), Manufacturer: p.GetManufacturer(),
		}
	}
	return p
}

// referred is a Medication resource as a product, made once for all that name it.
func (m *Mapper) referred(e *answer.Entry, r *model.Medication) *lhcrv1.Product {
	if p, ok := m.products[e]; ok {
		return p
	}
	e.Support()
	p := &lhcrv1.Product{Code: contract.Concept(r.Code), Form: contract.Concept(r.Form)}
	m.products[e] = p // before its ingredients, which may name it again
	batch(p, r)
	p.Manufacturer = m.place(e, r.Manufacturer)
	for i := range r.Ingredient {
		p.Ingredients = append(p.Ingredients, m.ingredient(e, &r.Ingredient[i]))
	}
	return p
}

func batch(p *lhcrv1.Product, r *model.Medication) {
	b := r.Batch
	if b == nil && r.Package != nil && len(r.Package.Batch) > 0 {
		b = &r.Package.Batch[0]
	}
	if b != nil {
		p.BatchNumber, p.BatchExpiry = b.LotNumber, contract.When(b.Expiry)
	}
}

func (m *Mapper) ingredient(e *answer.Entry, i *model.Ingredient) *lhcrv1.Ingredient {
	out := &lhcrv1.Ingredient{Code: contract.Concept(i.Item.Concept()), Strength: contract.Ratio(i.Strength), Active: contract.Bool(i.IsActive)}
	if ref := model.Of[model.Reference](i.Item); ref != nil {
		if p := m.product(e, i.Item); p != nil {
			out.Code = p.GetCode()
		}
	}
	if x := model.FindExtension(i.Extension, "IngredientStrength"); x != nil && out.Strength == nil {
		out.Strength = contract.Ratio(model.Of[model.Ratio](x.Value))
	}
	return out
}

// reasons carries over what a medicine is for: stated, or by pointing at a problem
// or finding (contract MED-005).
func (m *Mapper) reasons(item *lhcrv1.Medication, e *answer.Entry, stated []model.Concept, linked []model.Reference) {
	for _, c := range contract.Concepts(stated) {
		item.Reasons = append(item.Reasons, &lhcrv1.MedicationReason{Reason: c, Basis: lhcrv1.ReasonBasis_REASON_BASIS_RECORDED})
	}
	for i := range linked {
		if c := m.nameOf(e, &linked[i]); c != nil {
			item.Reasons = append(item.Reasons, &lhcrv1.MedicationReason{Reason: c, Basis: lhcrv1.ReasonBasis_REASON_BASIS_LINKED_PROBLEM})
		}
		m.link(e, lhcrv1.LinkKind_LINK_KIND_REASON, &linked[i])
	}
}

// nameOf is what a referenced resource is called: its code, else the words of the
// reference. A resource about another person is not named.
func (m *Mapper) nameOf(from *answer.Entry, ref *model.Reference) *lhcrv1.Concept {
	e := m.answer.Follow(from, ref)
	if e != nil && m.answer.Subject(e) == answer.Mismatch {
		return nil
	}
	switch r := resourceOf(e).(type) {
	case *model.Condition:
		return contract.Concept(r.Code)
	case *model.Observation:
		return contract.Concept(r.Code)
	case *model.Procedure:
		return contract.Concept(r.Code)
	case *model.AllergyIntolerance:
		return contract.Concept(r.Code)
	case *model.Goal:
		return contract.Concept(r.Description)
	}
	if e != nil {
		return contract.TextConcept(m.place(from, ref))
	}
	return contract.TextConcept(unresolved(ref))
}

func resourceOf(e *answer.Entry) model.Resource {
	if e == nil {
		return nil
	}
	return e.Resource
}
