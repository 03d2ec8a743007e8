package decode

import (
	"reflect"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// form is how an element is written in JSON.
type form uint8

const (
	formObject form = iota
	formSimple      // its value, and beside it under its name with an underscore the rest
	formMarkup      // a narrative, as a string
	formHolder      // an element around resources, which JSON leaves out
)

// run writes the elements of one name that follow each other.
func (t *transcoder) run(p *plan, name string, nodes []xmltree.Node) {
	var f *field
	if p != nil {
		f = p.fields.find([]byte(name))
	}
	values, count, beside := false, 0, false
	for i := range nodes {
		if e := nodes[i].Element; e != nil {
			count++
			simple := t.form(p, f, e) == formSimple
			values = values || !simple || hasValue(e)
			beside = beside || simple && hasBeside(e)
		}
	}
	many := count > 1 || f.repeats()
	if values {
		t.list(name, many || holdsSeveral(nodes), nodes, func(e *xmltree.Element) { t.value(p, f, e) })
	}
	if beside {
		t.list("_"+name, many, nodes, t.beside)
	}
}

// list writes a member with what each element gives, as an array where there are many.
func (t *transcoder) list(name string, many bool, nodes []xmltree.Node, one func(*xmltree.Element)) {
	t.member(name)
	if many {
		t.out = append(t.out, '[')
	}
	for i := range nodes {
		if e := nodes[i].Element; e != nil {
			t.comma()
			one(e)
		}
	}
	if many {
		t.out = append(t.out, ']')
	}
}

// repeats reports an element that is a list in JSON, however many there are.
func (f *field) repeats() bool {
	return f != nil && (f.kind == kindList || f.kind == kindStrings || f.kind == kindInside)
}

// isSimple reports an element that FHIR calls primitive.
func (f *field) isSimple() bool {
	return f.kind <= kindBool || f.kind == kindStrings || f.kind == kindFlat || f.kind == kindChoice && f.elem == nil
}

func (f *field) holdsResources() bool { return f.kind == kindResource || f.kind == kindInside }

// form tells how an element is written, by its plan, or without one by how it looks.
func (t *transcoder) form(p *plan, f *field, e *xmltree.Element) form {
	switch {
	case e.Local == "div" && (e.Space == xhtmlSpace || p != nil && p.typ == narrative):
		return formMarkup
	case f != nil && f.holdsResources(), f == nil && isTypeName(firstChild(e)):
		return formHolder
	case hasParts(e):
		return formObject
	case f == nil && hasValue(e) && !hasAttr(e, "url"), f != nil && f.isSimple():
		return formSimple
	case hasValue(e) && !hasOtherAttr(e):
		return formSimple // a simple value in the place of an object: the reader judges it
	}
	return formObject
}

var narrative = reflect.TypeFor[model.Narrative]()

func firstChild(e *xmltree.Element) string {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			return c.Local
		}
	}
	return ""
}

// hasParts reports elements other than extensions.
func hasParts(e *xmltree.Element) bool {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && c.Local != "extension" {
			return true
		}
	}
	return false
}

// hasValue reports a simple element's value. One that was written between the tags counts.
func hasValue(e *xmltree.Element) bool { return hasAttr(e, "value") || looseText(e) != "" }

// hasBeside reports that a simple element has more than its value.
func hasBeside(e *xmltree.Element) bool {
	return firstChild(e) != "" || hasOtherAttr(e) || hasAttr(e, "id") || hasAttr(e, "value") && looseText(e) != ""
}

// hasOtherAttr reports an attribute that is neither a value nor an id.
func hasOtherAttr(e *xmltree.Element) bool {
	for i := range e.Attrs {
		if name := attributeName(e.Attrs[i].Name); name != "" && name != "value" && name != "id" {
			return true
		}
	}
	return false
}

// holdsSeveral reports an element around more than one resource.
func holdsSeveral(nodes []xmltree.Node) bool {
	for i := range nodes {
		if e := nodes[i].Element; e != nil && isTypeName(firstChild(e)) && len(e.Children("")) > 1 {
			return true
		}
	}
	return false
}

// value writes one element's value.
func (t *transcoder) value(p *plan, f *field, e *xmltree.Element) {
	switch t.form(p, f, e) {
	case formSimple:
		t.simple(f, e)
	case formMarkup:
		t.quote(markup(e))
	case formHolder:
		t.held(e)
	default:
		var inner *plan
		if f != nil {
			inner = f.elem
		}
		t.out = append(t.out, '{')
		t.members(inner, e, false)
		t.out = append(t.out, '}')
	}
}

// held writes the resources in an element; what stands there without a type is written as
// a resource without one.
func (t *transcoder) held(e *xmltree.Element) {
	switch {
	case isTypeName(firstChild(e)):
		for _, c := range e.Children("") {
			t.comma()
			if !t.isOurs(c) { // of another standard, whatever it is called
				t.typed("", nil, c)
				continue
			}
			t.resource(c)
		}
	case firstChild(e) == "" && looseText(e) == "" && len(e.Attrs) == 0:
		t.out = append(t.out, "null"...)
	default:
		t.typed("", nil, e)
	}
}

// simple writes a simple element's value; null when it has only extensions.
func (t *transcoder) simple(f *field, e *xmltree.Element) {
	words := looseText(e)
	switch {
	case hasAttr(e, "value"):
		words = collapsed(e.Attr("value"))
	case words == "":
		t.out = append(t.out, "null"...)
		return
	}
	if f != nil && f.isPlain(words) {
		t.out = append(t.out, words...)
		return
	}
	t.quote(words)
}

// isPlain reports a value that JSON writes without quotes.
func (f *field) isPlain(words string) bool {
	switch f.kind {
	case kindNumber:
		v := jsontext.Value(words)
		return v.Kind() == '0' && v.IsValid()
	case kindBool:
		return words == "true" || words == "false"
	}
	return false
}

// collapsed is a value without blanks around it if it is one word: a code, a date, a number,
// which XML's schema reads so. Text of several words stays as recorded.
func collapsed(value string) string {
	if word := strings.TrimSpace(value); !strings.ContainsAny(word, " \t\r\n") {
		return word
	}
	return value
}

// beside writes what a simple element has beside its value; null for nothing.
func (t *transcoder) beside(e *xmltree.Element) {
	if !hasBeside(e) {
		t.out = append(t.out, "null"...)
		return
	}
	t.out = append(t.out, '{')
	t.members(t.plans.byType[reflect.TypeFor[model.Element]()], e, true)
	t.out = append(t.out, '}')
}
