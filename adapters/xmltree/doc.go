// Package xmltree is the one reader of XML that comes from outside: FHIR XML, CDA documents, SOAP envelopes. It makes a
// tree of elements with their namespaces resolved and with the place in the source that each was read from.
//
// It is safe by refusing: a document type declaration or anything that declares an entity ends the reading, so there is
// nothing to expand and nothing to fetch; bytes, depth and elements are bounded. Its errors say what kind of thing went
// wrong and carry nothing of the document, for documents are about patients.
//
// Sources: Extensible Markup Language (XML) 1.0, fifth edition; Namespaces in XML 1.0, third edition.
package xmltree
