package decode

import (
	"reflect"
	"strings"
	"sync"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// kind is how an element is read.
type kind uint8

const (
	kindString   kind = iota // any string type: text, codes, dates
	kindNumber               // model.Number
	kindBool                 // model.Bool
	kindStruct               // a struct in place
	kindPointer              // a pointer to a struct
	kindList                 // a slice of structs
	kindStrings              // a slice of a string type
	kindChoice               // model.Value, of one of the types of an [x] element
	kindResource             // model.Contained
	kindInside               // a slice of model.Contained
	kindFlat                 // an element of the first struct of a list (see flat)
)

// field is one element of a plan.
type field struct {
	name   string // as sent
	index  []int  // where in the struct, through embedded ones
	kind   kind
	elem   *plan  // of kindStruct, kindPointer, kindList, structured kindChoice
	choice string // the type's name, for kindChoice
	inner  *field // of kindFlat: the element inside the list's first struct

	flatten bool // of kindList: its structs' simple elements may stand outside
}

// plan says which elements a struct has. It is read only once compiled.
type plan struct {
	id     int
	typ    reflect.Type
	slice  reflect.Type // of typ
	name   string
	bare   bool // its pointer has FromBare
	list   []*field
	fields table
}

// barer is a data type that can be read from a simple value in its place.
type barer interface{ FromBare(string) }

// plans of every resource type, and the number of plans in all.
type plans struct {
	byType map[reflect.Type]*plan
}

// compiled gives the plans, made on first use and never changed after.
var compiled = sync.OnceValue(func() *plans {
	c := &plans{byType: make(map[reflect.Type]*plan)}
	for _, name := range model.Types() {
		c.of(reflect.TypeOf(model.New(name)).Elem())
	}
	c.of(reflect.TypeFor[model.General]())
	c.of(reflect.TypeFor[model.Other]())
	c.of(reflect.TypeFor[model.Element]())
	c.finish()
	return c
})

// finish completes the plans once all types are known: types refer to each
// other in circles, and a flattened element needs its list's whole plan.
func (c *plans) finish() {
	for _, p := range c.byType {
		for _, f := range p.list {
			if f.flatten {
				p.list = append(p.list, flattened(f)...)
			}
		}
	}
	for _, p := range c.byType {
		p.fields = newTable(p.list)
	}
}

func (c *plans) of(t reflect.Type) *plan {
	if p, ok := c.byType[t]; ok {
		return p
	}
	p := &plan{id: len(c.byType), typ: t, slice: reflect.SliceOf(t), name: t.Name(), bare: reflect.PointerTo(t).Implements(reflect.TypeFor[barer]())}
	c.byType[t] = p
	c.collect(t, nil, &p.list)
	return p
}

func (c *plans) collect(t reflect.Type, above []int, fields *[]*field) {
	for i := range t.NumField() {
		sf := t.Field(i)
		index := append(append([]int(nil), above...), i)
		if sf.Anonymous {
			c.collect(sf.Type, index, fields)
			continue
		}
		tag, flat, _ := strings.Cut(sf.Tag.Get("fhir"), ",")
		for name := range strings.SplitSeq(tag, "|") {
			if name == "" {
				continue
			}
			c.element(name, sf.Type, index, fields)
		}
		if flat == "flat" {
			(*fields)[len(*fields)-1].flatten = true
		}
	}
}

// element adds the element of this name; a later struct field of the same name
// (one that shadows an embedded struct's) wins.
func (c *plans) element(name string, t reflect.Type, index []int, fields *[]*field) {
	if base, ok := strings.CutSuffix(name, "[x]"); ok {
		for suffix, node := range choices {
			f := &field{name: base + suffix, index: index, kind: kindChoice, choice: suffix}
			if node != nil {
				f.elem = c.of(node)
			}
			*fields = append(*fields, f)
		}
		return
	}
	f := &field{name: name, index: index}
	f.kind, f.elem = c.kindOf(t)
	*fields = append(*fields, f)
}

// flattened lets the elements of a list's struct stand in the outer object too:
// a Coding where a CodeableConcept is due is its first coding.
func flattened(list *field) []*field {
	var out []*field
	for _, inner := range list.elem.list {
		if inner.kind == kindString || inner.kind == kindBool {
			out = append(out, &field{name: inner.name, index: list.index, kind: kindFlat, elem: list.elem, inner: inner})
		}
	}
	return out
}

func (c *plans) kindOf(t reflect.Type) (kind, *plan) {
	switch {
	case t == reflect.TypeFor[model.Bool]():
		return kindBool, nil
	case t == reflect.TypeFor[model.Number]():
		return kindNumber, nil
	case t == reflect.TypeFor[model.Contained]():
		return kindResource, nil
	case t == reflect.TypeFor[[]model.Contained]():
		return kindInside, nil
	}
	switch t.Kind() {
	case reflect.String:
		return kindString, nil
	case reflect.Struct:
		return kindStruct, c.of(t)
	case reflect.Pointer:
		return kindPointer, c.of(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return kindStrings, nil
		}
		return kindList, c.of(t.Elem())
	}
	panic("decode: no way to read a " + t.String())
}

// choices are the types an [x] element may have; nil for simple values.
var choices = map[string]reflect.Type{
	"String": nil, "Code": nil, "Id": nil, "Uri": nil, "Url": nil, "Canonical": nil, "Markdown": nil,
	"Oid": nil, "Uuid": nil, "Base64Binary": nil, "Boolean": nil, "Integer": nil, "PositiveInt": nil,
	"UnsignedInt": nil, "Decimal": nil, "Date": nil, "DateTime": nil, "Instant": nil, "Time": nil,
	"CodeableConcept": reflect.TypeFor[model.Concept](),
	"Coding":          reflect.TypeFor[model.Coding](),
	"Quantity":        reflect.TypeFor[model.Quantity](),
	"SimpleQuantity":  reflect.TypeFor[model.Quantity](),
	"Duration":        reflect.TypeFor[model.Quantity](),
	"Age":             reflect.TypeFor[model.Quantity](),
	"Count":           reflect.TypeFor[model.Quantity](),
	"Distance":        reflect.TypeFor[model.Quantity](),
	"Money":           reflect.TypeFor[model.Quantity](),
	"Range":           reflect.TypeFor[model.Range](),
	"Ratio":           reflect.TypeFor[model.Ratio](),
	"Period":          reflect.TypeFor[model.Period](),
	"Identifier":      reflect.TypeFor[model.Identifier](),
	"Reference":       reflect.TypeFor[model.Reference](),
	"Annotation":      reflect.TypeFor[model.Annotation](),
	"Attachment":      reflect.TypeFor[model.Attachment](),
	"HumanName":       reflect.TypeFor[model.HumanName](),
	"Address":         reflect.TypeFor[model.Address](),
	"ContactPoint":    reflect.TypeFor[model.ContactPoint](),
	"Timing":          reflect.TypeFor[model.Timing](),
	"Dosage":          reflect.TypeFor[model.Dosage](),
	"SampledData":     reflect.TypeFor[model.SampledData](),
	"Extension":       reflect.TypeFor[model.Extension](),
}
