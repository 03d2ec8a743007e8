package answer

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Frame is a Bundle or a Parameters around resources, also one that holds none.
type Frame struct {
	// Page is which of the answer's pages it came with, counting from 0.
	Page int
	// Modifiers are elements of the frame that may change the meaning of what is in it
	// and that are not understood ("Bundle.implicitRules").
	Modifiers []string
	// Subset are the frame's labels that say that something was left out of it.
	Subset []string
}

// Frames are the answer's frames, outermost first.
func (a *Answer) Frames() []*Frame { return a.frames }

// framed is a frame inside another (or nil), which hands its own labels down.
func framed(page int, head *model.Head, outer *Frame) *Frame {
	f := &Frame{Page: page, Modifiers: modifiersOf(head, head.ResourceType), Subset: subsetOf(head)}
	if outer != nil {
		f.Modifiers = append(f.Modifiers, outer.Modifiers...)
		f.Subset = append(f.Subset, outer.Subset...)
	}
	return f
}

// Modifiers are the paths of the elements that may change the resource's meaning and
// that nobody here understands (FHIR's modifierExtension and implicitRules), wherever
// they stand in it: "modifierExtension", "dosageInstruction.modifierExtension". Those of
// what it stands in follow, with the type in front: "Bundle.implicitRules". A resource
// with any is no plain fact. What it refers to is not looked at.
func (e *Entry) Modifiers() []string {
	out := modifiersOf(e.Head(), "")
	for c := e.Container; c != nil; c = c.Container {
		out = append(out, modifiersOf(c.Head(), c.Type)...)
	}
	if e.frame != nil {
		out = append(out, e.frame.Modifiers...)
	}
	return out
}

func modifiersOf(head *model.Head, in string) []string {
	if head.Unread == nil {
		return nil
	}
	out := slices.Clone(head.Unread.Modifiers)
	for i := range out {
		if in != "" {
			out[i] = decode.TypeName(in) + "." + out[i]
		}
	}
	return out
}

// Subset are the labels by which the source says that it left something out of the
// resource, or out of what it stands in: SUBSETTED, REDACTED or MASKED
// (http://terminology.hl7.org/CodeSystem/v3-ObservationValue), as tag or security label.
func (e *Entry) Subset() []string {
	var out []string
	for c := e; c != nil; c = c.Container {
		out = append(out, subsetOf(c.Head())...)
	}
	if e.frame != nil {
		out = append(out, e.frame.Subset...)
	}
	return out
}

func subsetOf(head *model.Head) []string {
	if head.Meta == nil {
		return nil
	}
	var out []string
	for _, labels := range [...][]model.Coding{head.Meta.Tag, head.Meta.Security} {
		for i := range labels {
			switch code := strings.ToUpper(labels[i].Code); code {
			case "SUBSETTED", "REDACTED", "MASKED":
				out = append(out, code)
			}
		}
	}
	return out
}

// Absent are the resource's simple elements that are absent for a reason, dates among
// them.
func (e *Entry) Absent() []model.Absence {
	if u := e.Head().Unread; u != nil {
		return u.Absent
	}
	return nil
}

// Unplaced are the extensions of the resource's simple elements, and of parts without a
// place for them; those of the resource itself are in its head.
func (e *Entry) Unplaced() []model.Unplaced {
	if u := e.Head().Unread; u != nil {
		return u.Extensions
	}
	return nil
}
