package mapping

import (
	"cmp"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// participant adds somebody who stands behind an item.
func (m *Mapper) participant(h *lhcrv1.ItemHeader, e *answer.Entry, kind lhcrv1.ParticipantRole, ref *model.Reference) {
	if a := m.actor(e, ref); a != nil {
		h.Participants = append(h.Participants, &lhcrv1.Participant{Kind: kind, Actor: a})
	}
}

// agent adds somebody who stands behind an item, with role and period.
func (m *Mapper) agent(h *lhcrv1.ItemHeader, e *answer.Entry, kind lhcrv1.ParticipantRole, agent *model.Agent) {
	a := m.agentActor(e, agent)
	if a == nil {
		return
	}
	p := &lhcrv1.Participant{Kind: kind, Actor: a, Period: contract.Period(agent.Period)}
	if len(agent.Roles) > 0 {
		p.Role = contract.Concept(&agent.Roles[0])
	}
	h.Participants = append(h.Participants, p)
}

// agentActor is the actor of an agent, acting for the organisation it names.
func (m *Mapper) agentActor(e *answer.Entry, agent *model.Agent) *lhcrv1.Actor {
	if agent == nil {
		return nil
	}
	a := m.actor(e, agent.Who())
	if a == nil || a.GetOrganisation() != nil || agent.OnBehalfOf.IsEmpty() {
		return a
	}
	with := cloneActor(a)
	with.Organisation = m.organisation(e, agent.OnBehalfOf)
	return with
}

func cloneActor(a *lhcrv1.Actor) *lhcrv1.Actor {
	return &lhcrv1.Actor{
		Kind: a.GetKind(), Name: a.GetName(), Identifiers: a.GetIdentifiers(), Role: a.GetRole(),
		Organisation: a.GetOrganisation(), Unresolved: a.GetUnresolved(),
	}
}

// actor is who a reference names. A reference that leads nowhere keeps what its
// sender wrote.
func (m *Mapper) actor(from *answer.Entry, ref *model.Reference) *lhcrv1.Actor {
	if ref.IsEmpty() {
		return nil
	}
	e := m.answer.Follow(from, ref)
	if e == nil {
		return unresolvedActor(ref)
	}
	if a, ok := m.actors[e]; ok {
		return a
	}
	if m.answer.Subject(e) == answer.Mismatch {
		return nil // another person, or somebody in another person's life
	}
	a := &lhcrv1.Actor{Kind: actorKind(e.Type)}
	m.actors[e] = a // before it is filled: a role can name itself
	m.fillActor(a, e)
	return a
}

func unresolvedActor(ref *model.Reference) *lhcrv1.Actor {
	if namesPatient(ref) {
		return &lhcrv1.Actor{Kind: lhcrv1.ActorKind_ACTOR_KIND_PERSON}
	}
	a := &lhcrv1.Actor{Name: ref.Display, Kind: actorKind(cmp.Or(ref.Target().Type, ref.Type))}
	if id := contract.Identifier(ref.Identifier); id != nil {
		a.Identifiers = []*lhcrv1.Identifier{id}
		if isODS(id.GetSystem()) {
			a.Kind = lhcrv1.ActorKind_ACTOR_KIND_ORGANISATION
			a.Organisation = &lhcrv1.Organisation{OdsCode: id.GetValue(), Name: ref.Display}
		}
	}
	if ref.Display == "" {
		a.Unresolved = unresolved(ref)
	}
	return a
}

// unresolved is what a sender wrote in a reference that leads nowhere. A
// reference to a patient names nobody but the patient, and words that hold an NHS
// number may: both are left out.
func unresolved(ref *model.Reference) string {
	if ref.IsEmpty() || namesPatient(ref) {
		return ""
	}
	words := strings.TrimSpace(ref.Reference)
	switch {
	case ref.Display != "":
		words = ref.Display
	case ref.Identifier != nil && ref.Identifier.Value != "":
		words = ref.Identifier.Value
	}
	if holdsNHSNumber(words) {
		return ""
	}
	return words
}

func namesPatient(ref *model.Reference) bool {
	return ref.Type == "Patient" || ref.Target().Type == "Patient" ||
		ref.Identifier != nil && answer.IsNHSNumberSystem(ref.Identifier.System)
}

// holdsNHSNumber finds ten digits with a right check digit, blanks and hyphens among them or not.
func holdsNHSNumber(words string) bool {
	run := make([]byte, 0, len("9999999999"))
	for i := range len(words) + 1 {
		switch {
		case i < len(words) && words[i] >= '0' && words[i] <= '9':
			run = append(run, words[i])
			continue
		case i < len(words) && len(run) > 0 && (words[i] == ' ' || words[i] == '-'):
			continue
		}
		if _, err := nhsnumber.Parse(string(run)); err == nil {
			return true
		}
		run = run[:0]
	}
	return false
}

func actorKind(resourceType string) lhcrv1.ActorKind {
	switch resourceType {
	case "Practitioner", "PractitionerRole":
		return lhcrv1.ActorKind_ACTOR_KIND_PROFESSIONAL
	case "Organization", "HealthcareService", "Location":
		return lhcrv1.ActorKind_ACTOR_KIND_ORGANISATION
	case "Patient":
		return lhcrv1.ActorKind_ACTOR_KIND_PERSON
	case "RelatedPerson":
		return lhcrv1.ActorKind_ACTOR_KIND_RELATED_PERSON
	case "Device":
		return lhcrv1.ActorKind_ACTOR_KIND_DEVICE
	case "CareTeam":
		return lhcrv1.ActorKind_ACTOR_KIND_TEAM
	}
	return lhcrv1.ActorKind_ACTOR_KIND_UNSPECIFIED
}

func (m *Mapper) fillActor(a *lhcrv1.Actor, e *answer.Entry) {
	if answer.MaySupport(e.Type) {
		e.Support()
	}
	switch r := e.Resource.(type) {
	case *model.Practitioner:
		a.Name, a.Identifiers = contract.NameInWords(r.Name), contract.Identifiers(r.Identifier)
	case *model.PractitionerRole:
		m.fillRole(a, e, r)
	case *model.Organization:
		a.Organisation = m.makeOrganisation(e, r)
		a.Name = r.Name
	case *model.RelatedPerson:
		a.Name = contract.NameInWords(r.Name)
		if len(r.Relationship) > 0 {
			a.Role = contract.Concept(&r.Relationship[0])
		}
	case *model.Device:
		a.Name, a.Identifiers = deviceName(r), contract.Identifiers(r.Identifier)
	case *model.Location:
		a.Name = r.Name
	case *model.HealthcareService:
		a.Name = r.Name
	case *model.CareTeam:
		a.Name = r.Name
	}
}

func (m *Mapper) fillRole(a *lhcrv1.Actor, e *answer.Entry, r *model.PractitionerRole) {
	a.Identifiers = contract.Identifiers(r.Identifier)
	a.Organisation = m.organisation(e, r.Organization)
	if len(r.Code) > 0 {
		a.Role = contract.Concept(&r.Code[0])
	}
	if p := m.actor(e, r.Practitioner); p != nil {
		a.Name = p.GetName()
		a.Identifiers = append(append([]*lhcrv1.Identifier{}, p.GetIdentifiers()...), a.Identifiers...)
	}
}

func deviceName(d *model.Device) string {
	switch {
	case len(d.Name) > 0 && d.Name[0].Name != "":
		return d.Name[0].Name
	case d.Type.Show() != "":
		return d.Type.Show()
	}
	return strings.TrimSpace(d.Manufacturer + " " + d.Model)
}

// organisation is the organisation that a reference names, or that whoever it
// names acts for.
func (m *Mapper) organisation(from *answer.Entry, ref *model.Reference) *lhcrv1.Organisation {
	if ref.IsEmpty() {
		return nil
	}
	e := m.answer.Follow(from, ref)
	if o := answer.As[model.Organization](e); o != nil {
		return m.makeOrganisation(e, o)
	}
	a := m.actor(from, ref)
	switch {
	case a.GetOrganisation() != nil:
		return a.GetOrganisation()
	case a.GetName() == "" && a.GetUnresolved() == "":
		return nil
	case a.GetName() == "":
		return &lhcrv1.Organisation{Name: a.GetUnresolved()}
	}
	return &lhcrv1.Organisation{Name: a.GetName(), Identifiers: a.GetIdentifiers()}
}

func (m *Mapper) makeOrganisation(e *answer.Entry, r *model.Organization) *lhcrv1.Organisation {
	if o, ok := m.orgs[e]; ok {
		return o
	}
	e.Support()
	o := &lhcrv1.Organisation{Name: r.Name}
	for i := range r.Identifier {
		id := &r.Identifier[i]
		if isODS(id.System) && o.GetOdsCode() == "" {
			o.OdsCode = id.Value
			continue
		}
		if c := contract.Identifier(id); c != nil {
			o.Identifiers = append(o.Identifiers, c)
		}
	}
	if len(r.Type) > 0 {
		o.Type = contract.Concept(&r.Type[0])
	}
	m.orgs[e] = o
	return o
}

// place is the name of the place that a reference names.
func (m *Mapper) place(from *answer.Entry, ref *model.Reference) string {
	a := m.actor(from, ref)
	if a.GetName() != "" {
		return a.GetName()
	}
	return a.GetUnresolved()
}

// notes carries annotations over.
func (m *Mapper) notes(h *lhcrv1.ItemHeader, e *answer.Entry, list []model.Annotation) {
	h.Notes = append(h.Notes, m.makeNotes(e, list)...)
}

func (m *Mapper) makeNotes(e *answer.Entry, list []model.Annotation) []*lhcrv1.Note {
	var out []*lhcrv1.Note
	for i := range list {
		if list[i].Text == "" {
			continue
		}
		n := &lhcrv1.Note{Text: list[i].Text, Written: contract.When(list[i].Time)}
		if ref := model.Of[model.Reference](list[i].Author); ref != nil {
			n.Author = m.actor(e, ref)
		} else if name := list[i].Author.Text(); name != "" {
			n.Author = &lhcrv1.Actor{Name: name}
		}
		out = append(out, n)
	}
	return out
}
