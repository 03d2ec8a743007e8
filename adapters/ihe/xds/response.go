package xds

import (
	"errors"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// ErrNotXDS is what came that is no registry's answer. It carries nothing of it.
var ErrNotXDS = errors.New("no answer of a document registry")

// Status is what a registry says of its whole answer.
type Status int

// The statuses (ebRS ResponseStatusType with XDS's PartialSuccess).
const (
	StatusUnknown Status = iota
	StatusSuccess
	StatusPartial
	StatusFailure
)

func readStatus(e *xmltree.Element) Status {
	switch lastPart(e.Attr("status")) {
	case "Success":
		return StatusSuccess
	case "PartialSuccess":
		return StatusPartial
	case "Failure":
		return StatusFailure
	}
	return StatusUnknown
}

// Relation ties two documents (Association): the Source document replaces, transforms, appends
// or signs the Target.
type Relation struct{ Kind, Source, Target string }

// Reference is an entry of which only the id came (ObjectRef), with its community.
type Reference struct{ ID, Home string }

// Response is a registry's answer to a stored query.
type Response struct {
	Status    Status
	Errors    []Error
	Entries   []*Entry
	Relations []Relation
	// References are entries of which only the id came.
	References []Reference
	// Packages counts submissions and folders, Other what nobody knows.
	Packages, Other int
}

// ReadResponse reads an AdhocQueryResponse, or a list of registry objects that stands alone;
// data is what it was parsed from.
func ReadResponse(root *xmltree.Element, data []byte) (*Response, error) {
	r := &Response{}
	switch root.Local {
	case "AdhocQueryResponse", "RegistryResponse": // the second of a registry that has nothing to list
		r.Status, r.Errors = readStatus(root), readErrors(root)
		for _, list := range root.Children("RegistryObjectList") {
			r.objects(list, data)
		}
	case "ProvideAndRegisterDocumentSetRequest", "SubmitObjectsRequest", "RegistryObjectList":
		r.Status = StatusSuccess
		r.objects(list(root), data)
		r.References = nil // those of a submission name schemes of codes
	default:
		return nil, ErrNotXDS
	}
	return r, nil
}

// list is the list of objects in what stands around it.
func list(root *xmltree.Element) *xmltree.Element {
	for _, name := range []string{"SubmitObjectsRequest", "RegistryObjectList"} {
		if inner := root.Child(name); inner != nil {
			root = inner
		}
	}
	return root
}

func (r *Response) objects(list *xmltree.Element, data []byte) {
	came := map[string]bool{}
	for _, x := range list.Children("") {
		switch x.Local {
		case "ExtrinsicObject":
			e := readEntry(x, data)
			if e == nil {
				r.Other++
				continue
			}
			r.Entries = append(r.Entries, e)
			came[e.ID] = true
		case "ObjectRef":
			r.References = append(r.References, Reference{ID: x.Attr("id"), Home: x.Attr("home")})
		case "Association":
			r.Relations = append(r.Relations, Relation{
				Kind: lastPart(x.Attr("associationType")), Source: x.Attr("sourceObject"), Target: x.Attr("targetObject"),
			})
		case "RegistryPackage":
			r.Packages++
			r.packed(x, data)
		case "Classification", "ExternalIdentifier", "Slot": // of a submission or folder
		default:
			r.Other++
		}
	}
	r.References = without(r.References, came)
}

// packed takes what stands in a submission or folder, and not beside it.
func (r *Response) packed(x *xmltree.Element, data []byte) {
	for _, inside := range x.Children("") {
		switch inside.Local {
		case "RegistryObjectList":
			r.objects(inside, data)
		case "ExtrinsicObject", "RegistryPackage":
			r.Other++
		}
	}
}

// without leaves references to what came whole out, and those that name nothing.
func without(list []Reference, came map[string]bool) []Reference {
	var out []Reference
	for _, ref := range list {
		if ref.ID != "" && !came[ref.ID] {
			out, came[ref.ID] = append(out, ref), true
		}
	}
	return out
}
