package xds

import (
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// contained gathers the resources inside a DocumentReference.
type contained struct{ list []model.Contained }

// add keeps a resource and gives the reference to it.
func (c *contained) add(kind string, r model.Resource) model.Reference {
	head := r.Header()
	head.ResourceType, head.ID = kind, strings.ToLower(kind)+"-"+strconv.Itoa(len(c.list)+1)
	c.list = append(c.list, model.Contained{Resource: r})
	return model.Reference{Reference: "#" + head.ID}
}

// authors are the references to an author: the person with role and first institution, and
// each further institution by itself.
func (c *contained) authors(a Author) []model.Reference {
	var institutions []model.Reference
	for _, text := range a.Institutions {
		institutions = append(institutions, c.add("Organization", organisation(text)))
	}
	if len(a.Persons) == 0 && len(a.Roles)+len(a.Specialties) == 0 {
		return institutions
	}
	role := &model.PractitionerRole{Code: concepts(append(a.Roles, a.Specialties...))}
	if len(institutions) > 0 {
		role.Organization, institutions = &institutions[0], institutions[1:]
	}
	if len(a.Persons) > 0 {
		person := c.person(a.Persons[0])
		role.Practitioner = &person
	}
	out := append([]model.Reference{c.add("PractitionerRole", role)}, institutions...)
	for _, further := range a.Persons[min(1, len(a.Persons)):] {
		out = append(out, c.person(further))
	}
	return out
}

// person is a name of HL7 v2 (XCN), or plain words, as a practitioner.
func (c *contained) person(text string) model.Reference {
	x := components(text)
	p := &model.Practitioner{}
	if len(x) == 1 {
		p.Name = []model.HumanName{{Text: x.at(0)}}
		return c.add("Practitioner", p)
	}
	if id := x.at(0); id != "" {
		p.Identifier = []model.Identifier{{System: system(x.authority(8)), Value: id}}
	}
	name := model.HumanName{Family: surname(x), Given: words(x.at(2), x.at(3)), Suffix: words(x.at(4)), Prefix: words(x.at(5))}
	if name.Family != "" || len(name.Given) > 0 {
		p.Name = []model.HumanName{name}
	}
	return c.add("Practitioner", p)
}

// surname is the family name without the parts of it that HL7 v2 tells apart (FN).
func surname(x parsed) string {
	if len(x) < 2 {
		return ""
	}
	own, _, _ := strings.Cut(x[1], "&")
	return unescaped(own)
}

func words(list ...string) []string {
	var out []string
	for _, w := range list {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// organisation is a name of HL7 v2 (XON), or plain words. The id stands in the last component
// or, in the form of an OID, alone.
func organisation(text string) *model.Organization {
	x := components(text)
	o := &model.Organization{Name: x.at(0)}
	id, authority := x.at(9), x.authority(5)
	switch {
	case id == "":
	case authority == "" && plainOID.MatchString(id):
		o.Identifier = []model.Identifier{{System: uriSystem, Value: "urn:oid:" + id}}
	default:
		o.Identifier = []model.Identifier{{System: system(authority), Value: id}}
	}
	return o
}

// concepts are roles and specialties: words, or codes in the form of ids ("code^^^&oid&ISO").
func concepts(list []string) []model.Concept {
	var out []model.Concept
	for _, text := range list {
		x := components(text)
		if len(x) == 1 {
			out = append(out, model.Concept{Text: x.at(0)})
			continue
		}
		out = append(out, model.Concept{Coding: []model.Coding{{Code: x.at(0), System: system(x.authority(3)), Display: x.at(1)}}})
	}
	return out
}
