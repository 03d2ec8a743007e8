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
	Full string // the whole text, for FormAbsolute and FormURN
}

// Target takes the reference's text apart. A version at the end
// ("/_history/2") is left out.
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
	if i := strings.Index(s, "/_history/"); i > 0 {
		s = s[:i]
	}
	kind, id, ok := cutLast(s)
	if !ok {
		return Target{Form: FormBare, ID: s}
	}
	t := Target{Form: FormRelative, ID: id}
	if strings.Contains(s, "://") {
		t.Form, t.Full = FormAbsolute, s
	}
	_, t.Type, ok = cutLast(kind)
	if !ok {
		t.Type = kind
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
