package answer

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Resolution says how a reference fared.
type Resolution uint8

// The ways in which a reference ends.
const (
	Empty     Resolution = iota // there was nothing to follow
	Found                       // one resource, or identical copies of one
	Dangling                    // it points at nothing in the answer
	Ambiguous                   // several different resources answer to it
)

// Resolve follows a reference from the resource that makes it. Where two
// patients of one answer share an id, the copy of the same patient is taken, and
// where two servers do, that of the referring resource's own; what lives on another
// server than the reference says is never taken. The entry is nil unless the
// resolution is Found.
func (a *Answer) Resolve(from *Entry, ref *model.Reference) (*Entry, Resolution) {
	if ref == nil || (ref.Reference == "" && ref.Identifier == nil) {
		return nil, Empty
	}
	if e := a.plain(from, ref.Target()); e != nil {
		return e, Found
	}
	list := a.Candidates(from, ref)
	switch {
	case len(list) == 0:
		return nil, Dangling
	case len(list) == 1, same(list):
		return list[0], Found
	}
	return nil, Ambiguous
}

// plain is what a plain reference ("Patient/1") names where just one resource of the
// answer is so named: nearly all references are of this kind.
func (a *Answer) plain(from *Entry, t model.Target) *Entry {
	if t.Form != model.FormRelative {
		return nil
	}
	e := a.index.byKey[key{t.Type, t.ID}]
	if e == nil || e.next != nil || !reachable(baseOf(from), e) || !isVersion(e, t.Version) {
		return nil
	}
	return e
}

// Follow is Resolve for callers that need only the entry: nil when the
// reference leads nowhere or is ambiguous.
func (a *Answer) Follow(from *Entry, ref *model.Reference) *Entry {
	e, _ := a.Resolve(from, ref)
	return e
}

// Candidates gives every resource that a reference may mean, those of another
// patient excluded. Plans and orders of GP Connect can share an id: callers
// that know which they look for choose here.
func (a *Answer) Candidates(from *Entry, ref *model.Reference) []*Entry {
	t := ref.Target()
	list := ofVersion(a.named(from, t), t.Version)
	if len(list) == 0 && ref != nil {
		list = ofType(a.index.identified(ref.Identifier), ref.Type)
	}
	if len(list) > 1 {
		list = a.ofSamePatient(from, list)
	}
	if len(list) > 1 {
		list = inSameBundle(from, list)
	}
	return list
}

// named finds what a reference's text names.
func (a *Answer) named(from *Entry, t model.Target) []*Entry {
	switch t.Form {
	case model.FormContained:
		return a.containedIn(from, t.ID)
	case model.FormRelative:
		if id, fragment, inside := strings.Cut(t.ID, "#"); inside {
			return a.containedInNamed(a.relative(from, a.index.keyed(t.Type, id)), fragment)
		}
		return a.relative(from, a.index.keyed(t.Type, t.ID))
	case model.FormAbsolute:
		return a.absolute(from, t)
	case model.FormURN:
		return a.urn(t)
	case model.FormBare:
		return a.relative(from, a.index.bare(t.ID))
	}
	return nil
}

func (a *Answer) containedIn(from *Entry, id string) []*Entry {
	if from == nil {
		return nil
	}
	if from.Container != nil {
		from = from.Container
	}
	if id == "" { // "#" is the container itself
		return []*Entry{from}
	}
	for _, e := range a.index.contained[from] {
		if strings.TrimPrefix(e.ID, "#") == id {
			return []*Entry{e}
		}
	}
	return nil
}

// containedInNamed finds what a reference from outside names inside a container
// ("List/ended-allergies#1"), as GP systems' lists of ended allergies do.
func (a *Answer) containedInNamed(containers []*Entry, fragment string) []*Entry {
	var out []*Entry
	for _, container := range containers {
		out = append(out, a.containedIn(container, fragment)...)
	}
	return out
}

// Contained gives the resources that e contains.
func (a *Answer) Contained(e *Entry) []*Entry {
	list := a.index.contained[e]
	out := make([]*Entry, len(list))
	for i, c := range list { // the index runs backwards
		out[len(list)-1-i] = c
	}
	return out
}

func ofType(list []*Entry, typ string) []*Entry {
	if typ == "" {
		return list
	}
	var out []*Entry
	for _, e := range list {
		if e.Type == typ {
			out = append(out, e)
		}
	}
	return out
}

func inSameBundle(from *Entry, list []*Entry) []*Entry {
	if from == nil {
		return list
	}
	var out []*Entry
	for _, e := range list {
		if e.bundle == from.bundle {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

// ofSamePatient leaves out resources that name another patient than from does.
// Resources without a subject (medications, organisations) stay.
func (a *Answer) ofSamePatient(from *Entry, list []*Entry) []*Entry {
	owner := a.owner(from)
	if owner == "" {
		return list
	}
	var out []*Entry
	for _, e := range list {
		if o := a.owner(e); o == "" || o == owner {
			out = append(out, e)
		}
	}
	return out
}

// owner tells patients apart by whatever a resource's subject says; "" when it
// says nothing.
func (a *Answer) owner(e *Entry) string {
	for ; e != nil; e = e.Container {
		if e.Type == "Patient" {
			return "Patient/" + e.ID
		}
		s := e.Head().Subject
		if s == nil {
			continue
		}
		switch t := s.Target(); t.Form {
		case model.FormRelative:
			return t.Type + "/" + t.ID
		case model.FormAbsolute, model.FormURN:
			if p := a.index.byFullURL[t.Full]; p != nil && p.ID != "" {
				return p.Type + "/" + p.ID
			}
			return "Patient/" + t.ID
		case model.FormBare:
			return "Patient/" + t.ID
		}
		if s.Identifier != nil {
			return s.Identifier.Value
		}
	}
	return ""
}
