package ods

import (
	"encoding/xml"
	"strings"
)

// tree is one element with all that it holds. It is used again for the next, so that
// hundreds of thousands of organisations take no more memory than the largest of them.
type tree struct {
	nodes []node
	open  []int
}

// node is one element. Its children are the nodes behind it up to its end, one level down.
type node struct {
	name  string
	depth int
	attrs []xml.Attr
	text  string
	end   int // the first node that is not within it
}

// grow reads the rest of an element.
func (t *tree) grow(decoder *xml.Decoder, start xml.StartElement) error {
	t.nodes, t.open = t.nodes[:0], t.open[:0]
	t.begin(start)
	for len(t.open) > 0 {
		token, err := decoder.RawToken()
		if err != nil {
			return xmlFault(err)
		}
		switch token := token.(type) {
		case xml.Directive:
			return errForbidden
		case xml.StartElement:
			t.begin(token)
		case xml.CharData:
			t.nodes[t.open[len(t.open)-1]].text += strings.TrimSpace(string(token))
		case xml.EndElement:
			at := t.open[len(t.open)-1]
			if t.nodes[at].name != token.Name.Local {
				return errNotXML
			}
			t.nodes[at].end, t.open = len(t.nodes), t.open[:len(t.open)-1]
		}
		if len(t.open) > mostDepth {
			return errNotXML
		}
	}
	return nil
}

func (t *tree) begin(start xml.StartElement) {
	t.nodes = append(t.nodes, node{name: start.Name.Local, depth: len(t.open), attrs: start.Attr})
	t.open = append(t.open, len(t.nodes)-1)
}

// attr is an attribute of a node.
func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// value is what a node says: its attribute "value" or its text.
func (n *node) value() string {
	if n == nil {
		return ""
	}
	if v := n.attr("value"); v != "" {
		return v
	}
	return n.text
}

// children visits the children of a node that have one of the names.
func (t *tree) children(of int, visit func(at int), names ...string) {
	for at := of + 1; at < t.nodes[of].end; at = t.nodes[at].end {
		for _, name := range names {
			if t.nodes[at].name == name {
				visit(at)
				break
			}
		}
	}
}

// child is the first node on a path of names below a node, or nil.
func (t *tree) child(of int, path ...string) *node {
	for _, name := range path {
		found := -1
		t.children(of, func(at int) {
			if found < 0 {
				found = at
			}
		}, name)
		if found < 0 {
			return nil
		}
		of = found
	}
	return &t.nodes[of]
}

// within visits the nodes of a name anywhere below a node, but not within one another.
func (t *tree) within(of int, visit func(at int), names ...string) {
	for at := of + 1; at < t.nodes[of].end; {
		hit := false
		for _, name := range names {
			hit = hit || t.nodes[at].name == name
		}
		if hit {
			visit(at)
			at = t.nodes[at].end
			continue
		}
		at++
	}
}
