package answer

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// site says what is known of where a resource lives. Ids mean nothing outside of their
// server: Medication/1 of one and of another are two products.
type site uint8

const (
	siteUnknown site = iota // it came without an address, or with one that says nothing
	siteBundle              // it has a URN, and is known by that within its answer
	siteServer              // it has an address on a server
)

// locate reads a resource's address.
func (e *Entry) locate() {
	switch {
	case e.FullURL == "":
	case strings.HasPrefix(e.FullURL, "urn:"):
		e.site = siteBundle
	case strings.Contains(e.FullURL, "://"):
		e.site = siteServer
		r := model.Reference{Reference: e.FullURL}
		if t := r.Target(); t.Type == e.Type {
			e.base = withoutCompartment(t.Base)
		} else {
			e.base = e.FullURL // no address of a resource: it shares its base with none
		}
	}
}

// withoutCompartment takes off the patient in whose compartment a resource has its
// address (…/Patient/1/RelatedPerson/2), as that of the Spine's demographics does.
func withoutCompartment(base string) string {
	if i := strings.LastIndex(base, "/Patient/"); i > 0 && strings.IndexByte(base[i+len("/Patient/"):], '/') < 0 {
		return base[:i]
	}
	return base
}

// baseOf is the address of the server that a reference from e is relative to; empty when
// that is not known.
func baseOf(e *Entry) string {
	for e != nil && e.Container != nil {
		e = e.Container
	}
	if e == nil {
		return ""
	}
	return e.base
}

// address is a full URL as it is looked up: without a version.
func address(fullURL string) string {
	if i := strings.Index(fullURL, "/_history/"); i > 0 {
		return fullURL[:i]
	}
	return fullURL
}

// reachable reports that a reference relative to base may mean e: e lives on that
// server, or one of the two does not say where it lives.
func reachable(base string, e *Entry) bool {
	return base == "" || e.site != siteServer || e.base == base
}

// relative finds what a type and id mean in a reference from e. The referring
// resource's own server comes first.
func (a *Answer) relative(from *Entry, list []*Entry) []*Entry {
	base := baseOf(from)
	if base == "" {
		return list
	}
	if own := only(list, func(e *Entry) bool { return e.base == base }); len(own) > 0 {
		return own
	}
	return only(list, func(e *Entry) bool { return e.site != siteServer })
}

// absolute finds what a full address means. Resources without an address are taken for
// it by their id, unless the referring resource lives elsewhere.
func (a *Answer) absolute(from *Entry, t model.Target) []*Entry {
	if list := a.index.at(t.Full); len(list) > 0 {
		return list
	}
	base, origin := baseOf(from), withoutCompartment(t.Base)
	return only(a.index.keyed(t.Type, t.ID), func(e *Entry) bool {
		if e.site == siteUnknown {
			return base == "" || base == origin
		}
		return e.site == siteServer && e.base == origin
	})
}

// urn finds what a URN means: the resource of that full URL, or one without an address
// whose id is that UUID.
func (a *Answer) urn(t model.Target) []*Entry {
	if list := a.index.at(t.Full); len(list) > 0 || !isUUID(t.ID) {
		return list
	}
	return only(a.index.bare(t.ID), func(e *Entry) bool { return e.site == siteUnknown })
}

func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}

// ofVersion leaves out other versions than the one meant, where they say which they are.
func ofVersion(list []*Entry, version string) []*Entry {
	if version == "" {
		return list
	}
	return only(list, func(e *Entry) bool { return isVersion(e, version) })
}

func isVersion(e *Entry, version string) bool {
	meta := e.Head().Meta
	return version == "" || meta == nil || meta.VersionID == "" || meta.VersionID == version
}

func only(list []*Entry, keep func(*Entry) bool) []*Entry {
	var out []*Entry
	for _, e := range list {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}
