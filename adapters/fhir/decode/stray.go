package decode

import (
	"reflect"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

var bundleType = reflect.TypeFor[model.Bundle]()

// withStrays is a bundle in which whatever may be a resource and stands where none is looked
// for (directly in the bundle or in an entry, in an element of another namespace or of other
// capitals) has an entry of its own, as something that nobody knows: so that it is counted
// and told, and never read.
func (t *transcoder) withStrays(bundle *xmltree.Element) *xmltree.Element {
	var strays []xmltree.Node
	for _, c := range bundle.Children("") {
		switch {
		case !t.isOurs(c), c.Local != "entry":
			strays = t.stray(strays, c, "meta", "link", "signature")
		default:
			for _, part := range c.Children("") {
				strays = t.stray(strays, part, "resource", "response", "link", "search", "request")
			}
		}
	}
	if len(strays) == 0 {
		return bundle
	}
	whole := *bundle
	whole.Nodes = append(append([]xmltree.Node{}, bundle.Nodes...), strays...)
	return &whole
}

// stray adds an entry for an element that may hold a resource, unless it is one of those
// that are known.
func (t *transcoder) stray(list []xmltree.Node, e *xmltree.Element, known ...string) []xmltree.Node {
	for _, name := range known {
		if t.isOurs(e) && e.Local == name {
			return list
		}
	}
	if !mayHold(e) {
		return list
	}
	unread := &xmltree.Element{Name: xmltree.Name{Space: t.space, Local: "unread"}, Nodes: e.Nodes}
	resource := &xmltree.Element{Name: xmltree.Name{Space: t.space, Local: "resource"}, Nodes: []xmltree.Node{{Element: unread}}, Start: e.Start, End: e.End}
	entry := &xmltree.Element{Name: xmltree.Name{Space: t.space, Local: "entry"}, Nodes: []xmltree.Node{{Element: resource}}, Start: e.Start, End: e.End}
	return append(list, xmltree.Node{Element: entry})
}

// mayHold reports an element that is called as what holds a resource, or holds something
// that is called as one.
func mayHold(e *xmltree.Element) bool {
	if isTypeName(e.Local) || strings.EqualFold(e.Local, "entry") || strings.EqualFold(e.Local, "resource") {
		return true
	}
	for _, c := range e.Children("") {
		if mayHold(c) {
			return true
		}
	}
	return false
}

// isOurs reports an element of FHIR, or of what stands for it.
func (t *transcoder) isOurs(e *xmltree.Element) bool {
	return e.Space == fhirSpace || e.Space == t.space || e.Space == ""
}
