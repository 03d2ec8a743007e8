package xds

import (
	"fmt"
	"hash/fnv"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
)

// nhsNumbers is the OID of NHS numbers.
const nhsNumbers = "2.16.840.1.113883.2.1.4.1"

// people are the patients whom the domain's index knows, and their documents.
type people struct {
	domain   Domain
	folders  []*documents.Folder
	byNumber map[string]*documents.Folder
	byLocal  map[string]*documents.Folder
	byUnique map[string]filed
	byEntry  map[string]filed
}

// filed is a document and the folder in which it is listed.
type filed struct {
	folder   *documents.Folder
	document *documents.Document
}

func newPeople(d Domain, folders []*documents.Folder) (*people, error) {
	p := &people{
		domain: d, folders: folders, byNumber: map[string]*documents.Folder{}, byLocal: map[string]*documents.Folder{},
		byUnique: map[string]filed{}, byEntry: map[string]filed{},
	}
	for _, folder := range folders {
		if err := p.add(folder); err != nil {
			return nil, fmt.Errorf("%s: %w", folder.Patient.Slug, err)
		}
	}
	return p, nil
}

func (p *people) add(folder *documents.Folder) error {
	number := folder.Patient.NHSNumber
	p.byNumber[number] = folder
	if folder.InDomain {
		if p.byLocal[p.localID(number)] != nil {
			return fmt.Errorf("local id %s is taken", p.localID(number))
		}
		p.byLocal[p.localID(number)] = folder
	}
	for i := range folder.Documents {
		d := &folder.Documents[i]
		if _, taken := p.byUnique[d.UniqueID]; taken {
			return fmt.Errorf("unique id %s is taken", d.UniqueID)
		}
		p.byUnique[d.UniqueID], p.byEntry[d.EntryID] = filed{folder, d}, filed{folder, d}
	}
	return nil
}

// localID is the domain's own id of the person with that NHS number: the same at every start, and nothing of the number
// shows in it.
func (p *people) localID(nhsNumber string) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(p.domain.Authority + "|" + nhsNumber)) // a hash never fails
	return fmt.Sprintf("%s%08d", p.domain.Prefix, sum.Sum64()%100_000_000)
}

// find gives whom an id of an authority names, or nil.
func (p *people) find(authority, id string) *documents.Folder {
	switch {
	case authority == p.domain.Authority:
		return p.byLocal[id]
	case authority == nhsNumbers && p.domain.NHSNumbers:
		return p.byNumber[id]
	default:
		return nil
	}
}

// other gives somebody else who has documents.
func (p *people) other(folder *documents.Folder) *documents.Folder {
	after := folder == nil
	for _, candidate := range append(p.folders, p.folders...) {
		if after && candidate != folder && candidate.InDomain && len(candidate.Documents) > 0 {
			return candidate
		}
		after = after || candidate == folder
	}
	return folder
}

// numberOf is the NHS number of a folder's patient, or "" without one.
func numberOf(folder *documents.Folder) string {
	if folder == nil {
		return ""
	}
	return folder.Patient.NHSNumber
}
