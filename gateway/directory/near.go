package directory

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	// longestName that is compared, in bytes.
	longestName = 200
	// mostNear are proposed.
	mostNear = 4
)

// kindOfName is a kind of names: which there are, and what of them is compared.
type kindOfName struct {
	names func(*lhcrv1.Region) []string
	key   func(string) string
}

var (
	ofCommittees = kindOfName{(*lhcrv1.Region).GetPharmaceuticalCommittees, committeeKey}
	ofBoards     = kindOfName{boardNames, boardKey}
	ofRegions    = kindOfName{func(r *lhcrv1.Region) []string { return []string{r.GetName()} }, regionKey}
)

func boardNames(r *lhcrv1.Region) []string {
	var names []string
	for _, code := range r.GetIntegratedCareBoards() {
		names = append(names, boardNameOf(strings.ToUpper(code)))
	}
	return names
}

// near proposes names that are close to one that is not known: of committees, boards and
// regions only, as the kinds say. It repeats nothing of what was asked.
func (d *Directory) near(name string, kinds ...kindOfName) string {
	name = name[:min(len(name), longestName)]
	distances := map[string]int{}
	for _, kind := range kinds {
		asked := kind.key(name)
		for _, id := range d.ids {
			for _, known := range kind.names(d.regions[id]) {
				if far, ok := distance(asked, kind.key(known)); ok {
					distances[known] = far
				}
			}
		}
	}
	if len(distances) == 0 {
		return ""
	}
	close := slices.SortedFunc(maps.Keys(distances), func(a, b string) int {
		return cmp.Or(cmp.Compare(distances[a], distances[b]), cmp.Compare(a, b))
	})
	return " Did you mean " + strings.Join(close[:min(len(close), mostNear)], ", or ") + "?"
}

// distance says how far two keys are apart, and whether that is close: a few letters
// differ, or all words of one stand in the other.
func distance(asked, known string) (int, bool) {
	if asked == "" || known == "" {
		return 0, false
	}
	if far := edits(asked, known); far <= 1+len(known)/6 {
		return far, true
	}
	if far, ok := contained(strings.Fields(asked), strings.Fields(known)); ok {
		return 10 + far, true
	}
	return 0, false
}

// contained says whether all words of the shorter name stand in the longer, and how many
// more that has. Short words alone ("north", "of") say too little.
func contained(a, b []string) (more int, ok bool) {
	if len(a) > len(b) {
		a, b = b, a
	}
	telling := false
	for _, word := range a {
		if !slices.Contains(b, word) {
			return 0, false
		}
		telling = telling || len(word) > 4 && !slices.Contains([]string{"north", "south", "central", "greater"}, word)
	}
	return len(b) - len(a), telling
}

// edits is how many letters must be changed, added or taken away (Levenshtein).
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
