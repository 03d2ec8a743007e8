package cda

import (
	"crypto/sha256"
	"encoding/hex"

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
	r.structured(c)
	r.nonXML()
}

// part reads a section that stands alone.
func (r *reader) part() {
	c := &model.Composition{}
	for _, s := range r.partSections() {
		r.section(c, &c.Section, s, heading{})
	}
	if len(c.Section) > 0 {
		r.add("Composition", c, r.root)
	}
}

func (r *reader) partSections() []*xmltree.Element {
	if r.root.Local == "structuredBody" {
		var out []*xmltree.Element
		for _, c := range r.root.Children("component") {
			out = append(out, c.Children("section")...)
		}
		return out
	}
	return []*xmltree.Element{firstSection(r.root)}
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
	for _, component := range r.root.Children("component") {
		for _, part := range component.At("structuredBody").Children("component") {
			for _, s := range part.Children("section") {
				r.section(c, &c.Section, s, heading{author: r.authors, meta: r.labels(r.root)})
			}
		}
	}
}
