package documents

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// replacements says which current documents of a list others of it replace. What replaces
// itself, round whatever corner, replaces nothing: nobody can say which of them holds.
// Neither does what names several documents at once.
type replacements struct {
	by map[*model.DocumentReference][]*model.DocumentReference
}

func replacedIn(references []*model.DocumentReference) *replacements {
	var current []*model.DocumentReference
	for _, r := range references {
		if isCurrent(r) {
			current = append(current, r)
		}
	}
	known := namesOf(current)
	out := &replacements{by: map[*model.DocumentReference][]*model.DocumentReference{}}
	for _, r := range current {
		for i := range r.RelatesTo {
			for _, target := range known.targets(&r.RelatesTo[i]) {
				if !slices.Contains(out.by[target], r) {
					out.by[target] = append(out.by[target], r)
				}
			}
		}
	}
	out.withoutCircles()
	return out
}

// lost counts documents that may hold entries and whose replacements were not read. A
// replacement that was itself replaced is counted in its own place.
func (p *replacements) lost(read map[*model.DocumentReference]bool) int {
	n := 0
	for r, by := range p.by {
		covered := slices.ContainsFunc(by, func(b *model.DocumentReference) bool { return read[b] || p.by[b] != nil })
		n += count(!covered && (saysCDA(r) || len(readable(r)) > 0))
	}
	return n
}

// withoutCircles drops replacements between documents that stand in a circle, or between two
// of them: those that are left when what begins or ends a chain is taken away, again and again.
func (p *replacements) withoutCircles() {
	replaces := map[*model.DocumentReference][]*model.DocumentReference{}
	for old, by := range p.by {
		for _, r := range by {
			replaces[r] = append(replaces[r], old)
		}
	}
	loose := peeled(p.by, replaces)
	for r := range peeled(replaces, p.by) {
		loose[r] = true
	}
	for old, by := range p.by {
		left := slices.DeleteFunc(by, func(r *model.DocumentReference) bool { return !loose[old] && !loose[r] })
		if p.by[old] = left; len(left) == 0 {
			delete(p.by, old)
		}
	}
}

// peeled are the documents that no circle leads to, the one way or the other: those that
// depend on nothing, and those that depend on such only.
func peeled(dependsOn, needed map[*model.DocumentReference][]*model.DocumentReference) map[*model.DocumentReference]bool {
	waits := map[*model.DocumentReference]int{}
	var free []*model.DocumentReference
	for r := range needed {
		if waits[r] = len(dependsOn[r]); waits[r] == 0 {
			free = append(free, r)
		}
	}
	for r, on := range dependsOn {
		waits[r] = len(on)
	}
	out := map[*model.DocumentReference]bool{}
	for len(free) > 0 {
		r := free[len(free)-1]
		free, out[r] = free[:len(free)-1], true
		for _, next := range needed[r] {
			if waits[next]--; waits[next] == 0 {
				free = append(free, next)
			}
		}
	}
	return out
}

// names are what documents are known by.
type names map[string][]*model.DocumentReference

func namesOf(references []*model.DocumentReference) names {
	out := names{}
	for _, r := range references {
		all := []string{"id " + r.ID}
		for _, id := range append([]model.Identifier{{}}, r.Identifier...) {
			all = append(all, "identifier "+bare(id.Value))
		}
		if r.MasterIdentifier != nil {
			all = append(all, "identifier "+bare(r.MasterIdentifier.Value))
		}
		slices.Sort(all)
		for _, name := range slices.Compact(all) {
			out[name] = append(out[name], r)
		}
	}
	return out
}

// targets are the documents that a relation says are replaced, each by a name of its own.
func (n names) targets(to *model.RelatesTo) []*model.DocumentReference {
	if to.Code != "replaces" {
		return nil
	}
	var out []*model.DocumentReference
	add := func(kind, value string) {
		if found := n[kind+value]; value != "" && len(found) == 1 {
			out = append(out, found[0])
		}
	}
	add("id ", to.Target.Target().ID)
	for _, id := range []*model.Identifier{to.ID, identifierOf(to.Target)} {
		if id != nil {
			add("identifier ", bare(id.Value))
		}
	}
	return out
}

func identifierOf(r *model.Reference) *model.Identifier {
	if r == nil {
		return nil
	}
	return r.Identifier
}

// bare is an identifier without the scheme that some write before it and others do not.
func bare(value string) string {
	return strings.TrimPrefix(strings.TrimPrefix(value, "urn:oid:"), "urn:uuid:")
}
