package decode

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// transcoder writes FHIR XML as FHIR JSON. The plans tell what XML does not: which elements
// are simple, which are lists. Of an element that no plan knows, a single one stands alone
// and its value is text.
//
// What FHIR XML has no place for goes into the JSON as elements that nobody knows, so that
// it meets the same fate: attributes by their names, foreign elements and loose text with
// the word "other" before theirs.
type transcoder struct {
	plans   *plans
	space   string // that of the root, which stands for FHIR's
	out     []byte
	origins map[int]*xmltree.Element
}

const (
	typeMember = "resourceType" // of JSON alone: in XML it is the element's name
	foreign    = "other:"
)

func transcode(root *xmltree.Element) *transcoder {
	t := &transcoder{
		plans: compiled(), space: root.Space,
		out: make([]byte, 0, root.End-root.Start), origins: map[int]*xmltree.Element{},
	}
	t.resource(root)
	return t
}

// resource writes one resource, its type first.
func (t *transcoder) resource(e *xmltree.Element) {
	plan := t.plans.byType[reflect.TypeOf(model.New(e.Local)).Elem()]
	t.typed(e.Local, plan, e)
}

func (t *transcoder) typed(name string, p *plan, e *xmltree.Element) {
	t.origins[len(t.out)] = e
	if p != nil && p.typ == bundleType {
		e = t.withStrays(e)
	}
	t.out = append(t.out, '{')
	t.text(typeMember, name)
	t.members(p, e, false)
	t.out = append(t.out, '}')
}

// members writes what an element holds; of a simple element, what stands beside its value.
func (t *transcoder) members(p *plan, e *xmltree.Element, beside bool) {
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if name := attributeName(a.Name); name != "" && !(beside && name == "value") {
			t.text(name, a.Value)
		}
	}
	if words := looseText(e); words != "" && !(beside && !hasAttr(e, "value")) {
		t.text(foreign+"text", words)
	}
	nodes := together(e.Nodes)
	for i := 0; i < len(nodes); {
		first := nodes[i].Element
		if first == nil {
			i++
			continue
		}
		end := runEnd(nodes, i)
		t.run(p, t.name(first), nodes[i:end])
		i = end
	}
}

// attributeName is what an attribute is called in JSON; "" for those that are about XML.
func attributeName(name xmltree.Name) string {
	switch {
	case name.Space == "" && name.Local != typeMember:
		return name.Local
	case strings.HasPrefix(name.Space, "http://www.w3.org/"):
		return ""
	}
	return foreign + name.Local
}

func hasAttr(e *xmltree.Element, local string) bool {
	for i := range e.Attrs {
		if e.Attrs[i].Local == local && e.Attrs[i].Space == "" {
			return true
		}
	}
	return false
}

// looseText is the text that stands in an element itself.
func looseText(e *xmltree.Element) string {
	var words []string
	for i := range e.Nodes {
		if n := &e.Nodes[i]; n.Element == nil {
			if part := strings.TrimSpace(n.Text); part != "" {
				words = append(words, part)
			}
		}
	}
	return strings.Join(words, " ")
}

// runEnd is where the run of elements of one name that begins at i ends. FHIR writes a
// list as such a run.
func runEnd(nodes []xmltree.Node, i int) int {
	name := nodes[i].Element.Name
	for i < len(nodes) && (nodes[i].Element == nil || nodes[i].Element.Name == name) {
		i++
	}
	return i
}

// name is what an element is called in JSON.
func (t *transcoder) name(e *xmltree.Element) string {
	switch e.Space {
	case fhirSpace, t.space, "":
		if e.Local != typeMember {
			return e.Local
		}
	case xhtmlSpace:
		if e.Local == "div" {
			return e.Local
		}
	}
	return foreign + e.Local
}

// text writes a member that is a string.
func (t *transcoder) text(name, words string) {
	t.member(name)
	t.quote(words)
}

// member begins a member of an object.
func (t *transcoder) member(name string) {
	t.comma()
	t.quote(name)
	t.out = append(t.out, ':')
}

// comma parts a value from the one before it.
func (t *transcoder) comma() {
	switch t.out[len(t.out)-1] {
	case '{', '[', ':', ',':
	default:
		t.out = append(t.out, ',')
	}
}

// quote writes a string, which is UTF-8 as all of a tree is.
func (t *transcoder) quote(words string) {
	t.out, _ = jsontext.AppendQuote(t.out, words)
}

// isTypeName reports the name of a resource type: those of elements begin in lower case.
func isTypeName(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(first)
}
