package xmltree

import "strings"

// Name is an expanded name: Space is the URI of the namespace, or the prefix itself where the document uses a prefix
// that it never declared, or "" in no namespace.
type Name struct{ Space, Local string }

// Attr is one attribute. Declarations of namespaces are not among an element's attributes.
type Attr struct {
	Name
	Value string
}

// Element is one element with its content.
type Element struct {
	Name
	Attrs []Attr
	Nodes []Node
	// Start and End are the offsets of the whole element, from its "<" to behind its last ">", in the bytes that were
	// given to Parse (whatever their encoding).
	Start, End int
}

// Node is a child element or a run of text: exactly one of them is set. Comments and processing instructions are left
// out, and the text on both sides of one is a single run.
type Node struct {
	Element *Element
	Text    string
}

// Attr is the value of the attribute of that name in no namespace, "" without it.
func (e *Element) Attr(local string) string { return e.AttrIn("", local) }

// AttrIn is the value of the attribute of that name in a namespace (xsi:type, xml:lang), "" without it.
func (e *Element) AttrIn(space, local string) string {
	if e == nil {
		return ""
	}
	for i := range e.Attrs {
		if e.Attrs[i].Local == local && e.Attrs[i].Space == space {
			return e.Attrs[i].Value
		}
	}
	return ""
}

// Child is the first child element of that local name, in any namespace; nil without one, and of nil.
func (e *Element) Child(local string) *Element {
	if e == nil {
		return nil
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && c.Local == local {
			return c
		}
	}
	return nil
}

// Children are the child elements of that local name in their order, all of them for "".
func (e *Element) Children(local string) []*Element {
	if e == nil {
		return nil
	}
	var found []*Element
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && (local == "" || c.Local == local) {
			found = append(found, c)
		}
	}
	return found
}

// At descends from child to child by local names, taking the first of each; nil when one is not there.
func (e *Element) At(path ...string) *Element {
	for _, local := range path {
		e = e.Child(local)
	}
	return e
}

// Text is the text of the element and of all within it, in document order and with its white space.
func (e *Element) Text() string {
	if e == nil || len(e.Nodes) == 0 {
		return ""
	}
	if len(e.Nodes) == 1 && e.Nodes[0].Element == nil {
		return e.Nodes[0].Text
	}
	var b strings.Builder
	e.writeText(&b)
	return b.String()
}

func (e *Element) writeText(b *strings.Builder) {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			c.writeText(b)
			continue
		}
		b.WriteString(e.Nodes[i].Text)
	}
}

// Source is the element's own part of the document that it was parsed from, which the caller gives again.
func (e *Element) Source(data []byte) []byte {
	if e == nil || e.End > len(data) {
		return nil
	}
	return data[e.Start:e.End:e.End]
}
