package xds

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

const (
	repositoryExtension = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-repositoryUniqueId"
	communityExtension  = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-homeCommunityId"
)

// reference is an entry as FHIR has it (IHE MHD, DocumentEntry mapping), about the subject.
func (e *Entry) reference(subject *model.Reference, relations []model.RelatesTo) *model.DocumentReference {
	in := &contained{}
	d := &model.DocumentReference{
		MasterIdentifier: master(e.UniqueID), Description: e.Comments, Created: model.When(Moment(e.Created)),
		Type: concept(e.Type), Security: codes(e.Confidentiality), RelatesTo: relations,
	}
	d.ResourceType, d.ID, d.Subject, d.Status = "DocumentReference", e.name(), subject, e.status()
	d.Meta = e.meta()
	d.Identifier, d.Extension = e.identifiers(), e.extensions()
	if e.Class != nil {
		d.Class = []model.Concept{*concept(e.Class)}
	}
	for _, a := range e.Authors {
		d.Author = append(d.Author, in.authors(a)...)
	}
	if e.Authenticator != "" {
		who := in.person(e.Authenticator)
		d.Authenticator = &who
	}
	d.Content = []model.DocumentContent{{Attachment: e.attachment(), Format: coding(e.Format)}}
	d.Context = e.context(in)
	d.Contained = in.list
	return d
}

// name is what the document is known by through all amendments of its entry.
func (e *Entry) name() string {
	for _, id := range []string{e.UniqueID, e.Logical, e.ID} {
		if id != "" {
			return id
		}
	}
	sum := sha256.Sum256(e.Source) // one that names itself nowhere is known by what it says
	return "entry-" + hex.EncodeToString(sum[:16])
}

func (e *Entry) status() string {
	switch e.Status {
	case "Approved":
		return "current"
	case "Deprecated":
		return "superseded"
	}
	return e.Status
}

// meta says in which system the document is held, and how confidential it is.
func (e *Entry) meta() *model.Meta {
	m := &model.Meta{VersionID: e.Version}
	if e.Repository != "" {
		m.Source = urn(e.Repository)
	}
	for _, c := range e.Confidentiality {
		m.Security = append(m.Security, *coding(&c))
	}
	return m
}

func (e *Entry) identifiers() []model.Identifier {
	var out []model.Identifier
	for _, id := range words(e.ID, e.Logical) {
		if len(out) == 0 || out[0].Value != id {
			out = append(out, model.Identifier{System: uriSystem, Value: id})
		}
	}
	return out
}

func (e *Entry) extensions() []model.Extension {
	var out []model.Extension
	if e.Repository != "" {
		out = append(out, model.Extension{URL: repositoryExtension, Value: model.TextValue("Uri", e.Repository)})
	}
	if e.Home != "" {
		out = append(out, model.Extension{URL: communityExtension, Value: model.TextValue("Uri", e.Home)})
	}
	return out
}

// master is the document's own id, an OID mostly.
func master(id string) *model.Identifier {
	switch {
	case id == "":
		return nil
	case plainOID.MatchString(id):
		return &model.Identifier{System: uriSystem, Value: urn(id)}
	}
	return &model.Identifier{Value: id}
}

func urn(id string) string {
	if plainOID.MatchString(id) {
		return "urn:oid:" + id
	}
	return id
}

func (e *Entry) attachment() *model.Attachment {
	a := &model.Attachment{
		ContentType: e.MediaType, Language: e.Language, Title: e.Title, Creation: model.When(Moment(e.Created)),
		Hash: hash(e.Hash), Size: model.Number(e.Size),
	}
	if k, ok := e.Key(); ok {
		a.URL = "urn:xds:" + strings.Join([]string{k.Home, k.Repository, k.Document}, "|")
	}
	if e.OnDemand { // what is listed is of the document that would be made
		a.Hash, a.Size = "", ""
	}
	return a
}

// hash writes the SHA-1 of a document as FHIR does. What is none stays as it is.
func hash(text string) string {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) == 0 {
		return text
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (e *Entry) context(in *contained) *model.DocumentContext {
	c := &model.DocumentContext{
		Event: codes(e.Events), FacilityType: concept(e.Facility), PracticeSetting: concept(e.Setting), SourcePatient: e.sourcePerson(in),
	}
	if e.From != "" || e.To != "" {
		c.Period = &model.Period{Start: model.When(Moment(e.From)), End: model.When(Moment(e.To))}
	}
	for _, text := range e.References {
		id := ParseID(text)
		c.Related = append(c.Related, model.RelatedID{Reference: model.Reference{
			Identifier: &model.Identifier{System: system(id.Authority), Value: id.Value},
		}})
	}
	return c
}

// sourcePerson is whom the document's source took it to be about. A number that is no NHS
// number cannot name anybody.
func (e *Entry) sourcePerson(in *contained) *model.Reference {
	p := &model.Patient{BirthDate: model.When(Moment(e.SourceBirth))}
	for _, id := range e.SourcePatient {
		if id.IsNHSNumber() && id.Number() == "" {
			continue
		}
		p.Identifier = append(p.Identifier, id.identifier())
	}
	if len(p.Identifier) == 0 && p.BirthDate == "" {
		return nil
	}
	ref := in.add("Patient", p)
	return &ref
}

func (i ID) identifier() model.Identifier {
	return model.Identifier{System: system(i.Authority), Value: i.Value}
}

func coding(c *Code) *model.Coding {
	if c == nil {
		return nil
	}
	return &model.Coding{System: system(c.System), Code: c.Code, Display: c.Display}
}

func concept(c *Code) *model.Concept {
	if c == nil {
		return nil
	}
	return &model.Concept{Coding: []model.Coding{*coding(c)}}
}

func codes(list []Code) []model.Concept {
	var out []model.Concept
	for i := range list {
		out = append(out, *concept(&list[i]))
	}
	return out
}
