package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// subject is whom entries are about, where a document says that it is not its patient (CDA R2, subject participation).
type subject struct {
	other   bool
	unsure  bool   // it may be the patient, and nothing says so
	words   string // who it is
	related *xmltree.Element
}

// subjectOf is whom an element itself says that it is about, else the outer one: participations reach into what they
// stand around. Of several, any who is not the patient counts.
func (r *reader) subjectOf(e *xmltree.Element, outer subject) subject {
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		switch {
		case c == nil:
		case c.Local == "subject":
			outer = r.whom(c)
		case c.Local == "participant" && c.Attr("typeCode") == "SBJ":
			outer = r.taking(c)
		default:
			continue
		}
		if outer.other {
			return outer
		}
	}
	return outer
}

// whom reads a subject participation. One that names nobody, or says why it does not, may be anybody.
func (r *reader) whom(e *xmltree.Element) subject {
	people := e.Children("relatedSubject")
	if len(people) == 0 || e.Attr("nullFlavor") != "" {
		return subject{other: true, unsure: true, words: r.nobody(e)}
	}
	for _, related := range people {
		code := related.Child("code")
		switch {
		case related.Attr("nullFlavor") != "":
			return subject{other: true, unsure: true, words: r.nobody(related)}
		case is(code, "SELF", "ONESELF"), related.Attr("classCode") == "PAT" && r.concept(code) == nil:
			continue
		}
		words := r.conceptOrFlavor(code).Show()
		if words == "" {
			words = strings.ToLower(related.Attr("classCode"))
		}
		return subject{other: true, words: words, related: related}
	}
	return subject{}
}

// taking reads a participant who is the subject: the patient, where the role says so or the patient's own identifiers.
func (r *reader) taking(e *xmltree.Element) subject {
	role := e.Child("participantRole")
	ids := r.identifiers(role.Children("id"))
	for i := range ids {
		if r.patientIDs[keyOf(&ids[i])] {
			return subject{}
		}
	}
	if role.Attr("classCode") == "PAT" && len(ids) == 0 && role.Child("code") == nil && role.Child("playingEntity") == nil {
		return subject{}
	}
	return subject{other: true, unsure: role == nil || e.Attr("nullFlavor") != "", words: r.nobody(e)}
}

// nobody is what is said in words of a subject who is not known.
func (r *reader) nobody(e *xmltree.Element) string {
	if words := r.inWords(e); words != "" {
		return words
	}
	return "somebody who is not named"
}

// reference is the subject of a resource: the patient; for another person one that leads nowhere, so that nothing of it
// is delivered as the patient's; none where nobody can tell.
func (r *reader) reference(s subject) *model.Reference {
	switch {
	case s.unsure:
		return nil
	case s.other:
		return r.nobodyHere()
	}
	return r.patient
}
