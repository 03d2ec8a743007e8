package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// roles are the elements in which a participation says who took part.
var roles = []string{
	"assignedAuthor", "assignedEntity", "relatedEntity", "associatedEntity", "participantRole", "responsibleParty",
	"intendedRecipient", "encounterParticipant",
}

// authorsOf are the authors that an element names itself.
func (r *reader) authorsOf(e *xmltree.Element) []model.Reference {
	return r.actorsOf(e.Children("author"))
}

// actorsOf are those who took part in the ways that the elements say.
func (r *reader) actorsOf(list []*xmltree.Element) []model.Reference {
	var out []model.Reference
	for _, e := range list {
		if ref := r.actorOf(e); ref != nil {
			out = append(out, *ref)
		}
	}
	return out
}

// actorOf is who took part in the way that an element says (author, performer, informant); nil when it names nobody.
func (r *reader) actorOf(e *xmltree.Element) *model.Reference {
	for _, name := range roles {
		if role := e.Child(name); role != nil {
			if inner := role.Child("assignedEntity"); inner != nil {
				role = inner
			}
			return r.actor(role)
		}
	}
	return nil
}

// actor is the one in a role, made once for all copies of it: documents repeat their authors whole, entry by entry.
func (r *reader) actor(role *xmltree.Element) *model.Reference {
	key := string(role.Source(r.body))
	if ref, ok := r.actors[key]; ok {
		return ref
	}
	ref := r.makeActor(role)
	r.actors[key] = ref
	return ref
}

func (r *reader) makeActor(role *xmltree.Element) *model.Reference {
	ids := r.identifiers(role.Children("id"))
	if r.isPatient(role, ids) {
		return r.patient
	}
	ref := r.someone(role, ids)
	for i := range ids {
		if k := keyOf(&ids[i]); ref != nil && r.named[k] == nil {
			r.named[k] = ref
		}
	}
	return ref
}

// isPatient reports a role that the patient plays: by the code of the relation, or by an identifier that is the patient's.
func (r *reader) isPatient(role *xmltree.Element, ids []model.Identifier) bool {
	if r.patient == nil {
		return false
	}
	if role.Attr("classCode") == "PAT" || is(role.Child("code"), "SELF", "ONESELF") {
		return true
	}
	for i := range ids {
		if r.patientIDs[keyOf(&ids[i])] {
			return true
		}
	}
	return false
}

// someone makes a person, a relative, a device or an organisation.
func (r *reader) someone(role *xmltree.Element, ids []model.Identifier) *model.Reference {
	person := role.Child("assignedPerson")
	if person == nil {
		person = role.Child("associatedPerson")
	}
	if person == nil {
		person = role.Child("informationRecipient")
	}
	switch {
	case role.Local == "relatedEntity":
		return r.relative(role, ids)
	case role.Child("assignedAuthoringDevice") != nil:
		return r.device(role, role.Child("assignedAuthoringDevice"), ids)
	case role.Child("playingDevice") != nil:
		return r.device(role, role.Child("playingDevice"), ids)
	case person != nil:
		return r.professional(role, r.names(person.Children("name")), ids)
	case role.Child("playingEntity") != nil:
		return r.professional(role, r.names(role.Child("playingEntity").Children("name")), ids)
	}
	return r.nameless(role, ids)
}

// nameless is somebody of whom only identifiers came: whoever else the document names by one of them; else an
// organisation that is named; else whoever has these identifiers.
func (r *reader) nameless(role *xmltree.Element, ids []model.Identifier) *model.Reference {
	for i := range ids {
		if ref := r.named[keyOf(&ids[i])]; ref != nil {
			return ref
		}
	}
	if o := r.organisation(organisationIn(role)); o != nil {
		return o
	}
	if len(ids) == 0 && r.concept(role.Child("code")) == nil {
		return nil
	}
	return r.professional(role, nil, ids)
}

