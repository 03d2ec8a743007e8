package model

import "strings"

// Reference points at another resource in any of the forms that senders use.
type Reference struct {
	Reference  string      `fhir:"reference"`
	Type       string      `fhir:"type"`
	Identifier *Identifier `fhir:"identifier"`
	Display    string      `fhir:"display"`
	Extension  []Extension `fhir:"extension"`
}

// FromBare takes a bare string where a Reference is due.
func (r *Reference) FromBare(s string) { r.Reference = s }

// IsEmpty reports a reference that points at nothing and names nothing.
func (r *Reference) IsEmpty() bool {
	return r == nil || (r.Reference == "" && r.Identifier == nil && r.Display == "")
}

// Form is the shape of a reference.
type Form uint8

// The forms met in real records.
const (
	FormNone      Form = iota // no reference text (perhaps an identifier or a display)
	FormRelative              // Patient/1
	FormAbsolute              // https://provider.example/fhir/Patient/1
	FormURN                   // urn:uuid:…, urn:oid:…
	FormContained             // #med1
	FormBare                  // 1, an id without a type
	FormText                  // a sentence
)

// Target is a reference's text taken apart.
type Target struct {
	Form Form
	Type string // resource type, when the text names it
	ID   string // resource id or fragment
	Full string // the whole text without the version, for FormAbsolute and FormURN
	// Base is the address of the server, for FormAbsolute.
	Base string
	// Version is the version that is meant; empty when none is named.
	Version string
}

// Target takes the reference's text apart.
func (r *Reference) Target() Target {
	if r == nil || r.Reference == "" {
		return Target{}
	}
	s := strings.TrimSpace(r.Reference)
	switch {
	case s == "":
		return Target{}
	case strings.ContainsAny(s, " \t\n"):
		return Target{Form: FormText}
	case s[0] == '#':
		return Target{Form: FormContained, ID: s[1:]}
	case strings.HasPrefix(s, "urn:"):
		return Target{Form: FormURN, Full: s, ID: s[strings.LastIndexByte(s, ':')+1:]}
	}
	return pathTarget(s)
}

func pathTarget(s string) Target {
	s, version, _ := strings.Cut(s, "/_history/")
	kind, id, ok := cutLast(s)
	if !ok {
		return Target{Form: FormBare, ID: s, Version: version}
	}
	t := Target{Form: FormRelative, ID: id, Version: version}
	base, typ, ok := cutLast(kind)
	if t.Type = typ; !ok {
		t.Type = kind
	}
	if strings.Contains(s, "://") {
		t.Form, t.Full, t.Base = FormAbsolute, s, base
	}
	return t
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
