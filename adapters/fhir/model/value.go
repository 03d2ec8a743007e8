package model

import "strings"

// Value is an element whose type the sender chose (FHIR's `[x]`).
type Value struct {
	// Kind is the type's name as it ends the element's name: "Quantity",
	// "CodeableConcept", "DateTime". Empty when the element is absent.
	Kind string
	text string
	node any
}

// TextValue makes a primitive value: its kind and its text as sent.
func TextValue(kind, text string) Value { return Value{Kind: kind, text: text} }

// NodeValue makes a structured value; node is a pointer to one of this
// package's data types.
func NodeValue(kind string, node any) Value { return Value{Kind: kind, node: node} }

// IsSet reports that the element was there.
func (v Value) IsSet() bool { return v.Kind != "" }

// Text is a primitive value as sent (a string, code, date, number or boolean);
// empty for a structured one.
func (v Value) Text() string { return v.text }

// When is the value as a moment, for the kinds that are one; empty otherwise.
func (v Value) When() When {
	switch v.Kind {
	case "DateTime", "Date", "Instant", "Time":
		return When(v.text)
	}
	return ""
}

// Bool is the value as a boolean, also when it was sent as text.
func (v Value) Bool() Bool {
	b, _ := ParseBool(v.text)
	return b
}

// Number is the value as a number, also when it was sent as text.
func (v Value) Number() Number { return Number(v.text) }

// Concept is the CodeableConcept, or the Coding or code as one; nil otherwise.
func (v Value) Concept() *Concept {
	switch n := v.node.(type) {
	case *Concept:
		return n
	case *Coding:
		return &Concept{Coding: []Coding{*n}}
	}
	if v.Kind == "Code" && v.text != "" {
		return &Concept{Coding: []Coding{{Code: v.text}}}
	}
	return nil
}

// Of gives the structured value if it is of type T, and nil otherwise:
// model.Of[model.Quantity](v).
func Of[T any](v Value) *T {
	n, _ := v.node.(*T)
	return n
}

// Extension is a FHIR extension; simple ones have a Value, complex ones have
// parts, which are extensions themselves.
type Extension struct {
	URL       string      `fhir:"url"`
	Value     Value       `fhir:"value[x]"`
	Extension []Extension `fhir:"extension"`
}

// Tail is the last part of the extension's address. Publishers move extensions
// between addresses and versions; the tail is what stays.
func (x *Extension) Tail() string {
	return x.URL[strings.LastIndexByte(x.URL, '/')+1:]
}

// Part is the value of the part with this name (any capitals); the zero Value
// when there is none.
func (x *Extension) Part(name string) Value {
	if x == nil {
		return Value{}
	}
	for i := range x.Extension {
		if strings.EqualFold(x.Extension[i].URL, name) {
			return x.Extension[i].Value
		}
	}
	return Value{}
}

// FindExtension gives the first extension whose address contains name, such as
// "PrescriptionType", so that the GP Connect, Care Connect and UK Core
// addresses of one meaning are found alike. Nil when there is none.
func FindExtension(list []Extension, name string) *Extension {
	for i := range list {
		if strings.Contains(list[i].URL, name) {
			return &list[i]
		}
	}
	return nil
}
