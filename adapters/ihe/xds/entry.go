package xds

import (
	"reflect"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Code is one code of a document entry.
type Code struct{ Code, System, Display string }

// Author is one author of a document, as recorded: names of HL7 v2 (XCN, XON) or plain words.
type Author struct {
	Persons, Institutions, Roles, Specialties []string
}

// Entry is the metadata of one document (XDSDocumentEntry).
type Entry struct {
	// ID is the entry's own; Logical stays through amendments of the metadata.
	ID, Logical string
	// Home is the community's id as sent. Empty within one affinity domain.
	Home string
	// OnDemand says that the document is made when it is fetched.
	OnDemand bool
	// Status is Approved or Deprecated, or another word as sent.
	Status string
	// MediaType of the document.
	MediaType string
	// Title and Comments are the entry's name and description.
	Title, Comments string
	// Patient is whose document it is.
	Patient ID
	// UniqueID is the document's own.
	UniqueID string
	// Version is that of the entry.
	Version string
	// Authors, and what is coded.
	Authors                                []Author
	Class, Type, Format, Facility, Setting *Code
	Confidentiality, Events                []Code
	// Created, From and To are times of HL7 v2, as sent.
	Created, From, To string
	// Hash, Size and Language are as sent.
	Hash, Size, Language string
	// Repository is the unique id of the repository that holds the document.
	Repository string
	// Authenticator is who legally authenticated it (XCN).
	Authenticator string
	// SourcePatient are whose document it is as its source knows the person: ids, and a
	// birth date of HL7 v2.
	SourcePatient []ID
	SourceBirth   string
	// References are ids of what the document relates to (CXi).
	References []string
	// Source is the entry as it was sent.
	Source []byte
}

// Key names the document, and says whether it can be retrieved.
func (e *Entry) Key() (Key, bool) {
	k := Key{Home: e.Home, Repository: e.Repository, Document: e.UniqueID}
	return k, k.Repository != "" && k.Document != ""
}

// Same says that another entry says wholly the same, in whatever bytes.
func (e *Entry) Same(other *Entry) bool {
	a, b := *e, *other
	a.Source, b.Source = nil, nil
	return reflect.DeepEqual(a, b)
}

// readEntry reads an ExtrinsicObject; nil for one that is no document.
func readEntry(x *xmltree.Element, data []byte) *Entry {
	kind := x.Attr("objectType")
	if kind != typeStable && kind != typeOnDemand && kind != "" {
		return nil
	}
	e := &Entry{
		ID: x.Attr("id"), Logical: x.Attr("lid"), Home: strings.TrimSpace(x.Attr("home")), OnDemand: kind == typeOnDemand,
		Status: lastPart(x.Attr("status")), MediaType: strings.TrimSpace(x.Attr("mimeType")),
		Title: localized(x.Child("Name")), Comments: localized(x.Child("Description")),
		Version: x.Child("VersionInfo").Attr("versionName"), Source: x.Source(data),
	}
	for _, s := range x.Children("Slot") {
		e.slot(s.Attr("name"), values(s))
	}
	for _, c := range x.Children("Classification") {
		e.classify(c)
	}
	for _, i := range x.Children("ExternalIdentifier") {
		switch i.Attr("identificationScheme") {
		case schemePatientID:
			e.Patient = ParseID(i.Attr("value"))
		case schemeUniqueID:
			e.UniqueID = strings.TrimSpace(i.Attr("value"))
		}
	}
	return e
}

// lastPart is what stands behind the last colon of a URN.
func lastPart(urn string) string {
	urn = strings.TrimSpace(urn)
	return urn[strings.LastIndexByte(urn, ':')+1:]
}

// localized is the first text of a name or description.
func localized(e *xmltree.Element) string {
	for _, s := range e.Children("LocalizedString") {
		if v := s.Attr("value"); v != "" {
			return v
		}
	}
	return ""
}

func values(slot *xmltree.Element) []string {
	var out []string
	for _, v := range slot.Child("ValueList").Children("Value") {
		if text := strings.TrimSpace(v.Text()); text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (e *Entry) slot(name string, list []string) {
	if len(list) == 0 {
		return
	}
	switch name {
	case "creationTime":
		e.Created = list[0]
	case "serviceStartTime":
		e.From = list[0]
	case "serviceStopTime":
		e.To = list[0]
	case "hash":
		e.Hash = list[0]
	case "size":
		e.Size = list[0]
	case "languageCode":
		e.Language = list[0]
	case "repositoryUniqueId":
		e.Repository = list[0]
	case "legalAuthenticator":
		e.Authenticator = list[0]
	case "sourcePatientId":
		e.sourceIDs(list[0])
	case "sourcePatientInfo":
		e.sourcePatient(list)
	case "urn:ihe:iti:xds:2013:referenceIdList":
		e.References = list
	}
}

// sourcePatient reads the fields of the segment PID that an entry carries ("PID-3|…").
func (e *Entry) sourcePatient(list []string) {
	for _, field := range list {
		name, value, _ := strings.Cut(field, "|")
		switch strings.TrimSpace(name) {
		case "PID-3":
			e.sourceIDs(strings.Split(value, "~")...)
		case "PID-7":
			e.SourceBirth = components(value).at(0)
		}
	}
}

func (e *Entry) sourceIDs(list ...string) {
	for _, text := range list {
		if id := ParseID(text); id.Value != "" {
			e.SourcePatient = append(e.SourcePatient, id)
		}
	}
}

func (e *Entry) classify(c *xmltree.Element) {
	code := readCode(c)
	switch c.Attr("classificationScheme") {
	case schemeAuthor:
		e.Authors = append(e.Authors, readAuthor(c))
	case schemeClass:
		e.Class = code
	case schemeType:
		e.Type = code
	case schemeFormat:
		e.Format = code
	case schemeFacility:
		e.Facility = code
	case schemeSetting:
		e.Setting = code
	case schemeConfidentiality:
		e.Confidentiality = append(e.Confidentiality, *code)
	case schemeEvent:
		e.Events = append(e.Events, *code)
	}
}

func readCode(c *xmltree.Element) *Code {
	code := &Code{Code: strings.TrimSpace(c.Attr("nodeRepresentation")), Display: localized(c.Child("Name"))}
	for _, s := range c.Children("Slot") {
		if v := values(s); s.Attr("name") == "codingScheme" && len(v) > 0 {
			code.System = v[0]
		}
	}
	return code
}

func readAuthor(c *xmltree.Element) Author {
	var a Author
	for _, s := range c.Children("Slot") {
		switch s.Attr("name") {
		case "authorPerson":
			a.Persons = values(s)
		case "authorInstitution":
			a.Institutions = values(s)
		case "authorRole":
			a.Roles = values(s)
		case "authorSpecialty":
			a.Specialties = values(s)
		}
	}
	return a
}

// Listed is what the entry says of the document's bytes. What is made when it is fetched has
// neither size nor hash before, and may say the hash of nothing; of bytes that are there that
// hash is as wrong as any.
func (e *Entry) Listed() adapters.ListedDocument {
	a := e.attachment()
	out := documents.Expected(a)
	if out.Size > 0 {
		out.Hash = a.Hash
	}
	return out
}

// ReadEntry reads an entry's own bytes again ([Entry.Source]).
func ReadEntry(source []byte) (*Entry, error) {
	x, err := xmltree.Parse(source, xmltree.Limits{})
	if err != nil || x.Local != "ExtrinsicObject" {
		return nil, ErrNotXDS
	}
	e := readEntry(x, source)
	if e == nil {
		return nil, ErrNotXDS
	}
	return e, nil
}
