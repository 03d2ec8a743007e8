package answer

import (
	"bytes"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// key is a resource's type and id, unique only within one patient of one
// answer.
type key struct{ typ, id string }

// index finds entries. Contained resources are found through their container
// only, because their ids mean nothing outside of it.
type index struct {
	byKey        map[key]*Entry    // the first; others of the key by Entry.next
	byFullURL    map[string]*Entry // without a version; the first, others by Entry.nextAt
	contained    map[*Entry][]*Entry
	byIdentifier map[key][]*Entry // system and value; made when first asked for
	entries      []*Entry
	types        []string
}

func newIndex(entries []*Entry) index {
	x := index{
		byKey:     make(map[key]*Entry, len(entries)),
		byFullURL: map[string]*Entry{},
		contained: map[*Entry][]*Entry{},
		entries:   entries,
	}
	seen := map[string]bool{}
	// From the end, so that chains of one key run in the order sent.
	for i := len(entries) - 1; i >= 0; i-- {
		x.add(entries[i])
		if t := entries[i].Type; !seen[t] {
			seen[t] = true
			x.types = append(x.types, t)
		}
	}
	return x
}

func (x *index) add(e *Entry) {
	if e.Container != nil {
		x.contained[e.Container] = append(x.contained[e.Container], e)
		return
	}
	if e.FullURL != "" {
		full := address(e.FullURL)
		e.nextAt = x.byFullURL[full]
		x.byFullURL[full] = e
	}
	if e.ID == "" {
		return
	}
	k := key{e.Type, e.ID}
	e.next = x.byKey[k]
	x.byKey[k] = e
}

func (x *index) keyed(typ, id string) []*Entry {
	var out []*Entry
	for e := x.byKey[key{typ, id}]; e != nil; e = e.next {
		out = append(out, e)
	}
	return out
}

// at finds what has this full URL.
func (x *index) at(full string) []*Entry {
	var out []*Entry
	for e := x.byFullURL[full]; e != nil; e = e.nextAt {
		out = append(out, e)
	}
	return out
}

// bare finds an id without a type, whatever type carries it.
func (x *index) bare(id string) []*Entry {
	var out []*Entry
	for _, t := range x.types {
		out = append(out, x.keyed(t, id)...)
	}
	return out
}

func (x *index) identified(id *model.Identifier) []*Entry {
	if id == nil || id.Value == "" {
		return nil
	}
	if x.byIdentifier == nil {
		x.byIdentifier = map[key][]*Entry{}
		for _, e := range x.entries {
			x.identify(e)
		}
	}
	return x.byIdentifier[key{id.System, id.Value}]
}

func (x *index) identify(e *Entry) {
	if e.Container != nil {
		return
	}
	list := e.Head().Identifier
	for i := range list {
		if list[i].Value != "" && list[i].Use != "old" {
			k := key{list[i].System, list[i].Value}
			x.byIdentifier[k] = append(x.byIdentifier[k], e)
		}
	}
}

// same reports entries that are one resource sent several times.
func same(list []*Entry) bool {
	for _, e := range list[1:] {
		if !bytes.Equal(list[0].Source, e.Source) {
			return false
		}
	}
	return true
}
