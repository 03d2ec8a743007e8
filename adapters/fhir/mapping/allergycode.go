package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// allergyCodeKind says what an allergy's code names, where a coding says so
// itself. Codings that say different things leave it open: it is never guessed.
func allergyCodeKind(c *model.Concept) lhcrv1.AllergyCodeKind {
	out := lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED
	if c == nil {
		return out
	}
	for i := range c.Coding {
		this := codingKind(&c.Coding[i])
		switch {
		case this == lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED:
		case out == lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED:
			out = this
		case out != this:
			return lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED
		}
	}
	return out
}

// semanticTags are the tags at the end of SNOMED CT's full names.
var semanticTags = map[string]lhcrv1.AllergyCodeKind{
	"finding":                       lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_FINDING,
	"disorder":                      lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_FINDING,
	"situation":                     lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_FINDING,
	"substance":                     lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_SUBSTANCE,
	"product":                       lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"medicinal product":             lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"medicinal product form":        lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"clinical drug":                 lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"real clinical drug":            lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"virtual clinical drug":         lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"packaged clinical drug":        lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"actual medicinal product":      lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"virtual medicinal product":     lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"virtual therapeutic moiety":    lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"medicinal product pack":        lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
	"actual medicinal product pack": lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT,
}

// findingWords begin the names of findings. Only beginnings tell: a product may
// be called "… Allergy tablets".
var findingWords = []string{
	"allergy to ", "allergic reaction to ", "adverse reaction to ", "adverse reaction caused by ",
	"intolerance to ", "hypersensitivity to ", "anaphylaxis due to ", "allergic to ", "h/o: ", "history of ",
	"no known ",
}

func codingKind(c *model.Coding) lhcrv1.AllergyCodeKind {
	_, term := c.DescriptionID()
	for _, display := range []string{c.Display, term} {
		words := strings.ToLower(strings.TrimSpace(display))
		if kind := semanticTags[semanticTag(words)]; kind != lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED {
			return kind
		}
		for _, start := range findingWords {
			if strings.HasPrefix(words, start) {
				return lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_FINDING
			}
		}
	}
	if strings.Contains(c.System, "dmd.nhs.uk") {
		return lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT
	}
	return lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED
}

// semanticTag is what stands in brackets at the end of a name.
func semanticTag(name string) string {
	open := strings.LastIndexByte(name, '(')
	if open < 0 || !strings.HasSuffix(name, ")") {
		return ""
	}
	return name[open+1 : len(name)-1]
}
