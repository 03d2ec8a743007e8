package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// allergyKind is what a code for a kind of allergy says: HL7's Allergy and Intolerance Type in SNOMED CT. None is the
// code that says that nothing of the kind is known.
type allergyKind struct {
	typ, category string
	none          string
}

const (
	noneAtAll  = "716186003"
	noneDrug   = "409137002"
	noneFood   = "429625007"
	noneAround = "428607008"
)

// noneWords are the words of the codes that say that nothing is known. Read only.
var noneWords = map[string]string{
	noneAtAll: "No known allergy", noneDrug: "No known drug allergy", noneFood: "No known food allergy", noneAround: "No known environmental allergy",
}

// allergyKinds by their codes. Read only.
var allergyKinds = map[string]allergyKind{
	"420134006": {"", "", noneAtAll},
	"418038007": {"", "", noneAtAll},
	"419199007": {"allergy", "", noneAtAll},
	"106190000": {"allergy", "", noneAtAll},
	"419511003": {"", "medication", noneDrug},
	"416098002": {"allergy", "medication", noneDrug},
	"59037007":  {"intolerance", "medication", noneDrug},
	"418471000": {"", "food", noneFood},
	"414285001": {"allergy", "food", noneFood},
	"235719002": {"intolerance", "food", noneFood},
	"426232007": {"allergy", "environment", noneAround},
	"232347008": {"allergy", "environment", ""},
}

// kindOfValue is the kind of allergy that a value is the code of. A code counts under SNOMED CT's own OID alone: the same
// digits of another system mean something else.
func kindOfValue(value *xmltree.Element) (allergyKind, bool) {
	if value == nil || codeSystems[strings.TrimSpace(value.Attr("codeSystem"))] != model.SNOMED {
		return allergyKind{}, false
	}
	kind, known := allergyKinds[strings.TrimSpace(value.Attr("code"))]
	return kind, known
}

// kindOfAllergy keeps what sort of allergy it is: in FHIR's words as far as it has them, and as it was coded.
func (s *statement) kindOfAllergy(out *model.AllergyIntolerance, e *xmltree.Element, value *model.Concept) {
	kind, known := kindOfValue(e)
	if !known {
		return
	}
	if kind.typ != "" {
		out.Type = &model.Concept{Coding: []model.Coding{{Code: kind.typ}}}
	}
	if kind.category != "" {
		out.Category = []string{kind.category}
	}
	s.note("kind", value.Show())
}

// none reads a denial. Of an allergy to nothing in particular it says that no allergy (of that kind) is known; that is
// read only where nothing at all stands that could name something in particular. It stays the document's own statement:
// whatever else it or another document says is not touched by it.
func (s *statement) none(out *model.AllergyIntolerance, value *xmltree.Element, a *agents) {
	kind, known := kindOfValue(value)
	if !s.neg || s.isRetracted() || !known || kind.none == "" || len(a.named) > 0 || a.hidden {
		return
	}
	code := kind.none
	if a.denied != "" && code == noneAtAll {
		code = a.denied
	}
	if a.denied != "" && a.denied != code && a.denied != noneAtAll {
		s.modifiers = append(s.modifiers, "negationInd")
		return
	}
	s.note("denied", out.Code.Show())
	out.Code = &model.Concept{Coding: []model.Coding{{System: model.SNOMED, Code: code, Display: noneWords[code]}}}
	out.Verification, out.Category, out.Type = nil, nil, nil
	s.neg = false
}

