package cda

import (
	"errors"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// ErrNotCDA says that XML came which is no clinical document and no section of one.
var ErrNotCDA = errors.New("cda: the document is XML, but no clinical document (CDA)")

// MediaType is that of a clinical document and of its entries.
const MediaType = "text/xml"

// Options say how a document is read.
type Options struct {
	// Limits bound the document; a zero takes 8 MiB, 128 elements deep, 400,000 elements.
	Limits xmltree.Limits
	// NHSNumberRoots are the OIDs under which an identifier is an NHS number. Nil takes NHS England's two: the number,
	// and the number that was not traced.
	NHSNumberRoots []string
	// Listed are the identifiers by which an index listed the document; they become the document's own.
	Listed []model.Identifier
	// Sections are those that the document answers. Empty stands for all that are asked for.
	Sections []lhcrv1.Section
	// LettersNoted says that the caller itself tells of each document that is Unstructured, as of any letter that nobody
	// reads for entries. Without it such a document's payload leaves a gap of each section that it answers.
	LettersNoted bool
}

// The OIDs of the NHS number (NHS England, ITK identifiers).
const (
	rootNHSNumber         = "2.16.840.1.113883.2.1.4.1"
	rootNHSNumberUntraced = "2.16.840.1.113883.2.1.3.2.4.18.23"
)

func (o Options) withDefaults() Options {
	if o.Limits.Bytes == 0 {
		o.Limits.Bytes = 8 << 20
	}
	if o.Limits.Elements == 0 {
		o.Limits.Elements = 400_000
	}
	if o.NHSNumberRoots == nil {
		o.NHSNumberRoots = []string{rootNHSNumber, rootNHSNumberUntraced}
	}
	return o
}

// Document is a clinical document that was read.
type Document struct {
	options  Options
	bundle   *model.Bundle
	facts    Facts
	replaces []model.Identifier
	content  *Content
	letter   bool
}

// Facts count what a document held.
type Facts struct {
	// Sections counts the sections of its body, nested ones among them.
	Sections int
	// Entries counts the clinical statements that stand directly in sections.
	Entries int
	// Resources counts what was made: each ends as an item, as supporting one, or as reported.
	Resources int
	// Unknown counts the entries that are of no act of the standard. They are reported.
	Unknown int
}

// Read reads a document, or a section alone, as implementation guides publish them. It keeps body, which must not be
// changed. The errors are ErrNotCDA and those of package xmltree; none holds anything of the document.
func Read(body []byte, o Options) (*Document, error) {
	o = o.withDefaults()
	root, err := xmltree.Parse(body, o.Limits)
	if err != nil {
		return nil, err
	}
	bare := root.Space == ""
	if !bare && root.Space != spaceCDA || bare && isDocument(root) && isNamespaced(root) {
		return nil, ErrNotCDA // a part of a document, as guides publish it, may have any mixture of the two
	}
	settle(root, bare)
	if !isDocument(root) && firstSection(root) == nil {
		return nil, ErrNotCDA
	}
	r := newReader(body, root, o)
	r.document()
	return &Document{options: o, bundle: r.bundle, facts: r.facts, replaces: r.replaces, content: r.content, letter: r.letter}, nil
}

func isDocument(e *xmltree.Element) bool { return e.Local == "ClinicalDocument" }

// firstSection finds the section of a part of a document: the root, or what its components hold.
func firstSection(root *xmltree.Element) *xmltree.Element {
	for e := root; e != nil; {
		switch e.Local {
		case "section":
			return e
		case "component":
			e = e.Child("section")
		case "structuredBody":
			e = e.At("component", "section")
		default:
			return nil
		}
	}
	return nil
}

// Payload is the document for the reader of adapters/fhir.
func (d *Document) Payload() fhir.Payload {
	frame := model.Contained{Resource: d.bundle}
	return fhir.Payload{
		Read: &decode.Payload{Resources: []model.Contained{frame}}, MediaType: MediaType,
		FromDocument: true, Sections: d.options.Sections,
	}
}

// Unstructured reports a document of which something was not read for entries: its body is of another format than
// sections (see Content), or it has no section at all. That nothing came of it says nothing.
func (d *Document) Unstructured() bool { return d.letter }

// Facts count what the document held.
func (d *Document) Facts() Facts { return d.facts }

// Replaces are the documents that this one says it replaces (CDA R2, relatedDocument RPLC).
func (d *Document) Replaces() []model.Identifier { return d.replaces }

// Content is the body of a document that has no sections: of another format inside of it, or somewhere else. False for
// a structured document.
func (d *Document) Content() (Content, bool) {
	if d.content == nil {
		return Content{}, false
	}
	return *d.content, true
}

// Is reports bytes that begin like a clinical document: XML of that root, in whatever namespace.
func Is(body []byte) bool {
	root, err := xmltree.Root(body)
	return err == nil && root.Local == "ClinicalDocument"
}
