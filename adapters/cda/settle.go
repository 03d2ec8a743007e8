package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// The namespaces of documents and of the types that their values name.
const (
	spaceCDA = "urn:hl7-org:v3"
	spaceXSI = "http://www.w3.org/2001/XMLSchema-instance"
)

// foreign stands before the name of an element of a namespace that is neither CDA's nor one of its extensions, so that
// nothing takes it for the standard's: it ends as words, or as reported.
const foreign = "other:"

// extensions are how the namespaces begin that extend CDA: HL7's (sdtc, pharm), IHE's, epSOS's, the NHS's. Read only.
var extensions = []string{"urn:hl7-org:", "urn:ihe:", "urn:oid:1.3.6.1.4.1.19376.", "urn:epsos-org:", "NPFIT:"}

// isExtension reports such a namespace, or a prefix that was never declared.
func isExtension(space string) bool {
	for _, start := range extensions {
		if strings.HasPrefix(space, start) {
			return true
		}
	}
	return space != "" && !strings.Contains(space, ":")
}

// settle puts a document in the order in which it is read: what is of another namespace is named so, what stands where
// the standard has no place for it gets the element around it that is missing, and truth values are written in one way.
// Bare says that the document has no namespace at all.
func settle(e *xmltree.Element, bare bool) {
	for i := range e.Attrs {
		settleAttr(&e.Attrs[i])
	}
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		if c == nil {
			continue
		}
		settleName(e, c, bare)
		if c.Local == "text" && e.Local == "section" {
			continue // people read it; its markup comes from anywhere
		}
		settle(c, bare)
		if around := missing(e.Local, c.Local); around != "" {
			e.Nodes[i].Element = wrapped(c, around)
		}
	}
}

func settleName(parent, e *xmltree.Element, bare bool) {
	switch {
	case e.Space == spaceCDA, bare && e.Space == "":
	case isExtension(e.Space) && !hasOwn(parent, e.Local):
	default:
		e.Local = foreign + e.Local
	}
}

// hasOwn reports an element with a child of that name in CDA's own namespace: an extension never stands for it.
func hasOwn(e *xmltree.Element, local string) bool {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && c.Local == local && c.Space == spaceCDA {
			return true
		}
	}
	return false
}

// settleAttr takes blanks off, and writes a truth value (BL) as "true" or "false" where it is one in other letters.
func settleAttr(a *xmltree.Attr) {
	if a.Space != "" || a.Value == "" {
		return
	}
	if a.Value[0] <= ' ' || a.Value[len(a.Value)-1] <= ' ' {
		a.Value = strings.TrimSpace(a.Value)
	}
	if !strings.HasSuffix(a.Local, "Ind") {
		return
	}
	switch strings.ToLower(a.Value) {
	case "true", "1":
		a.Value = "true"
	case "false", "0":
		a.Value = "false"
	}
}

// missing is the element that belongs between two; empty where they stand right.
func missing(parent, child string) string {
	switch {
	case parent == "ClinicalDocument" && (isPart(child) && child != "component" || isStatement(child)):
		return "component"
	case parent == "section" && isStatement(child):
		return "entry"
	case isStatement(parent) && isStatement(child):
		return "entryRelationship"
	}
	return ""
}

func wrapped(e *xmltree.Element, local string) *xmltree.Element {
	return &xmltree.Element{
		Name: xmltree.Name{Space: spaceCDA, Local: local}, Nodes: []xmltree.Node{{Element: e}}, Start: e.Start, End: e.End,
	}
}

// isStatement reports a clinical statement (CDA R2, section 4.3.6).
func isStatement(local string) bool {
	switch local {
	case "act", "observation", "organizer", "procedure", "substanceAdministration", "supply", "encounter", "observationMedia", "regionOfInterest":
		return true
	}
	return false
}

// isPart reports what the body of a document is made of.
func isPart(local string) bool {
	switch local {
	case "component", "structuredBody", "nonXMLBody", "section", "entry":
		return true
	}
	return false
}

// isNamespaced reports an element, or one inside of it, of CDA's namespace.
func isNamespaced(e *xmltree.Element) bool {
	if e.Space == spaceCDA {
		return true
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && isNamespaced(c) {
			return true
		}
	}
	return false
}
