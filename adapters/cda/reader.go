package cda

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// reader makes the resources of one document. It is used once, by one goroutine.
type reader struct {
	options  Options
	body     []byte
	root     *xmltree.Element
	bundle   *model.Bundle
	facts    Facts
	replaces []model.Identifier
	content  *Content

	urn  string // what the addresses of this document's resources begin with
	made uint32
	// patient is whom the document is about; nil when it names nobody, or several.
	patient *model.Reference
	// patientIDs are the patient's own, by which an informant is known to be the patient.
	patientIDs map[idKey]bool
	custodian  *model.Reference
	authors    []model.Reference
	actors     map[string]*model.Reference // by their bytes
	named      map[idKey]*model.Reference
	words      wordings
	withheld   bool // it was said that something was taken out
	letter     bool // the body has no sections, or has another format beside them
}

func newReader(body []byte, root *xmltree.Element, o Options) *reader {
	return &reader{
		options: o, body: body, root: root, bundle: &model.Bundle{Type: "document"}, urn: urnOf(body),
		patientIDs: map[idKey]bool{}, actors: map[string]*model.Reference{},
		named: map[idKey]*model.Reference{}, words: wordings{root: root},
	}
}

// urnOf begins the addresses of a document's resources: unlike those of any other document of an answer, and the same
// whenever the same bytes are read.
func urnOf(body []byte) string {
	sum := sha256.Sum256(body)
	h := hex.EncodeToString(sum[:12])
	return "urn:uuid:" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:24]
}

func (r *reader) address(n uint32) string {
	b := []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}
	return r.urn + hex.EncodeToString(b)
}

// nobodyHere is an address of this document that no resource of it has.
func (r *reader) nobodyHere() *model.Reference {
	return &model.Reference{Reference: r.address(^uint32(0))}
}

// add takes a resource that was read from an element, and gives the reference to it.
func (r *reader) add(resourceType string, resource model.Resource, from *xmltree.Element) *model.Reference {
	resource.Header().ResourceType = resourceType
	r.made++
	full := r.address(r.made)
	r.bundle.Entry = append(r.bundle.Entry, model.BundleEntry{
		FullURL: full, Resource: model.Contained{Resource: resource, Source: from.Source(r.body)},
	})
	r.facts.Resources++
	return &model.Reference{Reference: full}
}

// document reads all there is. The document's own resource stands first, as FHIR has it, and is filled last.
func (r *reader) document() {
	if !isDocument(r.root) {
		r.part()
		return
	}
	c := &model.Composition{}
	r.add("Composition", c, r.root)
	r.bundle.Entry[0].Resource.Source = r.headSource()
	r.header(c)
	if r.root.Space == "" {
		c.Origin.Notes = append(c.Origin.Notes, model.Annotation{Text: "the document does not say that it is CDA (no namespace)"})
	}
	r.structured(c)
	r.unstructured()
}

// part reads a section that stands alone.
func (r *reader) part() {
	c := &model.Composition{}
	if r.root.Local == "section" {
		r.section(c, &c.Section, r.root, heading{})
	} else {
		r.bodyPart(c, r.root, heading{})
	}
	if len(c.Section) > 0 {
		r.add("Composition", c, r.root)
	}
}

// headSource is the document's own bytes without its body: its entries carry theirs.
func (r *reader) headSource() []byte {
	source := r.root.Source(r.body)
	for _, c := range r.root.Children("component") {
		if c.Start > r.root.Start && c.Start-r.root.Start <= len(source) {
			return source[: c.Start-r.root.Start : c.Start-r.root.Start]
		}
	}
	return source
}

// structured reads the sections of the body.
func (r *reader) structured(c *model.Composition) {
	h := heading{author: r.authors, meta: r.labels(r.root)}
	for i := range r.root.Nodes {
		x := r.root.Nodes[i].Element
		switch {
		case x == nil:
		case x.Local == "component":
			r.bodyPart(c, x, h)
		case strings.HasPrefix(x.Local, foreign) && isPart(strings.TrimPrefix(x.Local, foreign)):
			r.unread(x, scope{heading: h})
		}
	}
}

// bodyPart reads a part of the body, however its parts stand in each other. Entries of no section are in one without a
// name.
func (r *reader) bodyPart(c *model.Composition, e *xmltree.Element, h heading) {
	if isMasked(e) {
		r.withhold(e)
	}
	var stray model.Section
	h.list = &stray.Entry
	for i := range e.Nodes {
		x := e.Nodes[i].Element
		switch {
		case x == nil:
		case x.Local == "section":
			r.section(c, &c.Section, x, h)
		case x.Local == "component", x.Local == "structuredBody":
			r.bodyPart(c, x, h)
		case x.Local == "nonXMLBody":
			r.nonXML(x)
		case x.Local == "entry", isStatement(x.Local):
			r.entry(x, h)
		case holdsClinical(x):
			r.unread(x, scope{heading: h})
		}
	}
	if len(stray.Entry) > 0 {
		c.Section = append(c.Section, stray)
	}
}

// unstructured reports the body of a document that has no section and no entry: what it says, nobody has read. It might
// be anything that the document was asked for.
func (r *reader) unstructured() {
	if r.facts.Sections+r.facts.Entries > 0 && r.content == nil {
		return
	}
	r.letter = true
	if r.withheld || r.options.LettersNoted {
		return
	}
	r.add("UnreadBody", &model.Other{Head: model.Head{Subject: r.patient}}, r.root)
}
