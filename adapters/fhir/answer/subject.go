package answer

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Check says whether a resource is about the person asked for.
type Check uint8

// The outcomes of the subject check.
const (
	// NoSubject: the resource's type names nobody (an organisation, a product).
	NoSubject Check = iota
	// Match: it names the person asked for.
	Match
	// Unresolved: it names nobody, or somebody who cannot be told from the
	// answer. It is delivered and flagged.
	Unresolved
	// Mismatch: it names another person. It is never delivered.
	Mismatch
)

// Subject checks whom a resource is about. A contained resource without a
// subject of its own is about its container's. A mismatched resource is to be
// reported with [ReasonOtherPerson] and counted as a gap.
func (a *Answer) Subject(e *Entry) Check {
	if As[model.Patient](e) != nil {
		return a.patientCheck(e)
	}
	if s := e.Head().Subject; s != nil && !isEmpty(s) {
		return a.checked(e, s)
	}
	refs := a.participants(e)
	if len(refs) == 0 {
		switch {
		case supports[e.Type]:
			return NoSubject
		case e.Container != nil:
			return a.Subject(e.Container)
		}
		return Unresolved
	}
	worst := Match
	for _, ref := range refs {
		worst = max(worst, a.checked(e, ref))
	}
	return worst
}

// participants are the references by which an appointment says whom it is about: it
// names the patient among its participants.
func (a *Answer) participants(e *Entry) []*model.Reference {
	appointment := As[model.Appointment](e)
	if appointment == nil {
		return nil
	}
	var out []*model.Reference
	for i := range appointment.Participant {
		who := appointment.Participant[i].Who()
		if who != nil && (who.Target().Type == "Patient" || As[model.Patient](a.Follow(e, who)) != nil) {
			out = append(out, who)
		}
	}
	return out
}

// isEmpty reports a reference that names nobody: a display is not enough.
func isEmpty(r *model.Reference) bool { return r.Reference == "" && r.Identifier == nil }

// checked judges a subject reference; plain ones, which repeat through a whole
// record, are judged once.
func (a *Answer) checked(e *Entry, ref *model.Reference) Check {
	if ref.Identifier != nil || strings.HasPrefix(ref.Reference, "#") {
		return a.judge(e, ref)
	}
	if c, ok := a.checks[ref.Reference]; ok {
		return c
	}
	c := a.judge(e, ref)
	a.checks[ref.Reference] = c
	return c
}

func (a *Answer) judge(e *Entry, ref *model.Reference) Check {
	byIdentifier := a.identifierCheck(ref.Identifier)
	found, how := a.Resolve(e, ref)
	switch {
	case byIdentifier == Mismatch:
		return Mismatch
	case As[model.Patient](found) != nil:
		if c := a.patientCheck(found); c != Unresolved {
			return c
		}
		return byIdentifier
	case how == Found: // a group, a device, a place
		return Unresolved
	case byIdentifier == Match:
		return Match
	}
	return a.unfound(ref.Target())
}

// identifierCheck judges an NHS number inside a reference. A number that fails
// its check digit ("1234567890", a template's text) is nobody's and so cannot
// name another person.
func (a *Answer) identifierCheck(id *model.Identifier) Check {
	if id == nil || !IsNHSNumberSystem(id.System) || id.Value == "" || a.subject.number == "" {
		return Unresolved
	}
	switch n := patientNumber(id); {
	case n.Value == a.subject.number:
		return Match
	case n.Valid && valid(a.subject.number):
		return Mismatch
	}
	return Unresolved
}

// patientCheck judges a Patient resource.
func (a *Answer) patientCheck(e *Entry) Check {
	p := a.patientOf(e)
	switch {
	case p == nil:
		return Unresolved
	case a.subject.number == "" && p == a.subject.patient:
		return Match
	case a.subject.number == "":
		return Unresolved
	case p.Has(a.subject.number):
		return Match
	case len(p.Numbers) > 0:
		return Mismatch
	case a.options.LinksAsserted:
		return Match
	}
	return Unresolved
}

func (a *Answer) patientOf(e *Entry) *Patient {
	for _, p := range a.patients {
		if p.Entry == e {
			return p
		}
	}
	if p := As[model.Patient](e); p != nil { // contained
		return a.patient(e, p)
	}
	return nil
}

// unfound judges a reference to a patient who is not in the answer. An id that
// differs from those of the patients who are names another person; where there
// is nothing to compare with, it stays open.
func (a *Answer) unfound(t model.Target) Check {
	switch {
	case t.ID != "" && t.ID == a.subject.number:
		return Match
	case t.Form != model.FormRelative || t.Type != "Patient":
		return Unresolved
	}
	check := Unresolved
	for _, p := range a.patients {
		switch {
		case strings.EqualFold(p.Entry.ID, t.ID):
			return a.patientCheck(p.Entry)
		case p.Entry.ID != "":
			check = Mismatch
		}
	}
	return check
}
