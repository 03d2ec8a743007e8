package cda

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// patients makes the persons whom the document is about (recordTarget). Where these are several, no entry's subject can
// be told. A copy of one that came before is none.
func (r *reader) patients() {
	seen, sure := map[string]bool{}, true
	var found []*model.Reference
	for _, target := range r.root.Children("recordTarget") {
		role := target.Child("patientRole")
		key := string(role.Source(r.body))
		if role == nil || seen[key] {
			continue
		}
		seen[key] = true
		p := r.person(role)
		sure = r.isOne(p) && sure
		found = append(found, r.add("Patient", p, role))
	}
	if len(found) == 1 && sure {
		r.patient = found[0]
	}
}

// isOne reports a patient of whom the document says nothing that cannot be true of one person: two NHS numbers; a number
// that was not traced, beside two dates of birth. Which is the right number nothing tells: none is then taken for it.
func (r *reader) isOne(p *model.Patient) bool {
	numbers, traced := map[string]bool{}, false
	for i := range p.Identifier {
		if id := &p.Identifier[i]; id.System == answer.NHSNumberSystem {
			numbers[strings.NewReplacer(" ", "", "-", "").Replace(id.Value)] = true
			traced = traced || len(id.Extension) == 0
		}
	}
	if len(numbers) < 2 && (traced || len(numbers) == 0 || !hasOwnBirths(p)) {
		return true
	}
	for i := range p.Identifier {
		if id := &p.Identifier[i]; id.System == answer.NHSNumberSystem {
			id.System, id.Type = "", &model.Concept{Text: "an NHS number that contradicts what else the document says of the patient"}
		}
	}
	return false
}

// hasOwnBirths reports dates of birth that contradict each other.
func hasOwnBirths(p *model.Patient) bool { return model.FindExtension(p.Extension, otherBirth) != nil }

const otherBirth = "birthTimeInDispute"

func (r *reader) person(role *xmltree.Element) *model.Patient {
	e := role.Child("patient")
	p := &model.Patient{
		Head: model.Head{Identifier: r.identifiers(role.Children("id"))}, Name: r.names(e.Children("name")),
		Telecom: r.telecoms(role.Children("telecom")), Address: r.addresses(role.Children("addr")),
		Gender: r.gender(e.Child("administrativeGenderCode")), MaritalStatus: r.concept(e.Child("maritalStatusCode")),
		Deceased: deceased(e), Organization: r.organisation(role.Child("providerOrganization")),
	}
	for i := range p.Identifier {
		r.patientIDs[keyOf(&p.Identifier[i])] = true
	}
	births(p, e.Children("birthTime"))
	r.speaks(p, e)
	r.guardians(p, e)
	r.beyond(p, e)
	return p
}

// births takes the date of birth; of several that contradict each other none, but each is kept.
func births(p *model.Patient, list []*xmltree.Element) {
	var days []string
	for _, e := range list {
		if v := e.Attr("value"); v != "" {
			days = append(days, v[:min(len(v), len("20060102"))])
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(days)))) < 2 {
		for _, e := range list {
			if e.Attr("value") != "" || len(days) == 0 {
				born(p, e)
				return
			}
		}
		return
	}
	for _, day := range days {
		extend(p, otherBirth, model.TextValue("DateTime", string(instant(day))))
	}
}

// born takes a birth time to the day, as dates of birth are compared; the time of day is kept beside it.
func born(p *model.Patient, e *xmltree.Element) {
	ts := e.Attr("value")
	p.BirthDate = instant(ts)
	if n := digits(ts); n > len("20060102") {
		if day := instant(ts[:len("20060102")]); day.Parse().Precision == model.PrecisionDay {
			extend(p, "birthTime", model.TextValue("DateTime", string(p.BirthDate)))
			p.BirthDate = day
		}
	} else if n == len("20060102") && len(ts) > n {
		p.BirthDate = instant(ts[:n])
	}
}

func extend(p *model.Patient, name string, v model.Value) {
	p.Extension = append(p.Extension, model.Extension{URL: name, Value: v})
}

// gender writes the administrative gender in FHIR's words: HL7's codes, and those of the NHS data dictionary; what else
// stands there stays.
func (r *reader) gender(e *xmltree.Element) string {
	switch e.Attr("code") {
	case "M", "1":
		return "male"
	case "F", "2":
		return "female"
	case "UN":
		return "other"
	case "0", "9":
		return "unknown"
	}
	return r.concept(e).Show()
}

func deceased(e *xmltree.Element) model.Value {
	if at := e.Child("deceasedTime").Attr("value"); at != "" {
		return model.TextValue("DateTime", string(instant(at)))
	}
	if v := e.Child("deceasedInd").Attr("value"); v == "true" || v == "false" {
		return model.TextValue("Boolean", v)
	}
	return model.Value{}
}

func (r *reader) speaks(p *model.Patient, e *xmltree.Element) {
	for _, l := range e.Children("languageCommunication") {
		code := l.Child("languageCode")
		if c := code.Attr("code"); c != "" {
			preferred, _ := model.ParseBool(l.Child("preferenceInd").Attr("value"))
			p.Communication = append(p.Communication, model.Language{
				Language: &model.Concept{Coding: []model.Coding{{System: "urn:ietf:bcp:47", Code: c, Display: code.Attr("displayName")}}}, Preferred: preferred,
			})
		}
	}
}

func (r *reader) guardians(p *model.Patient, e *xmltree.Element) {
	for _, g := range e.Children("guardian") {
		c := model.Contact{
			Relationship: r.concepts(g.Children("code")), Telecom: r.telecoms(g.Children("telecom")),
			Organization: r.organisation(g.Child("guardianOrganization")),
		}
		if c.Relationship == nil {
			c.Relationship = []model.Concept{{Text: "guardian"}}
		}
		if names := r.names(g.At("guardianPerson").Children("name")); len(names) > 0 {
			c.Name = &names[0]
		}
		if list := r.addresses(g.Children("addr")); len(list) > 0 {
			c.Address = &list[0]
		}
		p.Contact = append(p.Contact, c)
	}
}

// beyond keeps what FHIR's patient has no element for.
func (r *reader) beyond(p *model.Patient, e *xmltree.Element) {
	for _, name := range [...]string{"religiousAffiliationCode", "raceCode", "ethnicGroupCode"} {
		for _, code := range e.Children(name) {
			if c := r.concept(code); c != nil {
				extend(p, name, model.NodeValue("CodeableConcept", c))
			}
		}
	}
	if place := e.At("birthplace", "place"); place != nil {
		if words := r.placeWords(place); words != "" {
			extend(p, "birthplace", model.TextValue("String", words))
		}
	}
}

func (r *reader) placeWords(place *xmltree.Element) string {
	return squeeze(place.Child("name").Text() + " " + squeeze(place.Child("addr").Text()))
}