// professional makes a practitioner, with the role and organisation in which they acted where these are known.
func (r *reader) professional(role *xmltree.Element, names []model.HumanName, ids []model.Identifier) *model.Reference {
	code, organisation := r.concept(role.Child("code")), r.organisation(organisationIn(role))
	if len(names) == 0 && len(ids) == 0 && code == nil {
		return organisation
	}
	who := r.add("Practitioner", &model.Practitioner{Head: model.Head{Identifier: ids}, Name: names}, role)
	if code == nil && organisation == nil {
		return who
	}
	in := &model.PractitionerRole{Practitioner: who, Organization: organisation}
	if code != nil {
		in.Code = []model.Concept{*code}
	}
	return r.add("PractitionerRole", in, role)
}

func organisationIn(role *xmltree.Element) *xmltree.Element {
	for _, name := range [...]string{
		"representedOrganization", "scopingOrganization", "receivedOrganization", "representedCustodianOrganization", "serviceProviderOrganization",
	} {
		if o := role.Child(name); o != nil {
			return o
		}
	}
	return nil
}

// organisation makes an organisation, once for all copies; nil when it has neither name nor identifier.
func (r *reader) organisation(e *xmltree.Element) *model.Reference {
	if e == nil {
		return nil
	}
	key := string(e.Source(r.body))
	if ref, ok := r.actors[key]; ok {
		return ref
	}
	o := &model.Organization{Head: model.Head{Identifier: r.identifiers(e.Children("id"))}, Name: squeeze(e.Child("name").Text())}
	if c := r.concept(e.Child("standardIndustryClassCode")); c != nil {
		o.Type = []model.Concept{*c}
	}
	var ref *model.Reference
	if o.Name != "" || len(o.Identifier) > 0 {
		ref = r.add("Organization", o, e)
	}
	r.actors[key] = ref
	return ref
}

func (r *reader) device(role, e *xmltree.Element, ids []model.Identifier) *model.Reference {
	d := &model.Device{Head: model.Head{Identifier: ids}, Type: r.concept(e.Child("code")), Model: squeeze(e.Child("manufacturerModelName").Text())}
	if name := squeeze(e.Child("softwareName").Text()); name != "" {
		d.Name = []model.DeviceName{{Name: name}}
	}
	if d.Type == nil && d.Model == "" && d.Name == nil {
		return r.organisation(organisationIn(role))
	}
	d.Owner = r.organisation(organisationIn(role))
	return r.add("Device", d, role)
}

// relative makes somebody in the patient's life who told something.
func (r *reader) relative(role *xmltree.Element, ids []model.Identifier) *model.Reference {
	p := &model.RelatedPerson{Head: model.Head{Identifier: ids, Subject: r.patient}, Name: r.names(role.At("relatedPerson").Children("name"))}
	if c := r.concept(role.Child("code")); c != nil {
		p.Relationship = []model.Concept{*c}
	}
	if len(p.Name) == 0 && p.Relationship == nil {
		return nil
	}
	p.Telecom, p.Address = r.telecoms(role.Children("telecom")), r.addresses(role.Children("addr"))
	p.Origin = &model.Origin{Custodian: r.custodian}
	return r.add("RelatedPerson", p, role)
}

// location makes a place out of a participation of a place (LOC), or of a health care facility.
func (r *reader) location(role *xmltree.Element) *model.Reference {
	if role == nil {
		return nil
	}
	place := role.Child("playingEntity")
	if place == nil {
		place = role.Child("location")
	}
	l := &model.Location{Head: model.Head{Identifier: r.identifiers(role.Children("id"))}, Name: squeeze(place.Child("name").Text())}
	c := r.concept(role.Child("code"))
	if c != nil {
		l.Type = []model.Concept{*c}
	}
	if l.Name == "" {
		l.Name = strings.TrimSpace(c.Show())
	}
	if l.Name == "" && len(l.Identifier) == 0 {
		return r.organisation(organisationIn(role))
	}
	return r.add("Location", l, role)
}
