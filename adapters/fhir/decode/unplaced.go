package decode

import (
	"bytes"
	"reflect"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// unplaced reads an element that a struct has no place for. Nearly all are passed
// over; what can change the meaning of the rest, or says why something is absent, is
// kept in the resource's [model.Unread].
func (r *reader) unplaced(p *plan, v reflect.Value, name []byte) error {
	switch {
	case len(name) > 1 && name[0] == '_':
		// The name of an unknown element is the sender's own text, and is not kept.
		if f := p.fields.find(name[1:]); f != nil {
			return r.beside(f, v)
		}
	case string(name) == "extension":
		return r.extensions()
	case string(name) == "modifierExtension", string(name) == "implicitRules":
		return r.modifier(string(name))
	case string(name) == "id", string(name) == "language", string(name) == "fhir_comments":
		// Of the frame, and nothing that is said of the patient.
	case r.head != nil:
		r.head.Unknown = true
	}
	return r.dec.SkipValue()
}

// modifier notes an element that may change the meaning of what it stands in, if
// there is anything in it.
func (r *reader) modifier(name string) error {
	raw, err := r.dec.ReadValue()
	if err != nil || isVoid(raw) {
		return err
	}
	u := r.unread()
	u.Modifiers = append(u.Modifiers, r.within(name))
	return nil
}

// isVoid reports null, an empty list and an empty text.
func isVoid(raw []byte) bool {
	switch raw[0] {
	case 'n':
		return true
	case '[', '"':
		return len(bytes.TrimSpace(raw[1:len(raw)-1])) == 0
	}
	return false
}

// beside reads what stands beside a simple element, under its name with an underscore.
func (r *reader) beside(f *field, v reflect.Value) error {
	if len(r.path) >= MaxDepth {
		r.report(ReasonDeep)
		return r.dec.SkipValue()
	}
	var e model.Element
	r.path = append(r.path, f.name)
	err := r.each(func() error {
		if r.dec.PeekKind() != '{' {
			return r.dec.SkipValue()
		}
		return r.object(r.plans.byType[reflect.TypeFor[model.Element]()], reflect.ValueOf(&e).Elem())
	})
	r.path = r.path[:len(r.path)-1]
	for i := range e.Extension {
		if x := &e.Extension[i]; r.keep(f.name, x) {
			explain(f, v, x)
		}
	}
	return err
}

// extensions reads those of a part that has no place for them.
func (r *reader) extensions() error {
	var e model.Element
	p := r.plans.byType[reflect.TypeFor[model.Element]()]
	err := r.element(p.list[0], reflect.ValueOf(&e).Elem())
	for i := range e.Extension {
		r.keep("", &e.Extension[i])
	}
	return err
}

// keep notes an extension of the named element, and reports whether it says why the
// element is absent.
func (r *reader) keep(name string, x *model.Extension) bool {
	u := r.unread()
	if !x.IsAbsentReason() {
		u.Extensions = append(u.Extensions, model.Unplaced{Path: r.within(name), Extension: *x})
		return false
	}
	reason := model.AbsentReason([]model.Extension{*x})
	u.Absent = append(u.Absent, model.Absence{Path: r.within(name), Reason: reason})
	return true
}

// explain puts the reason why an element is absent where its reader looks: in place of
// the value of a choice element, among a quantity's extensions for its number.
func explain(f *field, v reflect.Value, x *model.Extension) {
	if q, ok := v.Addr().Interface().(*model.Quantity); ok && f.name == "value" {
		q.Extension = append(q.Extension, *x)
		return
	}
	if f.kind != kindChoice {
		return
	}
	for _, i := range f.index {
		v = v.Field(i)
	}
	if value := v.Addr().Interface().(*model.Value); !value.IsSet() {
		*value = model.AbsentValue(model.AbsentReason([]model.Extension{*x}))
	}
}

func (r *reader) unread() *model.Unread {
	if r.head.Unread == nil {
		r.head.Unread = &model.Unread{}
	}
	return r.head.Unread
}

// within is the path of an element inside the resource being read; without a name, of
// the part being read.
func (r *reader) within(name string) string {
	path := strings.Join(r.path[r.base+1:], ".")
	switch {
	case name == "":
		return path
	case path == "":
		return name
	}
	return path + "." + name
}
