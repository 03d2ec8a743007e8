package cda

import (
	"cmp"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// kind is what a section is about, as far as its entries are read by it.
type kind uint8

const (
	kindOther kind = iota
	kindAllergies
	kindMedications
	kindAdministered
	kindProblems
	kindImmunisations
	kindProcedures
	kindResults
	kindFamily
	kindPlan
)

// sectionKinds tell sections by their codes: LOINC as C-CDA, IHE PCC and XD-LAB use it, and the headings of British
// records in SNOMED CT. Read only.
var sectionKinds = map[string]kind{
	"48765-2": kindAllergies, "10155-0": kindAllergies, "886921000000105": kindAllergies,
	"10160-0": kindMedications, "10183-2": kindMedications, "42346-7": kindMedications, "75311-1": kindMedications,
	"933361000000108": kindMedications,
	"29549-3":         kindAdministered,
	"11450-4":         kindProblems, "11348-0": kindProblems, "46241-6": kindProblems, "11535-2": kindProblems, "42347-5": kindProblems,
	"10219-4": kindProblems, "C-CDAV2-DDN": kindProblems, "10218-6": kindProblems, "75310-3": kindProblems, "55109-3": kindProblems,
	"717711000000103": kindProblems, "887161000000102": kindProblems,
	"11369-6": kindImmunisations, "1102181000000102": kindImmunisations,
	"47519-4": kindProcedures, "29554-3": kindProcedures, "887171000000109": kindProcedures,
	"30954-2": kindResults, "26436-6": kindResults, "11493-4": kindResults, "18768-2": kindResults, "18725-2": kindResults,
	"18717-9": kindResults, "18718-7": kindResults, "18719-5": kindResults, "18720-3": kindResults, "18721-1": kindResults,
	"18722-9": kindResults, "18723-7": kindResults, "18724-5": kindResults, "18727-8": kindResults, "18729-4": kindResults,
	"11502-2": kindResults, "887191000000108": kindResults,
	"10157-6": kindFamily, "887111000000104": kindFamily,
	"18776-5": kindPlan, "61146-7": kindPlan,
}

// kindWords tell a section by how its title begins, where it has no code that is known. Read only.
var kindWords = []struct {
	start string
	kind  kind
}{
	{"allerg", kindAllergies}, {"medication", kindMedications}, {"problem", kindProblems}, {"diagnos", kindProblems},
	{"immuni", kindImmunisations}, {"vaccin", kindImmunisations}, {"procedure", kindProcedures}, {"family history", kindFamily},
}

// heading is what a section says for the entries in it.
type heading struct {
	kind   kind
	title  string
	code   *model.Concept
	meta   *model.Meta
	author []model.Reference
	about  subject
	// list takes what is made of the entries.
	list *[]model.Reference
}

// headingOf reads a section's own part of its heading; what it leaves open is its parent's.
func (r *reader) headingOf(s *xmltree.Element, outer heading) heading {
	h := heading{
		title: squeeze(s.Child("title").Text()), code: r.concept(s.Child("code")), meta: outer.meta,
		author: outer.author, about: r.subjectOf(s, outer.about),
	}
	h.kind = kindOfSection(h.code, h.title)
	if h.kind == kindOther && h.code == nil {
		h.kind = outer.kind
	}
	if h.code == nil {
		h.code = outer.code
	}
	h.title = cmp.Or(h.title, h.code.Show(), outer.title)
	if m := r.labels(s); m != nil {
		h.meta = m
	}
	if authors := r.authorsOf(s); len(authors) > 0 {
		h.author = authors
	}
	return h
}

func kindOfSection(code *model.Concept, title string) kind {
	standard := false
	if code != nil {
		for i := range code.Coding {
			if k, ok := sectionKinds[code.Coding[i].Code]; ok {
				return k
			}
			standard = standard || isStandard(code.Coding[i].System)
		}
	}
	return kindOfTitle(strings.ToLower(cmp.Or(title, code.Show())), standard)
}

// isStandard reports LOINC and SNOMED CT: of a code of theirs that is not known here, the title says no more. Any other
// is local, and only the title tells what it means.
func isStandard(uri string) bool { return uri == "http://loinc.org" || uri == "http://snomed.info/sct" }

// kindOfTitle goes by the words of a title. Allergies are known anywhere in it, whatever its code: one that is missed is
// worse than one that stands under its heading twice.
func kindOfTitle(title string, standard bool) kind {
	for _, w := range kindWords {
		if !standard && strings.HasPrefix(title, w.start) {
			return w.kind
		}
	}
	for _, word := range [...]string{"allerg", "adverse reaction", "intoleran"} {
		if strings.Contains(title, word) && !strings.Contains(title, "family") {
			return kindAllergies
		}
	}
	return kindOther
}

// told gives a section that only its title tells to be of allergies the heading of them, for its text.
func (h heading) told(s *model.Section) {
	if h.kind != kindAllergies || kindOfSection(s.Code, s.Title) != kindAllergies {
		return
	}
	c := model.Concept{}
	if s.Code != nil {
		c = *s.Code
		for i := range c.Coding {
			if sectionKinds[c.Coding[i].Code] == kindAllergies {
				return
			}
		}
	}
	c.Coding = append(c.Coding[:len(c.Coding):len(c.Coding)], model.Coding{Code: "allergies-and-adverse-reactions"})
	s.Code = &c
}

// labels are the confidentiality of a document or section as its entries carry it; nil where it is the ordinary one.
func (r *reader) labels(e *xmltree.Element) *model.Meta {
	c := r.concept(e.Child("confidentialityCode"))
	if c == nil || c.Code() == "N" {
		return nil
	}
	return &model.Meta{Security: c.Coding}
}
