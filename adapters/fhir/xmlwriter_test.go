package fhir_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// asXML writes FHIR JSON as FHIR XML, by JSON's form alone: it knows no type of FHIR's.
// Source: hl7.org/fhir/R4/json.html, "JSON representation of primitive elements".
func asXML(t testing.TB, body []byte) []byte {
	t.Helper()
	w := &xmlWriter{}
	w.out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	w.resource(membersOf(t, body), ` xmlns="http://hl7.org/fhir"`)
	if w.err != nil {
		t.Fatal(w.err)
	}
	return w.out.Bytes()
}

type xmlWriter struct {
	out bytes.Buffer
	err error
}

// jsonMember is one member of an object.
type jsonMember struct {
	name  string
	value jsontext.Value
}

type object []jsonMember

func (o object) get(name string) jsontext.Value {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

func (o object) text(name string) string { return unquoted(o.get(name)) }

func unquoted(v jsontext.Value) string {
	if v.Kind() != '"' {
		return string(v)
	}
	words, _ := jsontext.AppendUnquote(nil, v)
	return string(words)
}

func membersOf(t testing.TB, raw jsontext.Value) object {
	t.Helper()
	o, err := readObject(raw)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func readObject(raw jsontext.Value) (object, error) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	var out object
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		m := jsonMember{name: name.String()}
		if m.value, err = dec.ReadValue(); err != nil {
			return nil, err
		}
		m.value = m.value.Clone()
		out = append(out, m)
	}
	return out, nil
}

func readArray(raw jsontext.Value) []jsontext.Value {
	if raw == nil {
		return nil
	}
	if raw.Kind() != '[' {
		return []jsontext.Value{raw}
	}
	dec := jsontext.NewDecoder(bytes.NewReader(raw))
	_, _ = dec.ReadToken()
	var out []jsontext.Value
	for dec.PeekKind() != ']' && dec.PeekKind() != 0 {
		v, err := dec.ReadValue()
		if err != nil {
			return out
		}
		out = append(out, v.Clone())
	}
	return out
}

func (w *xmlWriter) resource(o object, declaration string) {
	fmt.Fprintf(&w.out, "<%s%s>\n", o.text("resourceType"), declaration)
	w.members(o, true)
	fmt.Fprintf(&w.out, "</%s>", o.text("resourceType"))
}

func (w *xmlWriter) members(o object, resource bool) {
	for _, m := range o {
		bare := strings.TrimPrefix(m.name, "_")
		switch {
		case m.name == "resourceType", !resource && m.name == "id", m.name == "url" && o.isExtension():
			continue // of the element's name, its attributes
		case bare != m.name && o.get(bare) != nil:
			continue // with its value
		}
		values, beside := readArray(o.get(bare)), readArray(o.get("_"+bare))
		for i := range max(len(values), len(beside)) {
			w.element(bare, at(values, i), at(beside, i))
		}
	}
}

func (o object) isExtension() bool {
	for _, m := range o {
		if m.name != "url" && m.name != "id" && m.name != "extension" && !strings.HasPrefix(strings.TrimPrefix(m.name, "_"), "value") {
			return false
		}
	}
	return true
}

func at(list []jsontext.Value, i int) jsontext.Value {
	if i >= len(list) || list[i].Kind() == 'n' {
		return nil
	}
	return list[i]
}

func (w *xmlWriter) element(name string, value, beside jsontext.Value) {
	if value.Kind() == '{' {
		w.complex(name, value)
		return
	}
	if name == "div" {
		w.out.WriteString(unquoted(value))
		return
	}
	w.out.WriteString("<" + name)
	if value != nil {
		w.attribute("value", unquoted(value))
	}
	o := w.object(beside)
	if id := o.text("id"); id != "" {
		w.attribute("id", id)
	}
	w.out.WriteString(">")
	w.members(o, false)
	w.out.WriteString("</" + name + ">\n")
}

func (w *xmlWriter) complex(name string, value jsontext.Value) {
	o := w.object(value)
	w.out.WriteString("<" + name)
	if o.get("resourceType") != nil {
		w.out.WriteString(">")
		w.resource(o, "")
	} else {
		if o.isExtension() && o.get("url") != nil {
			w.attribute("url", o.text("url"))
		}
		if id := o.text("id"); id != "" {
			w.attribute("id", id)
		}
		w.out.WriteString(">\n")
		w.members(o, false)
	}
	w.out.WriteString("</" + name + ">\n")
}

func (w *xmlWriter) object(raw jsontext.Value) object {
	if raw == nil {
		return nil
	}
	o, err := readObject(raw)
	if err != nil {
		w.err = err
	}
	return o
}

func (w *xmlWriter) attribute(name, value string) {
	w.out.WriteString(" " + name + `="`)
	w.err = orElse(w.err, xml.EscapeText(&w.out, []byte(value)))
	w.out.WriteString(`"`)
}

func orElse(err, other error) error {
	if err != nil {
		return err
	}
	return other
}
