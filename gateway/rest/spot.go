package rest

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// spot is a place in a body, as the contract knows it.
type spot struct {
	// path is the fields on the way there, in camelCase: "patient.nhsNumber",
	// "sections[0]". It ends where a name is none of the contract's.
	path string
	// within is the message in whose braces the place is.
	within protoreflect.MessageDescriptor
	// field is the field whose value or name the place is. Nil where the contract has none.
	field protoreflect.FieldDescriptor
	// element says that the place is one of the field's list.
	element bool
	// whole says that the body as a whole is JSON.
	whole bool
}

// spotAt finds the place of a line and a column, counted from 1 in characters, in the
// body of a message.
func spotAt(body []byte, line, column int, message protoreflect.MessageDescriptor) spot {
	pointer, whole := pointerAt(body, offsetOf(body, line, column))
	s := spot{within: message, whole: whole}
	for name := range pointer.Tokens() {
		if !s.enter(name) {
			break
		}
	}
	return s
}

// enter goes one step down, to a field or to an element of a list, and says whether
// there is one.
func (s *spot) enter(name string) bool {
	if s.field != nil && s.field.IsList() && !s.element {
		if _, err := strconv.ParseUint(name, 10, 32); err != nil {
			return false
		}
		s.path, s.element = s.path+"["+name+"]", true
		return true
	}
	if s.field != nil {
		if s.field.Message() == nil || s.field.IsMap() {
			return false
		}
		s.within = s.field.Message()
	}
	s.field, s.element = fieldNamed(s.within, name), false
	if s.field == nil {
		return false
	}
	s.path = below(s.path, s.field.JSONName())
	return true
}

// fieldNamed is a field by either of the names that JSON takes.
func fieldNamed(m protoreflect.MessageDescriptor, name string) protoreflect.FieldDescriptor {
	if f := m.Fields().ByJSONName(name); f != nil {
		return f
	}
	return m.Fields().ByTextName(name)
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// offsetOf is where a line and a column begin, in bytes.
func offsetOf(body []byte, line, column int) int64 {
	at := 0
	for ; line > 1; line-- {
		end := bytes.IndexByte(body[at:], '\n')
		if end < 0 {
			break
		}
		at += end + 1
	}
	for ; column > 1 && at < len(body); column-- {
		_, size := utf8.DecodeRune(body[at:])
		at += size
	}
	return int64(at)
}

// pointerAt is the JSON Pointer (RFC 6901) of the value or name that stands at an
// offset, and whether the body is JSON to its end.
func pointerAt(body []byte, offset int64) (at jsontext.Pointer, whole bool) {
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	found := false
	for {
		if _, err := d.ReadToken(); err != nil {
			return at, d.StackDepth() == 0 && d.InputOffset() > 0 && len(bytes.TrimSpace(body[d.InputOffset():])) == 0
		}
		if !found {
			at, found = d.StackPointer(), d.InputOffset() > offset
		}
	}
}

// fieldsOf lists the names of a message's fields.
func fieldsOf(m protoreflect.MessageDescriptor) string {
	var names []byte
	for i := range m.Fields().Len() {
		if i > 0 {
			names = append(names, ", "...)
		}
		names = append(names, m.Fields().Get(i).JSONName()...)
	}
	return string(names)
}

// choiceOf lists the fields of which one at most may be set.
func choiceOf(o protoreflect.OneofDescriptor) string {
	var names []byte
	for i := range o.Fields().Len() {
		names = fmt.Appendf(names, "%s, ", o.Fields().Get(i).JSONName())
	}
	return string(bytes.TrimSuffix(names, []byte(", ")))
}
