package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// finding reads what is of no more particular sort: an observation, a group of them, an act of which nothing but its code
// and its words is known. Under which heading it comes, the section says that it stands in.
func (s *statement) finding() *model.Reference {
	out := &model.Observation{
		Category: s.category(), Effective: span(s.one("effectiveTime")), Method: s.concept(s.one("methodCode")),
		BodySite: s.site(), Interpretation: s.concepts(s.all("interpretationCode")), Range: s.ranges(),
	}
	out.Head.Status = s.retract(resultStatus(s.status))
	s.findingValue(out)
	s.findingPeople(out)
	if s.about.other {
		out.Focus = []model.Reference{{Display: s.about.words}}
	}
	if s.mood != "EVN" && s.mood != "" {
		s.note("mood", s.mood)
		s.modifiers = append(s.modifiers, "moodCode")
	}
	rels := s.apart()
	if s.parent != nil && !isMember(s.role) {
		out.PartOf = []model.Reference{*s.parent}
	}
	about := s.about
	s.about = subject{} // the resource is the patient's; whom it is about stands in its focus
	ref := s.finish("Observation", out)
	s.about = about
	s.members(out, ref, rels)
	return ref
}

// isMember reports a way of belonging in which the statement around lists its parts.
func isMember(role string) bool { return role == "COMP" || role == "" }

// members reads what stands in a finding: its parts, and what goes along with it.
func (s *statement) members(out *model.Observation, self *model.Reference, rels []relation) {
	for _, x := range rels {
		inner := s.newStatement(x.e, s.inside(self, x.typeCode))
		ref := s.dispatch(inner)
		switch {
		case ref == nil || x.e.Local != "observation" && x.e.Local != "organizer":
		case isMember(x.typeCode):
			out.HasMember = append(out.HasMember, *ref)
		}
	}
}

// findingValue reads the code and the value. An assertion is of what its value names.
func (s *statement) findingValue(out *model.Observation) {
	code, values := s.one("code"), s.all("value")
	if len(values) > 0 {
		out.Value, out.Absent = s.value(values[0])
		for _, v := range values[1:] {
			c := model.Component{}
			c.Value, c.Absent = s.value(v)
			out.Component = append(out.Component, c)
		}
	}
	if out.Value.IsSet() && values[0].Attr("nullFlavor") != "" {
		s.note("nullFlavor of the value", flavor(values[0]).Show())
	}
	if c := out.Value.Concept(); c != nil && is(code, "ASSERTION") {
		out.Code, out.Value = c, model.Value{}
		return
	}
	if out.Code = s.concept(code); out.Code == nil {
		out.Code = s.unnamed(code)
	}
}

// unnamed is the name of something without a code: its words, else why there is none.
func (s *statement) unnamed(code *xmltree.Element) *model.Concept {
	if words := s.wording(); words != "" {
		return &model.Concept{Text: words}
	}
	return flavor(code)
}

// category is the section's own code, by which the finding finds its heading.
func (s *statement) category() []model.Concept {
	if s.code == nil {
		return nil
	}
	c := *s.code
	if c.Text == "" {
		c.Text = s.title
	}
	return []model.Concept{c}
}

func (s *statement) site() *model.Concept {
	sites := s.concepts(s.all("targetSiteCode"))
	if len(sites) == 0 {
		return nil
	}
	for i := range sites[1:] {
		s.note("also at", sites[1+i].Show())
	}
	return &sites[0]
}

func (s *statement) findingPeople(out *model.Observation) {
	out.Performer = s.actorsOf(s.all("performer"))
	specimens := s.all("specimen")
	for i, e := range specimens {
		ref := s.specimen(e)
		if i == 0 {
			out.Specimen = ref
			continue
		}
		s.note("specimen", s.inWords(e))
	}
	s.informants()
}

// informants are kept as notes where a resource has no place for who told it.
func (s *statement) informants() {
	for _, e := range s.all("informant") {
		s.note("told by", s.inWords(e))
	}
}

// resultStatus is the status of a finding in FHIR's words, where both mean the same (C-CDA on FHIR); others stay as sent.
func resultStatus(status string) string {
	switch status {
	case "completed":
		return "final"
	case "aborted", "cancelled":
		return "cancelled"
	}
	return status
}

// ranges are what is usual, each with what it is usual of.
func (s *statement) ranges() []model.ReferenceRange {
	var out []model.ReferenceRange
	for _, e := range s.all("referenceRange") {
		in := e.Child("observationRange")
		r := model.ReferenceRange{Text: s.words.text(in.Child("text")), Type: s.concept(in.Child("interpretationCode"))}
		s.limits(&r, in.Child("value"))
		for _, p := range e.Children("precondition") {
			if words := s.inWords(p); words != "" {
				r.AppliesTo = append(r.AppliesTo, model.Concept{Text: words})
			}
		}
		if code := s.concept(in.Child("code")).Show(); code != "" && r.Text == "" {
			r.Text = code
		}
		if r.Low != nil || r.High != nil || r.Text != "" {
			out = append(out, r)
		}
	}
	return out
}

// limits are the ends of what is usual, as amounts where they are some.
func (s *statement) limits(r *model.ReferenceRange, e *xmltree.Element) {
	r.Low, r.High = s.amount(e.Child("low")), s.amount(e.Child("high"))
	if r.Low != nil && isOpen(e.Child("low")) {
		r.Low.Comparator = ">"
	}
	if r.High != nil && isOpen(e.Child("high")) {
		r.High.Comparator = "<"
	}
	if r.Low != nil || r.High != nil || e == nil {
		return
	}
	v, _ := s.value(e)
	words := wordsOf(v)
	if r.Text == "" {
		r.Text = words
	} else if !strings.Contains(r.Text, words) {
		r.Text += " (" + words + ")"
	}
}

// specimen makes what was examined.
func (s *statement) specimen(e *xmltree.Element) *model.Reference {
	role := e.Child("specimenRole")
	entity := role.Child("specimenPlayingEntity")
	out := &model.Specimen{Head: model.Head{Identifier: s.identifiers(role.Children("id"))}, Type: s.concept(entity.Child("code"))}
	if name := squeeze(entity.Child("name").Text()); name != "" {
		if out.Type == nil {
			out.Type = &model.Concept{}
		}
		out.Type.Text = name
	}
	if words := squeeze(entity.Child("desc").Text()); words != "" {
		out.Note = []model.Annotation{{Text: words}}
	}
	made := role.At("productOf", "procedure")
	if at, site := span(made.Child("effectiveTime")), s.concept(made.Child("targetSiteCode")); at.IsSet() || site != nil {
		out.Collection = &model.Collection{Collected: at, BodySite: site}
	}
	if out.Type == nil && len(out.Identifier) == 0 && out.Note == nil && out.Collection == nil {
		return nil
	}
	out.Subject = s.patient
	return s.add("Specimen", out, role)
}