// deniedBy are the words, whole, that say of an entry which is denied anyway that nothing is known, and of what. Anything
// beside them ("none other than penicillin") says something else. Read only.
var deniedBy = map[string]string{
	"none": noneAtAll, "nil": noneAtAll, "none known": noneAtAll, "nil known": noneAtAll, "nka": noneAtAll,
	"no known allergies": noneAtAll, "no known allergy": noneAtAll, "no allergies known": noneAtAll, "no allergies": noneAtAll,
	"no known allergies or adverse reactions": noneAtAll, "no known allergies and adverse reactions": noneAtAll,
	"nkda": noneDrug, "no known drug allergies": noneDrug, "no known drug allergy": noneDrug,
	"no known medication allergies": noneDrug, "no known medicine allergies": noneDrug,
	"no known food allergies": noneFood, "no known food allergy": noneFood,
	"no known environmental allergies": noneAround, "no known environmental allergy": noneAround,
}

// generic are the words of which the names of kinds of allergies are made. Read only.
var generic = wordSet("allergy allergies allergic intolerance intolerances hypersensitivity propensity adverse reaction reactions " +
	"sensitivity to of a the and or drug drugs medication medicine medicinal product food foods substance substances " +
	"concern environment environmental agent disorder finding disease assertion type intolerant clinical observation situation")

func wordSet(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// plainWords are the words of a text in small letters, without what stands between them.
func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" \t\r\n\u00a0.,:;-()/[]!", r) })
}

// isGeneric reports words that name a kind of allergy and nothing in particular.
func isGeneric(text string) bool {
	for _, w := range plainWords(text) {
		if !generic[w] {
			return false
		}
	}
	return true
}

// say takes words that stand in a denied entry: they say that there is nothing, or they may name something.
func (a *agents) say(c *model.Concept) {
	if c == nil {
		return
	}
	words := c.Text
	if words == "" || len(c.Coding) > 0 {
		words = c.Show() + " " + words
	}
	if len(c.Coding) == 0 {
		if code := deniedBy[strings.Join(plainWords(words), " ")]; code != "" {
			if a.denied == "" || a.denied == noneAtAll {
				a.denied = code
			}
			return
		}
	}
	for i := range c.Coding {
		words += " " + c.Coding[i].Display
	}
	if !isGeneric(words) {
		a.named = append(a.named, agentNamed{concept: c})
	}
}

// sayDenied takes all words of a denied entry that might name what is denied, where no participant does.
func (s *statement) sayDenied(a *agents, value *xmltree.Element, rels []relation) {
	if !s.neg || len(a.named) > 0 {
		return
	}
	if _, known := kindOfValue(value); known {
		a.say(s.inParticular(value))
	} else if s.name(value) != nil {
		return // it is the allergen
	}
	if code := s.one("code"); !is(code, "ASSERTION") {
		if _, known := kindOfValue(code); !known && !isActCode(code) {
			a.say(s.concept(code))
		}
	}
	for _, t := range s.all("text") {
		words := s.words.text(t)
		a.hidden = a.hidden || words == "" && t.Child("reference").Attr("value") != ""
		if words != "" {
			a.say(&model.Concept{Text: words})
		}
	}
	for _, x := range rels {
		if x.isComment() {
			a.say(&model.Concept{Text: s.words.text(x.e.Child("text"))})
		}
	}
	if s.concern != nil {
		for _, words := range s.concern.said {
			a.say(&model.Concept{Text: words})
		}
	}
}

// inParticular is what a value says beside the code of a kind; nil where it says no more.
func (s *statement) inParticular(v *xmltree.Element) *model.Concept {
	c := s.concept(v)
	if c == nil || len(c.Coding) == 0 {
		return c
	}
	for i := range c.Coding[1:] {
		t := &c.Coding[1+i]
		if _, known := allergyKinds[t.Code]; !(known && t.System == model.SNOMED) && (t.Display == "" || !isGeneric(t.Display)) {
			return c
		}
	}
	if isGeneric(c.Text) && isGeneric(c.Coding[0].Display) {
		return nil
	}
	return c
}

// isActCode reports one of HL7's own codes for observations of intolerance ("DALG"): a kind, and no allergen.
func isActCode(e *xmltree.Element) bool { return e.Attr("codeSystem") == "2.16.840.1.113883.5.4" }
