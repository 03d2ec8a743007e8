package decode

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// together brings elements of one name together where others came between them, which FHIR
// does not allow; nearly always the nodes are well as they are.
func together(nodes []xmltree.Node) []xmltree.Node {
	if !areApart(nodes) {
		return nodes
	}
	byName := map[xmltree.Name][]xmltree.Node{}
	var names []xmltree.Name
	for _, n := range nodes {
		if n.Element == nil {
			continue
		}
		name := n.Element.Name
		if byName[name] == nil {
			names = append(names, name)
		}
		byName[name] = append(byName[name], n)
	}
	out := make([]xmltree.Node, 0, len(nodes))
	for _, name := range names {
		out = append(out, byName[name]...)
	}
	return out
}

// areApart reports that a second run of a name begins.
func areApart(nodes []xmltree.Node) bool {
	var few [16]xmltree.Name
	names, seen := few[:0], map[xmltree.Name]bool(nil)
	for i := 0; i < len(nodes); {
		if nodes[i].Element == nil {
			i++
			continue
		}
		name := nodes[i].Element.Name
		if seen[name] || slices.Contains(names, name) {
			return true
		}
		if names = append(names, name); len(names) == len(few) {
			seen = moved(names, seen)
			names = names[:0]
		}
		i = runEnd(nodes, i)
	}
	return false
}

func moved(names []xmltree.Name, seen map[xmltree.Name]bool) map[xmltree.Name]bool {
	if seen == nil {
		seen = map[xmltree.Name]bool{}
	}
	for _, name := range names {
		seen[name] = true
	}
	return seen
}
