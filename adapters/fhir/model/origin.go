package model

// Origin is what a document says around a resource that was read out of one of its entries (package cda): who stands
// behind the entry, where it stood, and what of it no element of the resource has a place for; or that it was made of
// no record. Resources that came as FHIR have none.
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
	// Supporting says that no record of the source is behind the resource: it was made of another answer (that of a
	// patient index) so that references lead to whom it was about. It is never an item.
	Supporting bool
}
