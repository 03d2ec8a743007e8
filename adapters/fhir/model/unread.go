package model

import "strings"

// Unread is what a resource carries that changes or explains what its struct holds,
// and that has no place in it. Paths are element names from the resource on
// ("dosageInstruction.modifierExtension"), without positions in lists.
type Unread struct {
	// Modifiers are the paths of elements that may change the meaning of what they
	// stand in: modifierExtension anywhere, implicitRules (FHIR, "Modifier Extensions").
	Modifiers []string
	// Absent are simple elements that are absent for a reason that was given.
	Absent []Absence
	// Subjects are further values of the resource's subject, of which FHIR knows one.
	Subjects []Reference
	// Extensions are those of simple elements and of parts without a place for them.
	Extensions []Unplaced
}

// Absence is why a simple element has no value (FHIR's data-absent-reason): Reason
// is its code, such as "unknown", "masked" or "not-applicable".
type Absence struct{ Path, Reason string }

// Unplaced is an extension of an element that has no place for one.
type Unplaced struct {
	Path      string
	Extension Extension
}

// Element is what FHIR JSON writes beside a simple element, under its name with an
// underscore in front.
type Element struct {
	Extension []Extension `fhir:"extension"`
}

// AbsentReason is the code of the data-absent-reason among extensions; empty when
// there is none.
func AbsentReason(list []Extension) string {
	for i := range list {
		if !list[i].IsAbsentReason() {
			continue
		}
		if c := list[i].Value.Concept(); c != nil {
			return c.Code()
		}
		return list[i].Value.Text()
	}
	return ""
}

// IsAbsentReason reports FHIR's data-absent-reason, under any of its addresses.
func (x *Extension) IsAbsentReason() bool { return strings.EqualFold(x.Tail(), "data-absent-reason") }

// AbsentReason is why the quantity has no number; empty when it has one.
func (q *Quantity) AbsentReason() string {
	if q == nil || q.Value != "" {
		return ""
	}
	return AbsentReason(q.Extension)
}

// absence stands in a [Value] that is absent for a reason.
type absence string

// AbsentValue makes a value that is absent for a reason. It is not set.
func AbsentValue(reason string) Value { return Value{node: absence(reason)} }

// AbsentReason is why there is no value: that of the element itself, or of the
// number or concept in it. Empty when there is a value, or no reason.
func (v Value) AbsentReason() string {
	switch n := v.node.(type) {
	case absence:
		return string(n)
	case *Quantity:
		return n.AbsentReason()
	case *Concept:
		if n.IsEmpty() {
			return AbsentReason(n.Extension)
		}
	}
	return ""
}
