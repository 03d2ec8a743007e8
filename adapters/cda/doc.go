// Package cda reads clinical documents (HL7 Clinical Document Architecture, Release 2) into the resources that the one
// mapping of adapters/fhir makes items of: the document itself, the narratives of its sections, and its coded entries.
// It knows the entries of HL7's Consolidated CDA, of IHE Patient Care Coordination and of the older Continuity of Care
// Document by their templates, and any other by its section, its act and its mood.
//
// What it promises:
//
//   - nothing is fetched and nothing is expanded: package xmltree reads the bytes, a document type declaration ends it;
//   - an entry is never skipped: it becomes an item, a part of one, or is reported with a count;
//   - what of an entry has no place in a resource stands beside the item as a note;
//   - what did not happen or is not so (negationInd), and what was taken back (statusCode nullified), never reads as a fact;
//   - an entry whose subject is another person is never an item of the document's patient;
//   - times, digits, units and codes stay as they were sent.
//
// Sources: HL7 CDA R2 (2005), with its data types R1; C-CDA 2.1; IHE PCC Technical Framework, volume 2; IHE Laboratory
// Report (XD-LAB); NHS England's ITK CDA documents for identifiers.
package cda
