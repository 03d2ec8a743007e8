package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A GP consultation is an Encounter and a tree of Lists (GP Connect Access Record:
// Structured, consultations): the consultation's list names its topics, a topic names
// its categories, and each of them can name items. The tree becomes the encounter's
// headings; the items stand in their own sections, linked by LINK_KIND_UNDER_HEADING.

// consultation hangs the tree of a consultation's lists on its encounter.
func (m *Mapper) consultation(out *lhcrv1.Encounter, e *answer.Entry) {
	for _, l := range m.consultationLists()[e] {
		m.hang(out, e, l)
	}
}

func (m *Mapper) hang(out *lhcrv1.Encounter, e *answer.Entry, l *answer.List) {
	if out.GetServiceType() == nil {
		out.ServiceType = extended(l.Resource.Extension, "ClinicalSetting")
	}
	root := m.heading(e, l, "", map[*answer.List]bool{})
	out.Topics = append(out.Topics, root.GetHeadings()...)
	out.Header.Notes = append(out.Header.Notes, root.GetNotes()...)
	if out.GetHeader().GetHeading() == "" {
		out.Header.Heading = root.GetTitle()
	}
}

// heading makes one heading of the tree; path is the headings above it. A list that
// leads back to itself is followed once.
func (m *Mapper) heading(e *answer.Entry, l *answer.List, path string, seen map[*answer.List]bool) *lhcrv1.ConsultationHeading {
	seen[l] = true
	h := &lhcrv1.ConsultationHeading{
		Title: l.Resource.Title, Code: m.listCode(l), Notes: m.makeNotes(l.Entry, l.Resource.Note),
	}
	if l.Kind != answer.ListConsultation {
		path = below(path, h)
	}
	if x := model.FindExtension(l.Resource.Extension, "RelatedProblemHeader"); x != nil {
		m.labelledFrom(e, l.Entry, toTopic, model.Of[model.Reference](x.Part("target")), path)
	}
	for i := range l.Members {
		member := &l.Members[i]
		inner := m.listOf(member.Entry)
		switch {
		case member.Deleted:
		case inner == nil:
			h.Entries++
			m.under(e, l.Resource, i, member, path)
		case !seen[inner]:
			h.Headings = append(h.Headings, m.heading(e, inner, path, seen))
		}
	}
	return h
}

// under links an encounter to what stands under one of its headings.
func (m *Mapper) under(e *answer.Entry, l *model.List, i int, member *answer.Member, path string) {
	if member.Entry != nil {
		m.join(e, member.Entry, toHeaded, path)
		return
	}
	m.labelled(e, toHeaded, l.Entry[i].Item, path)
}

// below is a path with one more heading: its title, else what its code says.
func below(path string, h *lhcrv1.ConsultationHeading) string {
	title := h.GetTitle()
	if title == "" {
		return path
	}
	if path == "" {
		return title
	}
	return path + " / " + title
}

// consultationLists are the consultations' lists by the encounter that they name.
func (m *Mapper) consultationLists() map[*answer.Entry][]*answer.List {
	if m.byEncounter != nil {
		return m.byEncounter
	}
	m.byEncounter = map[*answer.Entry][]*answer.List{}
	for _, l := range m.answer.Lists() {
		if l.Kind != answer.ListConsultation {
			continue
		}
		if e := m.answer.Follow(l.Entry, l.Resource.Encounter); answer.As[model.Encounter](e) != nil {
			m.byEncounter[e] = append(m.byEncounter[e], l)
		}
	}
	return m.byEncounter
}

// listOf is a list by its resource, nil for other resources.
func (m *Mapper) listOf(e *answer.Entry) *answer.List {
	if answer.As[model.List](e) == nil {
		return nil
	}
	return m.byList()[e]
}

func (m *Mapper) byList() map[*answer.Entry]*answer.List {
	if m.listEntries == nil {
		m.listEntries = map[*answer.Entry]*answer.List{}
		for _, l := range m.answer.Lists() {
			m.listEntries[l.Entry] = l
		}
	}
	return m.listEntries
}

// looseConsultation makes an encounter of a consultation's list whose Encounter did
// not come: its headings and notes would be lost with it.
func (m *Mapper) looseConsultation(e *answer.Entry, r *model.List) {
	l := m.listOf(e)
	if l == nil || l.Kind != answer.ListConsultation || answer.As[model.Encounter](m.answer.Follow(e, r.Encounter)) != nil {
		return
	}
	h := m.begin(e, lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS)
	if h == nil {
		return
	}
	out := &lhcrv1.Encounter{Header: h}
	if c := contract.TextConcept(r.Title); c != nil {
		out.Types = []*lhcrv1.Concept{c}
	}
	if date := contract.When(r.Date); date != nil {
		out.Period = &lhcrv1.Period{Start: date}
	}
	m.participant(h, e, asAuthor, r.Source)
	m.inEncounter(e, r.Encounter)
	m.hang(out, e, l)
	m.putEncounter(out)
}

// headingOf is the title of the heading under which a consultation keeps a
// resource: the category's, else the topic's.
func headingOf(e *answer.Entry) string {
	topic := ""
	for _, l := range e.Lists() {
		switch title := l.List.Resource.Title; {
		case l.Deleted || title == "":
		case l.List.Kind == answer.ListCategory:
			return title
		case l.List.Kind == answer.ListTopic && topic == "":
			topic = title
		}
	}
	return topic
}
