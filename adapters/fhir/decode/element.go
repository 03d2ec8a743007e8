package decode

import (
	"bytes"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// object reads the object that comes next into v.
func (r *reader) object(p *plan, v reflect.Value) error {
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() == '"' {
		name, err := r.dec.ReadValue()
		if err != nil {
			return err
		}
		if f := p.fields.find(name[1 : len(name)-1]); f != nil {
			err = r.element(f, v)
		} else {
			err = r.unplaced(p, v, name[1:len(name)-1])
		}
		if err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// element reads the value of one known element.
func (r *reader) element(f *field, v reflect.Value) error {
	k := r.dec.PeekKind()
	if k == 'n' {
		return r.dec.SkipValue()
	}
	for _, i := range f.index {
		v = v.Field(i)
	}
	if f.kind <= kindBool && k != '[' && k != '{' {
		return r.simple(f, v)
	}
	if len(r.path) >= MaxDepth {
		r.report(ReasonDeep)
		return r.dec.SkipValue()
	}
	r.path = append(r.path, f.name)
	var err error
	switch {
	case f.kind == kindList:
		err = r.list(f.elem, v, k)
	case f.kind == kindPointer && k == '{':
		err = r.pointer(f, v)
	default:
		err = r.nested(f, v)
	}
	r.path = r.path[:len(r.path)-1]
	return err
}

// list reads a list's elements, or the one that stands in a list's place.
func (r *reader) list(p *plan, v reflect.Value, k jsontext.Kind) error {
	if k != '[' {
		return r.append(p, v, k)
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for k = r.dec.PeekKind(); k != ']'; k = r.dec.PeekKind() {
		if err := r.append(p, v, k); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

func (r *reader) nested(f *field, v reflect.Value) error {
	one := func(read func() error) error { return r.single(f, read) }
	if r.keepsAll(f, v) {
		one = r.each
	}
	switch f.kind {
	case kindStrings:
		return r.each(func() error { return r.appendText(v) })
	case kindInside:
		return r.each(func() error { return r.appendResource(v) })
	case kindResource:
		return one(func() error { return r.setResource(v) })
	case kindPointer:
		return one(func() error { return r.pointer(f, v) })
	case kindStruct:
		return one(func() error { return r.fill(f.elem, v) })
	case kindChoice:
		return one(func() error { return r.choice(f, v) })
	case kindFlat:
		return one(func() error { return r.flat(f, v) })
	default:
		return one(func() error { return r.simple(f, v) })
	}
}

// single reads one value; of an array, its first, and reports that there were
// more.
func (r *reader) single(f *field, one func() error) error {
	n := 0
	return r.each(func() error {
		if r.dec.PeekKind() == 'n' {
			return r.dec.SkipValue()
		}
		if n++; n > 1 {
			if n == 2 {
				r.report(ReasonSeveral)
				r.doubt(f)
			}
			return r.dec.SkipValue()
		}
		return one()
	})
}

// fill reads an object, or the simple value that stands in its place, into v.
func (r *reader) fill(p *plan, v reflect.Value) error {
	switch r.dec.PeekKind() {
	case '{':
		return r.object(p, v)
	case '[':
		return r.single(&field{}, func() error { return r.fill(p, v) })
	}
	if !p.bare {
		r.report(ReasonSimple)
		return r.dec.SkipValue()
	}
	s, err := r.text()
	if err == nil {
		v.Addr().Interface().(barer).FromBare(s)
	}
	return err
}

func (r *reader) pointer(f *field, v reflect.Value) error {
	p := f.elem
	if k := r.dec.PeekKind(); k != '{' && k != '[' && !p.bare {
		r.report(ReasonSimple)
		return r.dec.SkipValue()
	}
	former := v.Interface()
	repeated := !v.IsNil()
	node := r.arena(p).one(p)
	v.Set(node.Addr())
	err := r.fill(p, node)
	if repeated {
		r.report(ReasonRepeated)
		r.another(f, v, former)
	}
	return err
}

// bundleEntry is the element whose place counts though nothing stands in it.
var bundleEntry = reflect.TypeFor[model.BundleEntry]()

// append reads one more element of a list. A null says nothing and is passed over; in
// the place of a bundle's entry it is an entry without a resource, as {} is.
func (r *reader) append(p *plan, list reflect.Value, k jsontext.Kind) error {
	switch {
	case k == 'n' && p.typ == bundleEntry:
		r.arena(p).extend(p, list)
		return r.dec.SkipValue()
	case k == 'n':
		return r.dec.SkipValue()
	case k != '{' && !p.bare:
		r.report(ReasonSimple)
		return r.dec.SkipValue()
	}
	node := r.arena(p).extend(p, list)
	if k == '{' {
		return r.object(p, node)
	}
	return r.fill(p, node)
}

func (r *reader) appendText(list reflect.Value) error {
	switch r.dec.PeekKind() {
	case 'n':
		return r.dec.SkipValue()
	case '{', '[':
		s, err := r.coded()
		if s != "" {
			list.Set(reflect.Append(list, reflect.ValueOf(s).Convert(list.Type().Elem())))
		}
		return err
	}
	s, err := r.text()
	list.Set(reflect.Append(list, reflect.ValueOf(s).Convert(list.Type().Elem())))
	return err
}

func (r *reader) appendResource(list reflect.Value) error {
	c, err := r.resource()
	if c.Resource != nil {
		inside := list.Addr().Interface().(*[]model.Contained)
		*inside = append(*inside, c)
	}
	return err
}

func (r *reader) setResource(v reflect.Value) error {
	c, err := r.resource()
	*v.Addr().Interface().(*model.Contained) = c
	return err
}

// choice reads one of the types of an [x] element.
func (r *reader) choice(f *field, v reflect.Value) error {
	value := v.Addr().Interface().(*model.Value)
	if value.IsSet() {
		r.report(ReasonChoice)
		r.doubt(f)
		return r.dec.SkipValue()
	}
	if f.elem == nil {
		if r.dec.PeekKind() == '{' {
			s, err := r.coded()
			*value = model.TextValue(f.choice, s)
			return err
		}
		s, err := r.text()
		*value = model.TextValue(f.choice, s)
		return err
	}
	if r.dec.PeekKind() != '{' && !f.elem.bare {
		r.report(ReasonSimple)
		return r.dec.SkipValue()
	}
	node := r.arena(f.elem).one(f.elem).Addr()
	*value = model.NodeValue(f.choice, node.Interface())
	return r.fill(f.elem, node.Elem())
}

// flat reads an element of a list's struct that stands in the outer object.
func (r *reader) flat(f *field, list reflect.Value) error {
	if list.Len() == 0 {
		r.arena(f.elem).extend(f.elem, list)
	}
	return r.element(f.inner, list.Index(0))
}

// simple reads a string, number or boolean into v.
func (r *reader) simple(f *field, v reflect.Value) error {
	var s string
	var err error
	if r.dec.PeekKind() == '{' {
		s, err = r.coded()
	} else {
		s, err = r.text()
	}
	if err != nil {
		return err
	}
	if f.kind == kindBool {
		r.boolean(f, v, s)
		return nil
	}
	if former := v.String(); former != "" {
		r.reportAt(f, ReasonRepeated)
		if former != s {
			r.doubt(f)
		}
		if f.isDecisive() && denies(former) {
			return nil
		}
	}
	if f.kind == kindNumber && !model.Number(s).IsNumber() {
		r.reportAt(f, ReasonNumber)
	}
	v.SetString(s)
	return nil
}

func (r *reader) boolean(f *field, v reflect.Value, s string) {
	b, ok := model.ParseBool(s)
	if !ok {
		r.reportAt(f, ReasonBoolean)
		r.doubt(f)
		return
	}
	if former := model.Bool(v.Uint()); former.IsSet() && former != b {
		r.reportAt(f, ReasonRepeated)
		r.doubt(f)
		b = max(b, former) // that something was not done must not be lost
	}
	v.SetUint(uint64(b))
}

func (r *reader) reportAt(f *field, reason string) {
	if n := len(r.path); n == 0 || r.path[n-1] != f.name {
		r.problems.add(joined(append(r.path[r.base:], f.name)), reason)
		return
	}
	r.report(reason)
}

// coded reads an object where a simple value is due: a CodeableConcept in a
// code's place gives its code. Anything else is reported.
func (r *reader) coded() (string, error) {
	var c model.Concept
	err := r.fill(r.plans.byType[reflect.TypeFor[model.Concept]()], reflect.ValueOf(&c).Elem())
	s := c.Code()
	if s == "" {
		s = c.Text
	}
	if s == "" {
		r.report(ReasonObject)
	}
	return s, err
}

// text reads a string, or a number or boolean as its own text.
func (r *reader) text() (string, error) {
	raw, err := r.value()
	if err != nil {
		return "", err
	}
	if raw[0] != '"' {
		return alias(raw), nil
	}
	if body := raw[1 : len(raw)-1]; bytes.IndexByte(body, '\\') < 0 {
		return alias(body), nil
	}
	plain, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && !r.anyText {
		return "", err
	}
	return alias(plain), nil
}
