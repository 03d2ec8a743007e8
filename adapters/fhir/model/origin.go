package model

// Origin is what a document says around a resource that was read out of one of its entries (package cda): who stands
// behind the entry, where it stood, and what of it no element of the resource has a place for. Resources that came as
// FHIR have none.
type Origin struct {
	// Heading is the title of the section that the entry stood in.
	Heading string
	// Custodian is the organisation that keeps the document: the source of what is in it.
	Custodian *Reference
	// Authors are the entry's own, else those of what it stands in (CDA R2, context conduction).
	Authors []Reference
	// Recorded is when the entry's own author wrote it.
	Recorded When
	// Negated says that the entry did not happen or is not so (CDA negationInd).
	Negated bool
	// Notes are what else the entry says.
	Notes []Annotation
}
