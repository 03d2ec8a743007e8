package config

import (
	"regexp"
	"slices"
	"strings"
)

// byOthers are variables of this prefix that no person sets: an orchestrator or a
// container's runtime tells of services whose name begins with "lhcr" by them.
var byOthers = regexp.MustCompile(`_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// rest finds the variables that are the variable of no key.
func (e *environment) rest(names []string) {
	var stray []string
	for _, name := range names {
		name, _, _ = strings.Cut(name, "=")
		if strings.HasPrefix(name, "LHCR_") && !slices.Contains(e.known, name) && !byOthers.MatchString(name) && e.getenv(name) != "" {
			stray = append(stray, name)
		}
	}
	slices.Sort(stray)
	for _, name := range stray {
		e.problems = append(e.problems, Problem{Message: "the variable " + name + ": " + e.advise(name)})
	}
}

// advise says what to make of a variable that is of no key.
func (e *environment) advise(name string) string {
	if near := nearest(name, e.known); len(near) > 0 {
		return "no key has this variable; near it are " + strings.Join(near, ", ")
	}
	if strings.HasPrefix(name, "LHCR_REGIONS_") {
		return "no key has this variable: a region, and each name below it, must stand in the file for its variables to be known"
	}
	return `no key has this variable: take it out, or compare "lhcr config example"`
}

const (
	// mostEdits is how many letters may differ for a name to be near.
	mostEdits = 4
	// mostNear is how many names are listed.
	mostNear = 3
)

// nearest are the names that differ from one in the fewest letters.
func nearest(name string, names []string) []string {
	least := mostEdits
	var near []string
	for _, n := range names {
		d := distance(name, n)
		if d > least {
			continue
		}
		if d < least {
			least, near = d, nil
		}
		near = append(near, n)
	}
	return near[:min(len(near), mostNear)]
}

// distance is how many letters must be put in, taken out or changed to make one word of
// the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := before
			if a[i] != b[j] {
				changed++
			}
			before = row[j+1]
			row[j+1] = min(changed, before+1, row[j]+1)
		}
	}
	return row[len(b)]
}
