package definition

import (
	"maps"
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The words of a definition, each with what it stands for in the contract.

func certainties() map[string]lhcrv1.Certainty {
	return map[string]lhcrv1.Certainty{
		"documented": lhcrv1.Certainty_CERTAINTY_DOCUMENTED,
		"reported":   lhcrv1.Certainty_CERTAINTY_REPORTED,
		"assumed":    lhcrv1.Certainty_CERTAINTY_ASSUMED,
	}
}

func sections() map[string]lhcrv1.Section {
	return words(lhcrv1.Section_name, "SECTION_", func(n int32) lhcrv1.Section { return lhcrv1.Section(n) })
}

func capabilities() map[string]lhcrv1.Capability {
	return words(lhcrv1.Capability_name, "CAPABILITY_", func(n int32) lhcrv1.Capability { return lhcrv1.Capability(n) })
}

func variesBy() map[string]lhcrv1.VariesBy {
	return words(lhcrv1.VariesBy_name, "VARIES_BY_", func(n int32) lhcrv1.VariesBy { return lhcrv1.VariesBy(n) })
}

// words are the names of an enum's values but the unspecified, without prefix and in lower case.
func words[E ~int32](names map[int32]string, prefix string, value func(int32) E) map[string]E {
	out := make(map[string]E, len(names))
	for n, name := range names {
		if n != 0 {
			out[strings.ToLower(strings.TrimPrefix(name, prefix))] = value(n)
		}
	}
	return out
}

// SectionName is the name of a section in a definition ("allergies").
func SectionName(s lhcrv1.Section) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "SECTION_"))
}

// in order of the contract, so that a definition reads the same every time
func ordered[E ~int32](set map[string]E) []string {
	return slices.SortedFunc(maps.Keys(set), func(a, b string) int { return int(set[a]) - int(set[b]) })
}
