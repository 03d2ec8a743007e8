package ods

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// Systems of FHIR resources, by how they end: there are several bases, old and new.
const (
	organisationCode = "/Id/ods-organization-code"
	siteCode         = "/Id/ods-site-code"
)

// resource is what counts of a FHIR Organization, or of an OrganizationAffiliation that
// ties one to another.
type resource struct {
	ID          string      `json:"id"`
	Type        string      `json:"resourceType"`
	Identifiers oneOrMany   `json:"identifier"`
	Name        string      `json:"name"`
	Active      *bool       `json:"active"`
	Extensions  []extension `json:"extension"`
	PartOf      *reference  `json:"partOf"`
	From        *reference  `json:"organization"`
	To          *reference  `json:"participatingOrganization"`
	Codes       []concept   `json:"code"`
	Entries     []entry     `json:"entry"`
	affiliation bool        // for one read from XML
}

type entry struct {
	Resource json.RawMessage `json:"resource"`
}

type identifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

// oneOrMany are identifiers, of which an older release has one and no list.
type oneOrMany []identifier

// UnmarshalJSON reads a list, or the one.
func (o *oneOrMany) UnmarshalJSON(raw []byte) error {
	var many []identifier
	if json.Unmarshal(raw, &many) == nil {
		*o = many
		return nil
	}
	var one identifier
	err := json.Unmarshal(raw, &one)
	*o = oneOrMany{one}
	return err
}

type reference struct {
	Identifier *identifier `json:"identifier"`
	Reference  string      `json:"reference"`
}

type concept struct {
	Coding []coding `json:"coding"`
}

type coding struct {
	Code string `json:"code"`
}

type extension struct {
	URL        string      `json:"url"`
	Concept    *concept    `json:"valueCodeableConcept"`
	Coding     *coding     `json:"valueCoding"`
	Extensions []extension `json:"extension"`
}

// maxJSON is the largest file of JSON.
const maxJSON = 64 << 20

// readJSON reads one resource, or a Bundle of them.
func (l *loader) readJSON(r io.Reader) (*File, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxJSON+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxJSON {
		return nil, errors.New("is larger than the 64 MiB of JSON that are read: take the XML, which has no such bound")
	}
	raw = []byte(strings.TrimPrefix(string(raw), byteOrderMark))
	var root resource
	if json.Unmarshal(raw, &root) != nil {
		return nil, errors.New("is not JSON that can be read")
	}
	file := &File{Format: "FHIR JSON"}
	if err := l.resource(file, root); err != nil {
		return nil, err
	}
	for _, e := range root.Entries {
		var one resource
		if json.Unmarshal(e.Resource, &one) != nil {
			file.fault(0, "an entry that cannot be read")
			continue
		}
		if err := l.resource(file, one); err != nil {
			return nil, err
		}
	}
	return file, nil
}

func (l *loader) resource(file *File, r resource) error {
	if !strings.HasSuffix(r.Type, "Organization") && r.Type != "OrganizationAffiliation" {
		return nil
	}
	r.affiliation = r.Type == "OrganizationAffiliation"
	fault, err := l.take(r.said())
	if err != nil || fault != "" {
		file.fault(0, fault)
		return err
	}
	file.Organisations++
	return nil
}

// said is what a resource says of an organisation.
func (r resource) said() said {
	if r.affiliation {
		return r.tie()
	}
	s := said{code: r.code(), name: r.Name, status: r.status()}
	for _, role := range r.roles() {
		s.board = s.board || role == roleBoard || role == rolePartnership
	}
	if r.PartOf != nil && len(r.PartOf.code()) == 3 { // as a report's parent: one of five may be a company
		s.links = append(s.links, link{in, r.PartOf.code()})
	}
	return s
}

// tie is an affiliation: an organisation lies in the area of, or is commissioned by,
// another. It says nothing of the organisation itself.
func (r resource) tie() said {
	s := said{code: r.From.code(), stub: true}
	for _, c := range r.Codes {
		for _, code := range c.Coding {
			if !placing(code.Code) {
				continue
			}
			kind := in
			if r.status() == closed {
				kind = formerly
			}
			s.links = append(s.links, link{kind, r.To.code()})
		}
	}
	return s
}

func (r resource) status() standing {
	switch {
	case r.Active == nil:
		return unsaid
	case *r.Active:
		return open
	}
	return closed
}

// code is the ODS code: an identifier of its system, else the id, which the service's own
// resources have the code in.
func (r resource) code() string {
	for _, system := range []string{organisationCode, siteCode} {
		at := slices.IndexFunc(r.Identifiers, func(i identifier) bool { return strings.HasSuffix(i.System, system) })
		if at >= 0 {
			return r.Identifiers[at].Value
		}
	}
	return r.ID
}

// code is that of a reference: of its identifier, else the end of its address.
func (r *reference) code() string {
	switch {
	case r == nil:
		return ""
	case r.Identifier != nil && r.Identifier.Value != "":
		return r.Identifier.Value
	}
	return r.Reference[strings.LastIndex(r.Reference, "/")+1:]
}

// roles are the codes of the organisation's roles, which stand in extensions.
func (r resource) roles() []string {
	var codes []string
	var look func([]extension, int)
	look = func(list []extension, depth int) {
		for _, e := range list {
			if e.Concept != nil {
				for _, c := range e.Concept.Coding {
					codes = append(codes, c.Code)
				}
			}
			if e.Coding != nil {
				codes = append(codes, e.Coding.Code)
			}
			if depth < 4 {
				look(e.Extensions, depth+1)
			}
		}
	}
	look(r.Extensions, 0)
	return codes
}
