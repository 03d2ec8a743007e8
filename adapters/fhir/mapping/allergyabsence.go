package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	noAbsence   = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_UNSPECIFIED
	noneAtAll   = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY
	noneOfDrugs = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY
	noneOfClass = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO
)

// absences are the SNOMED CT codes that state an absence. Those of a class of
// allergens say nothing of other classes and are never "no known allergy".
var absences = map[string]lhcrv1.AllergyAbsence{
	"716186003":  noneAtAll,   // No known allergy
	"160244002":  noneAtAll,   // No known allergies, its former code
	"409137002":  noneOfDrugs, // No known drug allergy
	"428197003":  noneOfClass, // No known insect allergy
	"429625007":  noneOfClass, // No known food allergy
	"428607008":  noneOfClass, // No known environmental allergy
	"716220001":  noneOfClass, // No known animal allergy
	"1003774007": noneOfClass, // No known Hevea brasiliensis latex allergy
}

// absence reads what an entry states to be absent. The entry states it only when all
// that it says agrees: each coding by its code or its words, its own words, and no
// reaction. One that states an absence and something else besides states none and is
// flagged: a known allergy must never read as "none".
func absence(a *lhcrv1.Allergy, r *model.AllergyIntolerance) {
	stated, whole := allergyAbsence(r.Code)
	if stated == noAbsence {
		return
	}
	if !whole || len(r.Reaction) > 0 {
		flag(a.GetHeader(), lhcrv1.Flag_FLAG_CODINGS_DISAGREE)
		return
	}
	a.Absence = stated
}

// allergyAbsence is the absence that a code of SNOMED CT states, and whether all else
// in the concept states the same. Words alone state none.
func allergyAbsence(c *model.Concept) (stated lhcrv1.AllergyAbsence, whole bool) {
	if c == nil {
		return noAbsence, false
	}
	for i := range c.Coding {
		if this := codedAbsence(&c.Coding[i]); stated == noAbsence {
			stated = this
		}
	}
	whole = c.Text == "" || wordedAbsence(c.Text) == stated
	for i := range c.Coding {
		whole = whole && agrees(&c.Coding[i], stated)
	}
	return stated, whole
}

func codedAbsence(c *model.Coding) lhcrv1.AllergyAbsence {
	if model.CanonicalSystem(c.System) != model.SNOMED {
		return noAbsence
	}
	return absences[c.Code]
}

// agrees reports a coding that states the same absence: by its code where it is of
// SNOMED CT, and by every word that it has. A code of another system without words
// states nothing that can be read.
func agrees(c *model.Coding, stated lhcrv1.AllergyAbsence) bool {
	coded := codedAbsence(c) == stated
	if model.CanonicalSystem(c.System) == model.SNOMED && !coded {
		return false
	}
	_, term := c.DescriptionID()
	for _, words := range []string{c.Display, term} {
		if words == "" {
			continue
		}
		if wordedAbsence(words) != stated {
			return false
		}
		coded = true
	}
	return coded
}

// Words in which records state an absence, in small letters and without stops. What
// holds any other word states something else ("no known allergies except penicillin").
var (
	absenceWords = words("no nil none known recorded reported noted history hx h o of to any has have patient " +
		"allergy allergies allergic allergen allergens sensitivity sensitivities hypersensitivity intolerance intolerances " +
		"adverse reaction reactions effects or and")
	drugWords  = words("drug drugs medication medications medicine medicines medicinal product products")
	classWords = words("food foods insect insects sting stings venom environmental environment animal animals " +
		"latex natural rubber hevea brasiliensis substance")
	shortAbsences = map[string]lhcrv1.AllergyAbsence{
		"nka": noneAtAll, "nil known": noneAtAll, "none known": noneAtAll, "nkda": noneOfDrugs,
	}
)

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// wordedAbsence is the absence that words state, unspecified for all other words.
func wordedAbsence(text string) lhcrv1.AllergyAbsence {
	text = plain(text)
	if short := shortAbsences[text]; short != noAbsence {
		return short
	}
	denied, of, about := false, false, noneAtAll
	for _, w := range strings.Fields(text) {
		switch {
		case drugWords[w] && about != noneOfClass:
			about = noneOfDrugs
		case classWords[w]:
			about = noneOfClass
		case !absenceWords[w]:
			return noAbsence
		}
		denied = denied || w == "no" || w == "nil" || w == "none"
		of = of || strings.HasPrefix(w, "allerg") || strings.Contains(w, "sensitiv") ||
			strings.HasPrefix(w, "intoleran") || strings.HasPrefix(w, "reaction")
	}
	if !denied || !of {
		return noAbsence
	}
	return about
}

// plain is a text in small letters without its semantic tag, stops and commas.
func plain(text string) string {
	text = said(text)
	if tag := semanticTag(text); semanticTags[tag] != lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED {
		text = strings.TrimSuffix(text, "("+tag+")")
	}
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n.,:;-()/", r) }), " ")
}
