package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// allergyKind is what a code for a kind of allergy says: HL7's Allergy and Intolerance Type in SNOMED CT. None is the
// code that says that nothing of the kind is known.
type allergyKind struct {
	typ, category string
	none, words   string
}

const (
	noneAtAll  = "716186003"
	noneDrug   = "409137002"
	noneFood   = "429625007"
	noneAround = "428607008"
)

// allergyKinds by their codes. Read only.
var allergyKinds = map[string]allergyKind{
	"420134006": {"", "", noneAtAll, "No known allergy"},
	"418038007": {"", "", noneAtAll, "No known allergy"},
	"419199007": {"allergy", "", noneAtAll, "No known allergy"},
	"106190000": {"allergy", "", noneAtAll, "No known allergy"},
	"419511003": {"", "medication", noneDrug, "No known drug allergy"},
	"416098002": {"allergy", "medication", noneDrug, "No known drug allergy"},
	"59037007":  {"intolerance", "medication", noneDrug, "No known drug allergy"},
	"418471000": {"", "food", noneFood, "No known food allergy"},
	"414285001": {"allergy", "food", noneFood, "No known food allergy"},
	"235719002": {"intolerance", "food", noneFood, "No known food allergy"},
	"426232007": {"allergy", "environment", noneAround, "No known environmental allergy"},
	"232347008": {"allergy", "environment", "", ""},
}

// kindOfAllergy keeps what sort of allergy it is: in FHIR's words as far as it has them, and as it was coded.
func (s *statement) kindOfAllergy(out *model.AllergyIntolerance, value *model.Concept) {
	kind, known := allergyKinds[value.Code()]
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

// none reads a denial. Of an allergy to nothing in particular it says that no allergy (of that kind) is known; of one to
// something it says that the patient is not allergic to that. It stays the document's own statement: whatever else it or
// another document says is not touched by it.
func (s *statement) none(out *model.AllergyIntolerance) {
	if !s.neg || s.isRetracted() {
		return
	}
	kind, known := allergyKinds[out.Code.Code()]
	if !known || kind.none == "" {
		return
	}
	s.note("denied", out.Code.Show())
	out.Code = &model.Concept{Coding: []model.Coding{{System: model.SNOMED, Code: kind.none, Display: kind.words}}}
	out.Verification, out.Category, out.Type = nil, nil, nil
	s.neg = false
}

// deniesItself reports an allergen in words alone that say that there is none, beside a denial that says so already: the
// two together would read as an allergy.
func (s *statement) deniesItself(c *model.Concept) bool {
	words := strings.ToLower(strings.TrimSpace(c.Text))
	if !s.neg || len(c.Coding) > 0 {
		return false
	}
	for _, start := range [...]string{"no ", "not ", "none", "nil ", "nka", "nkda"} {
		if strings.HasPrefix(words, start) {
			return true
		}
	}
	return false
}
