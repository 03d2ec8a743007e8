package mapping

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// tying finds what each medicine belongs to, by its own references alone.
type tying struct {
	mapper  *Mapper
	list    []*medicine
	byEntry map[*answer.Entry]*medicine
}

// tie gives every medicine its parent and links it to what it names. Requests come
// first and supplies last, so that what a supply names is already in its course.
func (m *Mapper) tie(list []*medicine) *tying {
	t := &tying{mapper: m, list: list, byEntry: make(map[*answer.Entry]*medicine, len(list))}
	for _, x := range list {
		t.byEntry[x.entry] = x
	}
	for _, turn := range []func(*medicine) bool{isRequest, isStatement, isSupply} {
		for _, x := range list {
			if turn(x) {
				t.bind(x, x.basedOn, toBasis)
				t.bind(x, x.derivedFrom, toOrigin)
			}
		}
	}
	return t
}

// bind follows the references by which a medicine says what it belongs to.
func (t *tying) bind(x *medicine, refs []model.Reference, kind lhcrv1.LinkKind) {
	for i := range refs {
		p := t.choose(x, &refs[i])
		if p == nil {
			t.mapper.link(x.entry, kind, &refs[i])
			continue
		}
		t.mapper.join(x.entry, p.entry, kind, "")
		t.adopt(x, p)
	}
}

// adopt makes a medicine the child of what it names, or, where a statement is the
// authorisation (Graphnet), the request that it names its child. A plan is always a
// root of its own, an option none, and a circle is not closed.
func (t *tying) adopt(x, named *medicine) {
	child, parent := x, named
	graphnet := t.mapper.options.Courses == CourseRuleGraphnet
	if graphnet && isStatement(x) && isRequest(named) {
		child, parent = named, x
	}
	switch {
	case isOption(child), isOption(parent), isPlan(child) && !graphnet, rootOf(parent) == child:
	case child.parent == nil, isPlan(parent) && !isPlan(child.parent):
		child.parent = parent
	}
}

// rootOf follows parents to the end.
func rootOf(x *medicine) *medicine {
	for x.parent != nil {
		x = x.parent
	}
	return x
}

// choose is the medicine that a reference names: a plan rather than an order where
// they share an id, the original order rather than its instances where they share an
// identifier. Several that would make different courses are none: identifiers alone
// are not unique.
func (t *tying) choose(x *medicine, ref *model.Reference) *medicine {
	if e := t.mapper.answer.Follow(x.entry, ref); e != nil {
		if p := t.item(e); p != nil && p != x {
			return p
		}
		return t.onForm(x, ref)
	}
	var found []*medicine
	for _, e := range t.mapper.answer.Candidates(x.entry, ref) {
		p := t.item(e)
		if p == nil || p == x {
			continue
		}
		if len(found) > 0 && standing(p) < standing(found[0]) {
			found = found[:0]
		}
		if len(found) == 0 || standing(p) == standing(found[0]) {
			found = append(found, p)
		}
	}
	if len(found) == 0 {
		return t.onForm(x, ref)
	}
	return ofOneCourse(found)
}

// ofOneCourse is the first of medicines that all have one root, else nil.
func ofOneCourse(list []*medicine) *medicine {
	for _, x := range list {
		if rootOf(x) != rootOf(list[0]) {
			return nil
		}
	}
	return list[0]
}

// standing orders medicines that answer to one reference.
func standing(x *medicine) int {
	switch {
	case isPlan(x):
		return 0
	case x.item.GetIntent() == "original-order":
		return 1
	case isOption(x):
		return 3
	}
	return 2
}

// onForm is the prescription of a form that a supply names by the form's group
// identifier, where the form holds one prescription only (contract MED-006: a group
// is a form, never a course).
func (t *tying) onForm(x *medicine, ref *model.Reference) *medicine {
	form := model.FindExtension(ref.Extension, "GroupIdentifier")
	if form == nil || !isSupply(x) {
		return nil
	}
	var found []*medicine
	for _, y := range t.list {
		r := answer.As[model.MedicationRequest](y.entry)
		if r != nil && !isOption(y) && isOnForm(r.GroupIdentifier, form) {
			found = append(found, y)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return ofOneCourse(found)
}

// isOnForm compares a request's group identifier, in its short form and its long one
// (NHS Digital's medicines guide, DM-PrescriptionId), with those of a reference.
func isOnForm(group *model.Identifier, form *model.Extension) bool {
	if group == nil {
		return false
	}
	for i := range form.Extension {
		id := model.Of[model.Identifier](form.Extension[i].Value)
		if id == nil || id.Value == "" {
			continue
		}
		if sameIdentifier(id, group) {
			return true
		}
		for j := range group.Extension {
			if long := model.Of[model.Identifier](group.Extension[j].Value); long != nil && sameIdentifier(id, long) {
				return true
			}
		}
	}
	return false
}

func sameIdentifier(a, b *model.Identifier) bool {
	return a.Value == b.Value && (a.System == b.System || a.System == "" || b.System == "")
}

func isPlan(x *medicine) bool { return x.item.GetKind() == lhcrv1.MedicationKind_MEDICATION_KIND_PLAN }
func isOption(x *medicine) bool {
	return x.item.GetKind() == lhcrv1.MedicationKind_MEDICATION_KIND_OPTION
}
func isStatement(x *medicine) bool { return answer.As[model.MedicationStatement](x.entry) != nil }
func isRequest(x *medicine) bool   { return answer.As[model.MedicationRequest](x.entry) != nil }
func isSupply(x *medicine) bool    { return !isStatement(x) && !isRequest(x) }
