package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// subject is whom entries are about, where a document says that it is not its patient (CDA R2, subject participation).
type subject struct {
	other   bool
	words   string // who it is
	related *xmltree.Element
}

// subjectOf is an element's own subject, else the outer one: participations reach into what they stand around.
func (r *reader) subjectOf(e *xmltree.Element, outer subject) subject {
	related := e.At("subject", "relatedSubject")
	if related == nil {
		return outer
	}
	code := related.Child("code")
	if related.Attr("classCode") == "PAT" || is(code, "SELF", "ONESELF") {
		return subject{}
	}
	words := r.conceptOrFlavor(code).Show()
	if words == "" {
		words = strings.ToLower(related.Attr("classCode"))
	}
	return subject{other: true, words: words, related: related}
}

// reference is the subject of a resource: the patient; for another person one that leads nowhere, so that nothing of it
// is delivered as the patient's.
func (r *reader) reference(s subject) *model.Reference {
	if s.other {
		return r.nobodyHere()
	}
	return r.patient
}
