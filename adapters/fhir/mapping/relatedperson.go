package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// relatedPerson maps somebody in the patient's life to a statement under personal
// contacts: the relation is the code, the name is the text.
func (m *Mapper) relatedPerson(e *answer.Entry, r *model.RelatedPerson) {
	h := m.begin(e, lhcrv1.Section_SECTION_PERSONAL_CONTACTS)
	if h == nil {
		return
	}
	s := &lhcrv1.Statement{Header: h, Text: contract.NameInWords(r.Name), Period: contract.Period(r.Period)}
	for i, c := range contract.Concepts(r.Relationship) {
		if i == 0 {
			s.Code = c
			continue
		}
		s.Categories = append(s.Categories, c)
	}
	word := func(name, value string) {
		if value != "" {
			s.Attributes = append(s.Attributes, &lhcrv1.Attribute{Name: name, Value: &lhcrv1.Value{Kind: &lhcrv1.Value_Text{Text: value}}})
		}
	}
	for i := range r.Name {
		if i > 0 {
			word("name", contract.NameInWords(r.Name[i:]))
		}
	}
	if r.Active.IsSet() {
		s.Attributes = append(s.Attributes, &lhcrv1.Attribute{
			Name: "active", Value: &lhcrv1.Value{Kind: &lhcrv1.Value_Boolean{Boolean: r.Active.IsTrue()}},
		})
	}
	for i := range r.Telecom {
		word("telecom."+r.Telecom[i].System, r.Telecom[i].Value)
	}
	for i := range r.Address {
		word("address", addressInWords(&r.Address[i]))
		for j := range r.Address[i].Extension {
			x := &r.Address[i].Extension[j]
			s.Attributes = append(s.Attributes, m.attributes(e, "address."+plainName(x.Tail()), x)...)
		}
	}
	word("gender", r.Gender)
	word("birthDate", r.BirthDate.String())
	for i := range r.Extension {
		s.Attributes = append(s.Attributes, m.attributes(e, r.Extension[i].Tail(), &r.Extension[i])...)
	}
	m.unplaced(h, e, func(name string, v *lhcrv1.Value) {
		s.Attributes = append(s.Attributes, &lhcrv1.Attribute{Name: name, Value: v})
	})
	m.record.PersonalContacts = append(m.record.PersonalContacts, s)
}

func addressInWords(a *model.Address) string {
	if a.Text != "" {
		return a.Text
	}
	out := ""
	for _, part := range append(append([]string{}, a.Line...), a.City, a.District, a.State, a.PostalCode, a.Country) {
		if part == "" {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += part
	}
	return out
}
