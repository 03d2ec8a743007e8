package ods

// resourceOf reads a FHIR Organization in XML.
func resourceOf(t *tree) resource {
	r := resource{ID: t.child(0, "id").value(), Name: t.child(0, "name").value(), Active: t.truth(0, "active")}
	t.children(0, func(at int) { r.Identifiers = append(r.Identifiers, t.identifier(at)) }, "identifier")
	t.children(0, func(at int) {
		t.within(at, func(at int) {
			r.Extensions = append(r.Extensions, extension{Coding: &coding{Code: t.child(at, "code").value()}})
		}, "coding", "valueCoding")
	}, "extension")
	r.PartOf = t.reference(0, "partOf")
	return r
}

// affiliationOf reads a FHIR OrganizationAffiliation in XML.
func affiliationOf(t *tree) resource {
	r := resource{
		affiliation: true, Active: t.truth(0, "active"),
		From: t.reference(0, "organization"), To: t.reference(0, "participatingOrganization"),
	}
	t.children(0, func(at int) {
		t.within(at, func(at int) {
			r.Codes = append(r.Codes, concept{Coding: []coding{{Code: t.child(at, "code").value()}}})
		}, "coding")
	}, "code")
	return r
}

func (t *tree) identifier(at int) identifier {
	return identifier{System: t.child(at, "system").value(), Value: t.child(at, "value").value()}
}

func (t *tree) reference(of int, name string) *reference {
	var r *reference
	t.children(of, func(at int) {
		r = &reference{Reference: t.child(at, "reference").value()}
		t.children(at, func(at int) {
			found := t.identifier(at)
			r.Identifier = &found
		}, "identifier")
	}, name)
	return r
}

func (t *tree) truth(of int, name string) *bool {
	at := t.child(of, name)
	if at == nil {
		return nil
	}
	yes := at.value() == "true"
	return &yes
}
