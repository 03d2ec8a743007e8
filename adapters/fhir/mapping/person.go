package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// people maps the patients of the answer who are the person asked for, one item a
// source. A patient with practice, contacts or language needs recorded belongs to
// those headings too.
func (m *Mapper) people() {
	for _, p := range m.answer.Patients() {
		m.person(p)
	}
	for e, r := range answer.Each[model.RelatedPerson](m.answer) {
		m.relatedPerson(e, r)
	}
}

func (m *Mapper) person(p *answer.Patient) {
	e := p.Entry
	r := answer.As[model.Patient](e)
	if r.Origin != nil && r.Origin.Supporting {
		e.Support()
		return
	}
	h := m.begin(e, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS)
	if h == nil {
		return
	}
	h.Identifiers = nil // they are the patient's, and stand in Person where they are redacted
	if holdsNHSNumber(h.GetSourceId()) {
		h.SourceId = "" // a demographic service's id is the NHS number itself
	}
	out := &lhcrv1.Person{
		Header: h, Names: contract.HumanNames(r.Name), Telecoms: contract.Telecoms(r.Telecom),
		Addresses: contract.Addresses(r.Address), Gender: r.Gender, BirthDate: contract.When(r.BirthDate),
		Restricted: p.Restricted, SupersededBy: p.SupersededBy, Active: contract.Bool(r.Active),
		MaritalStatus: contract.Concept(r.MaritalStatus), ManagingOrganisation: m.organisation(e, r.Organization),
	}
	if m.answer.Merged(p) {
		out.SupersededBy = ""
		h.Notes = append(h.Notes, &lhcrv1.Note{Text: "This record was merged into another record of this person."})
	}
	m.numbers(out, p, r)
	deceased(out, r.Deceased)
	for i := range r.GP {
		if a := m.actor(e, &r.GP[i]); a != nil {
			out.GeneralPractitioners = append(out.GeneralPractitioners, a)
		}
	}
	m.contacts(out, e, r.Contact)
	languages(out, r.Communication)
	m.personExtensions(out, e, r.Extension)
	if v := m.value(e, r.MultipleBirth); v != nil {
		out.Attributes = append(out.Attributes, &lhcrv1.Attribute{Name: "multipleBirth", Value: v})
	}
	m.partExtensions(out, e, r)
	m.unplaced(h, e, func(name string, v *lhcrv1.Value) {
		out.Attributes = append(out.Attributes, &lhcrv1.Attribute{Name: name, Value: v})
	})
	alsoUnder(h, lhcrv1.Section_SECTION_GP_PRACTICE, len(out.GetGeneralPractitioners()) > 0 || out.GetRegistration() != nil)
	alsoUnder(h, lhcrv1.Section_SECTION_PERSONAL_CONTACTS, len(out.GetContacts()) > 0)
	alsoUnder(h, lhcrv1.Section_SECTION_INDIVIDUAL_REQUIREMENTS, needsInterpreter(out))
	m.record.PersonDemographics = append(m.record.PersonDemographics, out)
}

// alsoUnder adds a heading to which an item belongs beside its own.
func alsoUnder(h *lhcrv1.ItemHeader, section lhcrv1.Section, when bool) {
	if !when || h.GetSection() == section {
		return
	}
	for _, s := range h.GetAlsoUnder() {
		if s == section {
			return
		}
	}
	h.AlsoUnder = append(h.AlsoUnder, section)
}

func needsInterpreter(p *lhcrv1.Person) bool {
	for _, l := range p.GetLanguages() {
		if l.GetInterpreterRequired() || len(l.GetModes()) > 0 {
			return true
		}
	}
	return false
}

func (m *Mapper) numbers(out *lhcrv1.Person, p *answer.Patient, r *model.Patient) {
	if len(p.Numbers) > 0 {
		n := p.Numbers[0]
		out.NhsNumber, out.NhsNumberValid, out.NhsNumberVerification = n.Value, n.Valid, contract.Concept(n.Verification)
	}
	first := true
	for i := range r.Identifier {
		id := &r.Identifier[i]
		if first && answer.IsNHSNumberSystem(id.System) && id.Value != "" {
			first = false // it is the number above
			continue
		}
		if c := contract.Identifier(id); c != nil {
			out.Identifiers = append(out.Identifiers, c)
		}
	}
}

func deceased(out *lhcrv1.Person, v model.Value) {
	if w := contract.When(v.When()); w != nil {
		yes := true
		out.Deceased, out.DeceasedAt = &yes, w
		return
	}
	out.Deceased = contract.Bool(v.Bool())
}

func (m *Mapper) contacts(out *lhcrv1.Person, e *answer.Entry, list []model.Contact) {
	for i := range list {
		c := &list[i]
		out.Contacts = append(out.Contacts, &lhcrv1.Contact{
			Relationships: contract.Concepts(c.Relationship), Name: contract.HumanName(c.Name),
			Telecoms: contract.Telecoms(c.Telecom), Address: contract.Address(c.Address),
			Organisation: m.organisation(e, c.Organization), Period: contract.Period(c.Period), Gender: c.Gender,
		})
	}
}

func languages(out *lhcrv1.Person, list []model.Language) {
	for i := range list {
		l := &lhcrv1.Language{Language: contract.Concept(list[i].Language), Preferred: contract.Bool(list[i].Preferred)}
		for j := range list[i].Extension {
			languageParts(l, &list[i].Extension[j])
		}
		out.Languages = append(out.Languages, l)
	}
}

