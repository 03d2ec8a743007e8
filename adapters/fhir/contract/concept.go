package contract

import (
	"slices"
	"strings"
	"unicode"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// degraded are the codes by which a GP-to-GP transfer says that it could not
// understand an entry (GP Connect Access Record: Structured, degraded entries).
func degraded(code string) bool {
	switch code {
	case "196421000000109", // medication
		"196461000000101", // drug allergy
		"196471000000108", // non-drug allergy
		"196411000000103": // any other record entry
		return true
	}
	return false
}

// Concept carries a CodeableConcept over with every coding (contract REC-010 to REC-013).
func Concept(c *model.Concept) *lhcrv1.Concept {
	if c.IsEmpty() {
		return nil
	}
	out := &lhcrv1.Concept{Text: c.Text, Display: c.Show(), CodingsDisagree: disagree(c.Coding)}
	if len(c.Coding) > 0 {
		out.Codings = Codings(c.Coding)
	}
	for i := range c.Coding {
		out.Degraded = out.Degraded || degraded(c.Coding[i].Code)
	}
	if out.Display == "" {
		out.Display = "[no words]"
	} else if out.Display == c.Code() && c.Text == "" {
		out.Display = "[" + out.Display + "]"
	}
	return out
}

// Concepts carries several over.
func Concepts(list []model.Concept) []*lhcrv1.Concept {
	var out []*lhcrv1.Concept
	for i := range list {
		if c := Concept(&list[i]); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// TextConcept makes a concept of words alone.
func TextConcept(text string) *lhcrv1.Concept {
	if text == "" {
		return nil
	}
	return &lhcrv1.Concept{Text: text, Display: text}
}

// Codings carries codings over in one allocation.
func Codings(list []model.Coding) []*lhcrv1.Coding {
	block := make([]lhcrv1.Coding, len(list))
	out := make([]*lhcrv1.Coding, len(list))
	for i := range list {
		fillCoding(&block[i], &list[i])
		out[i] = &block[i]
	}
	return out
}

// Coding carries one coding over.
func Coding(c *model.Coding) *lhcrv1.Coding {
	if c == nil {
		return nil
	}
	out := new(lhcrv1.Coding)
	fillCoding(out, c)
	return out
}

func fillCoding(out *lhcrv1.Coding, c *model.Coding) {
	out.System = model.CanonicalSystem(c.System)
	if out.System != c.System {
		out.OriginalSystem = c.System
	}
	out.Version, out.Code, out.Display = c.Version, c.Code, c.Display
	out.UserSelected = c.UserSelected.IsTrue()
	out.DescriptionId, out.DescriptionDisplay = c.DescriptionID()
}

// disagree reports codings that differ in substance: two strengths (2 g against
// 1 g), two medicines, or two entries of one code system that share no word.
// Synonyms between code systems ("heart attack", "myocardial infarction") share
// no word either and mean the same: they are no disagreement.
func disagree(list []model.Coding) bool {
	for i := range list {
		for j := i + 1; j < len(list); j++ {
			if differ(&list[i], &list[j]) {
				return true
			}
		}
	}
	return false
}

func differ(a, b *model.Coding) bool {
	if a.Display == "" || b.Display == "" || a.Display == b.Display {
		return false
	}
	x, y := amounts(a.Display), amounts(b.Display)
	if x != "" && y != "" && x != y {
		return true
	}
	comparable := x != "" && y != "" || a.System == b.System && a.Code != b.Code
	return comparable && !shareWord(a.Display, b.Display)
}

// shareWord reports a word of four and more letters that both have.
func shareWord(a, b string) bool {
	words := strings.FieldsFunc(strings.ToLower(b), notLetter)
	for _, w := range strings.FieldsFunc(strings.ToLower(a), notLetter) {
		if len(w) > 3 && slices.Contains(words, w) {
			return true
		}
	}
	return false
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// amounts lists the numbers of a display, each with the letters of its unit,
// in one spelling: "Metformin 1g tablets" gives "1g ". Numbers without a unit of
// measure (a 6-in-1 vaccine, vitamin B12) are left out.
func amounts(display string) string {
	var out strings.Builder
	for i := 0; i < len(display); {
		if !isDigit(display[i]) || (i > 0 && isLetter(display[i-1])) {
			i++
			continue
		}
		number, unit, next := amount(display, i)
		if unit != "" {
			out.WriteString(number + unit + " ")
		}
		i = next
	}
	return out.String()
}

// amount reads one number and the unit that follows it.
func amount(s string, i int) (number, unit string, next int) {
	start := i
	for i < len(s) && (isDigit(s[i]) || s[i] == '.' || s[i] == ',') {
		i++
	}
	number = strings.TrimRight(strings.ReplaceAll(s[start:i], ",", ""), ".")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	j := i
	for j < len(s) && s[j] == ' ' {
		j++
	}
	end := j
	for end < len(s) && (isLetter(s[end]) || s[end] == '%') {
		end++
	}
	return number, units[strings.ToLower(s[j:end])], max(i, end)
}

// units are the spellings of units of strength, read only.
var units = map[string]string{
	"g": "g", "gram": "g", "grams": "g", "gm": "g",
	"mg": "mg", "milligram": "mg", "milligrams": "mg",
	"mcg": "mcg", "microgram": "mcg", "micrograms": "mcg", "ug": "mcg",
	"ng": "ng", "nanogram": "ng", "nanograms": "ng",
	"ml": "ml", "millilitre": "ml", "millilitres": "ml",
	"unit": "unit", "units": "unit", "iu": "unit",
	"mmol": "mmol", "%": "%",
}

func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }
