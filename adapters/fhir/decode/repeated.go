package decode

import (
	"reflect"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// decisive are the elements of one value that decide what a resource means. Where two came,
// nobody knows which holds: the element counts as a modifier that is not understood.
// Read only.
var decisive = map[string]bool{
	"status": true, "clinicalStatus": true, "verificationStatus": true, "docStatus": true, "code": true,
	"vaccineCode": true, "intent": true, "mode": true, "actuality": true, "taken": true,
	"doNotPerform": true, "notGiven": true, "notDone": true, "wasNotGiven": true, "wasNotTaken": true, "prohibited": true,
}

// denying are the codes by which an item says that it does not hold or was not done. Read only.
var denying = map[string]bool{
	"entered-in-error": true, "not-done": true, "not-taken": true, "n": true, "refuted": true,
}

func denies(code string) bool { return denying[strings.ToLower(strings.TrimSpace(code))] }

// isDecisive reports an element of one value that decides what its resource means.
func (f *field) isDecisive() bool {
	return decisive[f.name] || f.kind == kindChoice && (strings.HasPrefix(f.name, "medication") || strings.HasPrefix(f.name, "value"))
}

// doubt notes a decisive element that cannot be read for certain.
func (r *reader) doubt(f *field) {
	if r.head == nil || !f.isDecisive() {
		return
	}
	name := f.name
	if n := len(r.path); n > r.base && r.path[n-1] == f.name {
		name = ""
	}
	u := r.unread()
	u.Modifiers = append(u.Modifiers, r.within(name))
}

// keepsAll reports an element of one value of which every one that came is read: of a
// decisive one the value that denies is kept, of subjects all.
func (r *reader) keepsAll(f *field, v reflect.Value) bool {
	return f.isDecisive() && f.kind != kindChoice || r.isSubject(v)
}

func (r *reader) isSubject(v reflect.Value) bool {
	if r.head == nil || !v.CanAddr() {
		return false
	}
	subject, ok := v.Addr().Interface().(**model.Reference)
	return ok && subject == &r.head.Subject
}

// another keeps what a second value of an element would replace, if that must not be lost.
func (r *reader) another(f *field, v reflect.Value, former any) {
	switch former := former.(type) {
	case *model.Reference:
		if r.isSubject(v) {
			u := r.unread()
			u.Subjects = append(u.Subjects, *former)
		}
	case *model.Concept:
		now, _ := v.Interface().(*model.Concept)
		if f.isDecisive() && denies(former.Code()) && !denies(now.Code()) {
			v.Set(reflect.ValueOf(former))
		}
	}
	r.doubt(f)
}
