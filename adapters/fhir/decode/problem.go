package decode

import (
	"cmp"
	"slices"
)

// Problem is an element that could not be understood as its type demands, and
// how often. Path is made of element names only.
type Problem struct {
	Path   string // "MedicationRequest.dosageInstruction.timing"
	Reason string
	Count  int
}

// The reasons of a [Problem].
const (
	ReasonObject    = "an object where a simple value is due"
	ReasonSimple    = "a simple value where an object is due"
	ReasonSeveral   = "several values where one is due; the first was kept"
	ReasonRepeated  = "the element appears twice; one of them was kept"
	ReasonChoice    = "two types of one choice element; the first was kept"
	ReasonBoolean   = "neither true nor false where a boolean is due"
	ReasonNumber    = "text where a number is due; kept as text"
	ReasonDeep      = "nested too deep"
	ReasonUntyped   = "a resource without a resourceType"
	ReasonNoElement = "not a resource"
)

// problems counts by path and reason, so that one faulty sender makes one line.
type problems map[Problem]int

func (p problems) add(path, reason string) { p[Problem{Path: path, Reason: reason}]++ }

func (p problems) list() []Problem {
	if len(p) == 0 {
		return nil
	}
	out := make([]Problem, 0, len(p))
	for k, n := range p {
		k.Count = n
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}
