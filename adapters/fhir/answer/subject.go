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
	if a.sourcePatientDiffers(e) {
		return Mismatch
	}
	if s := e.Head().Subject; s != nil && (!isEmpty(s) || hasSubjects(e)) {
		return a.several(e, a.checked(e, s))
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

func hasSubjects(e *Entry) bool { u := e.Head().Unread; return u != nil && len(u.Subjects) > 0 }

// several judges a resource that names its subject more than once: unless all are the same,
// it is certain of nobody, and it is another's if one of them is.
func (a *Answer) several(e *Entry, c Check) Check {
	if !hasSubjects(e) {
		return c
	}
	subject := e.Head().Subject
	for i := range e.Head().Unread.Subjects {
		s := &e.Head().Unread.Subjects[i]
		if s.Reference != subject.Reference || s.Identifier != nil || subject.Identifier != nil {
			c = max(c, Unresolved)
		}
		c = max(c, a.checked(e, s))
	}
	return c
}

// sourcePatientDiffers reports a document index entry whose document, as its source
// filed it, carries another person's NHS number.
func (a *Answer) sourcePatientDiffers(e *Entry) bool {
	d := As[model.DocumentReference](e)
	if d == nil || d.Context == nil || d.Context.SourcePatient == nil {
		return false
	}
	ref := d.Context.SourcePatient
	found := a.Follow(e, ref)
	return a.identifierCheck(ref.Identifier) == Mismatch ||
		As[model.Patient](found) != nil && a.patientCheck(found) == Mismatch
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

// judged is a reference that was judged: its text, and the server that it is relative to.
type judged struct{ base, reference string }

// checked judges a subject reference; plain ones, which repeat through a whole
// record, are judged once.
func (a *Answer) checked(e *Entry, ref *model.Reference) Check {
	if ref.Identifier != nil || strings.HasPrefix(ref.Reference, "#") {
		return a.judge(e, ref)
	}
	k := judged{baseOf(e), ref.Reference}
	if c, ok := a.checks[k]; ok {
		return c
	}
	c := a.judge(e, ref)
	a.checks[k] = c
	return c
}

func (a *Answer) judge(e *Entry, ref *model.Reference) Check {
	t := ref.Target()
	byIdentifier := a.identifierCheck(ref.Identifier)
	found, how := a.Resolve(e, ref)
	switch {
	case byIdentifier == Mismatch:
		return Mismatch
	case As[model.Patient](found) != nil:
		if c := a.patientCheck(found); c == Mismatch || c == Match && isCertain(e, found, t) {
			return c
		}
		return byIdentifier
	case how == Found: // a group, a device, a place
		return Unresolved
	case byIdentifier == Match:
		return Match
	}
	return a.unfound(e, t)
}

// isCertain reports that a reference's text surely leads to the patient: not that of a
// server's full address when the patient came without any and the id alone agrees.
func isCertain(from, found *Entry, t model.Target) bool {
	return t.Form != model.FormAbsolute || found.site != siteUnknown || baseOf(from) != ""
}

// identifierCheck judges an NHS number inside a reference; one without a system counts
// when it is a valid NHS number. A number that fails its check digit ("1234567890", a
// template's text) is nobody's and so cannot name another person, and neither can a
// former number of the person asked for.
func (a *Answer) identifierCheck(id *model.Identifier) Check {
	if id == nil || id.Value == "" || a.subject.number == "" {
		return Unresolved
	}
	n := patientNumber(id)
	switch {
	case !IsNHSNumberSystem(id.System) && (id.System != "" || !n.Valid):
		return Unresolved
	case n.Value == a.subject.number:
		return Match
	case n.Valid && valid(a.subject.number) && !a.isFormer(n.Value):
		return Mismatch
	}
	return Unresolved
}

// isFormer reports a number that the person asked for had before.
func (a *Answer) isFormer(number string) bool {
	for _, p := range a.patients {
		if p.owns(a.subject.number) && carries(p.Former, number) {
			return true
		}
	}
	return false
}

// patientCheck judges a Patient resource.
func (a *Answer) patientCheck(e *Entry) Check {
	p := a.patientOf(e)
	switch {
	case p == nil, p.Conflicting:
		return Unresolved
	case a.subject.number == "" && p == a.subject.patient:
		return Match
	case a.subject.number == "":
		return Unresolved
	case p.owns(a.subject.number):
		return Match
	case len(p.Numbers)+len(p.Former) > 0:
		return Mismatch
	case a.options.LinksAsserted && p.Other:
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
		contained := a.patient(e, p)
		contained.Other, contained.Conflicting = a.isOther(contained), a.conflicts(contained)
		return contained
	}
	return nil
}

// unfound judges a reference to a patient who is not in the answer. An id that
// differs from those of the patients who are names another person, where ids of both
// are given by one server; where there is nothing to compare with, it stays open.
// Another version than the one that came is still the same person.
func (a *Answer) unfound(from *Entry, t model.Target) Check {
	switch {
	case t.ID != "" && t.ID == a.subject.number:
		return Match
	case t.Form == model.FormURN:
	case t.Type != "Patient", t.Form != model.FormRelative && t.Form != model.FormAbsolute:
		return Unresolved
	}
	check := Unresolved
	for _, p := range a.patients {
		switch {
		case !isComparable(from, p.Entry, t):
		case names(t, p.Entry):
			return a.likely(p.Entry, t)
		case p.Entry.ID != "" || p.Entry.site == siteBundle:
			check = Mismatch
		}
	}
	return check
}

// isComparable reports that a reference's text and a patient's own name are given by one
// and the same.
func isComparable(from, patient *Entry, t model.Target) bool {
	base := baseOf(from)
	switch t.Form {
	case model.FormURN:
		return patient.site != siteServer
	case model.FormAbsolute:
		origin := withoutCompartment(t.Base)
		return patient.base == origin || patient.site == siteUnknown && base == origin
	}
	return reachable(base, patient)
}

func names(t model.Target, patient *Entry) bool {
	if t.Form == model.FormURN && patient.site == siteBundle {
		return strings.EqualFold(t.Full, patient.FullURL)
	}
	return strings.EqualFold(t.ID, patient.ID)
}

// likely judges the patient whom a text names that differs from the patient's own name
// in capitals only; a URN that is no UUID may name anything.
func (a *Answer) likely(patient *Entry, t model.Target) Check {
	if t.Form == model.FormURN && !isUUID(t.ID) {
		return Unresolved
	}
	return a.patientCheck(patient)
}