// personExtensions reads what the British profiles add to a patient. What has no
// field of its own stands as an attribute, so that nothing recorded is lost.
func (m *Mapper) personExtensions(out *lhcrv1.Person, e *answer.Entry, list []model.Extension) {
	for i := range list {
		x := &list[i]
		switch tail := x.Tail(); {
		case strings.Contains(tail, "RegistrationDetails"):
			out.Registration = m.registration(e, x)
		case strings.Contains(tail, "NHSCommunication"):
			l := &lhcrv1.Language{Language: contract.Concept(x.Part("language").Concept()), Preferred: contract.Bool(x.Part("preferred").Bool())}
			languageParts(l, x)
			out.Languages = append(out.Languages, l)
		case strings.Contains(tail, "EthnicCategory"):
			out.EthnicCategory = contract.Concept(x.Value.Concept())
		case strings.Contains(tail, "DeathNotificationStatus"):
			out.DeathNotificationStatus = contract.Concept(x.Part("deathNotificationStatus").Concept())
			out.Attributes = append(out.Attributes, m.attributesBut(e, x, "deathNotificationStatus")...)
		case isDispenser(tail) && out.NominatedDispenser == nil:
			out.NominatedDispenser = m.organisation(e, model.Of[model.Reference](x.Value))
		case strings.HasSuffix(tail, "interpreterRequired"):
			out.Languages = append(out.Languages, &lhcrv1.Language{InterpreterRequired: contract.Bool(x.Value.Bool())})
		default:
			out.Attributes = append(out.Attributes, m.attributes(e, tail, x)...)
		}
	}
}

// partExtensions keeps what exchanges add to a patient's addresses, numbers and contacts.
func (m *Mapper) partExtensions(out *lhcrv1.Person, e *answer.Entry, r *model.Patient) {
	keep := func(name string, list []model.Extension) {
		for i := range list {
			out.Attributes = append(out.Attributes, m.attributes(e, name+"."+plainName(list[i].Tail()), &list[i])...)
		}
	}
	for i := range r.Address {
		keep("address", r.Address[i].Extension)
	}
	for i := range r.Telecom {
		keep("telecom", r.Telecom[i].Extension)
	}
	for i := range r.Contact {
		keep("contact", r.Contact[i].Extension)
	}
}

func languageParts(l *lhcrv1.Language, x *model.Extension) {
	if v := x.Part("interpreterRequired"); v.IsSet() {
		l.InterpreterRequired = contract.Bool(v.Bool())
	}
	for i := range x.Extension {
		if c := contract.Concept(x.Extension[i].Value.Concept()); c != nil && strings.EqualFold(x.Extension[i].URL, "modeOfCommunication") {
			l.Modes = append(l.Modes, c)
		}
	}
	for _, name := range []string{"communicationProficiency", "proficiency"} {
		if c := contract.Concept(x.Part(name).Concept()); c != nil {
			l.Proficiency = c
		}
	}
}

func (m *Mapper) registration(e *answer.Entry, x *model.Extension) *lhcrv1.Registration {
	return &lhcrv1.Registration{
		Type:            contract.Concept(x.Part("registrationType").Concept()),
		Status:          contract.Concept(x.Part("registrationStatus").Concept()),
		Period:          contract.Period(model.Of[model.Period](x.Part("registrationPeriod"))),
		PreferredBranch: m.place(e, model.Of[model.Reference](x.Part("preferredBranchSurgery"))),
	}
}

// attributes are an extension's value, or those of its parts, each by name.
func (m *Mapper) attributes(e *answer.Entry, name string, x *model.Extension) []*lhcrv1.Attribute {
	var out []*lhcrv1.Attribute
	if v := m.value(e, inner(x)); v != nil {
		out = append(out, &lhcrv1.Attribute{Name: plainName(name), Value: v})
	}
	for i := range x.Extension {
		part := &x.Extension[i]
		out = append(out, m.attributes(e, plainName(name)+"."+part.URL, part)...)
	}
	return out
}

// inner is an extension's value; some senders wrap it in another extension.
func inner(x *model.Extension) model.Value {
	if wrapped := model.Of[model.Extension](x.Value); wrapped != nil {
		return wrapped.Value
	}
	return x.Value
}

// attributesBut are the attributes of an extension's parts, one left out.
func (m *Mapper) attributesBut(e *answer.Entry, x *model.Extension, but string) []*lhcrv1.Attribute {
	rest := &model.Extension{URL: x.URL}
	for i := range x.Extension {
		if !strings.EqualFold(x.Extension[i].URL, but) {
			rest.Extension = append(rest.Extension, x.Extension[i])
		}
	}
	return m.attributes(e, x.Tail(), rest)
}

// isDispenser reports where a patient's medicines are to be sent: PDS's nominated
// pharmacy, UK Core's preferred dispenser.
func isDispenser(tail string) bool {
	return strings.Contains(tail, "NominatedPharmacy") || strings.Contains(tail, "PreferredDispenser")
}

// value carries a value over, a reference as the name of what it leads to, and what the
// contract has no form for in words.
func (m *Mapper) value(e *answer.Entry, v model.Value) *lhcrv1.Value {
	if words := m.otherWords(e, v); words != "" {
		return textValue(words)
	}
	ref := model.Of[model.Reference](v)
	if ref == nil {
		return contract.Value(v)
	}
	if c := m.nameOf(e, ref); c != nil {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Concept{Concept: c}}
	}
	if name := m.place(e, ref); name != "" {
		return &lhcrv1.Value{Kind: &lhcrv1.Value_Text{Text: name}}
	}
	return nil
}

// plainName takes the publisher's frame off an extension's name:
// "Extension-UKCore-BirthSex" is "BirthSex".
func plainName(tail string) string {
	for _, frame := range []string{"Extension-", "UKCore-", "CareConnect-", "GPC-", "PDS-", "Interweave-", "patient-"} {
		tail = strings.TrimPrefix(tail, frame)
	}
	return strings.TrimSuffix(tail, "-1")
}
