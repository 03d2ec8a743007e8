package cda

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// productOf is the medicine in a consumable or product: a concept where it has a name and no more, else a resource of
// its own. A supply that names none is of the medicine that it stands in.
func (s *statement) productOf(e *xmltree.Element) model.Value {
	made := e.Child("manufacturedProduct")
	material := made.Child("manufacturedMaterial")
	if material == nil {
		material = made.Child("manufacturedLabeledDrug")
	}
	c := s.productName(material)
	if c == nil && s.scope.product != nil {
		return *s.scope.product
	}
	m := s.productMore(made, material)
	if m == nil {
		return conceptValue(s.productWords(c, material))
	}
	m.Code = s.productWords(c, material)
	return referenceValue(s.add("Medication", m, made))
}

// productName is the medicine's code with its words, else its name.
func (s *statement) productName(material *xmltree.Element) *model.Concept {
	c := s.concept(material.Child("code"))
	name := squeeze(material.Child("name").Text())
	switch {
	case name == "":
		return c
	case c == nil:
		return &model.Concept{Text: name}
	case c.Text == "":
		c.Text = name
	case c.Text != name:
		s.note("name", name)
	}
	return c
}

// productWords are the statement's own words where no medicine is named, else why there is none.
func (s *statement) productWords(c *model.Concept, material *xmltree.Element) *model.Concept {
	if c != nil {
		return c
	}
	return s.unnamed(material.Child("code"))
}

// productMore is what is known of a product beside its name; nil when nothing is.
func (s *statement) productMore(made, material *xmltree.Element) *model.Medication {
	m := &model.Medication{Form: s.concept(material.Child("formCode")), Manufacturer: s.organisation(made.Child("manufacturerOrganization"))}
	if lot := squeeze(material.Child("lotNumberText").Text()); lot != "" {
		m.Batch = &model.Batch{LotNumber: lot, Expiry: moment(material.Child("expirationTime"))}
	}
	for _, e := range material.Children("ingredient") {
		m.Ingredient = append(m.Ingredient, s.ingredient(e))
	}
	if m.Form == nil && m.Manufacturer == nil && m.Batch == nil && m.Ingredient == nil {
		return nil
	}
	return m
}

// ingredient is a part of a mixture (C-CDA's pharm extension). One of unknown amount says why.
func (s *statement) ingredient(e *xmltree.Element) model.Ingredient {
	in := e.Child("ingredientSubstance")
	c := s.concept(in.Child("code"))
	if name := squeeze(in.Child("name").Text()); c == nil && name != "" {
		c = &model.Concept{Text: name}
	}
	out := model.Ingredient{Item: conceptValue(c)}
	q := e.Child("quantity")
	if out.Strength = s.ratio(q); out.Strength == nil && q != nil {
		s.note("amount of "+c.Show(), flavor(q).Show())
	}
	switch e.Attr("classCode") {
	case "ACTI", "ACTIB", "ACTIM", "ACTIR":
		out.IsActive = model.True
	case "IACT", "BASE", "COLR", "FLVR", "PRSV", "STBL":
		out.IsActive = model.False
	}
	return out
}
