// Package model holds the FHIR resources that the reader understands, one Go
// struct for a resource type, serving FHIR STU3 (Care Connect, GP Connect) and
// FHIR R4 (UK Core) at once: each struct is the union of both versions'
// elements, and only of those that the contract carries.
//
// The structs say nothing of JSON or XML. A decoder fills them through their
// `fhir` tags:
//
//	`fhir:"code"`            the element of that name
//	`fhir:"note|notes"`      either name (versions that renamed an element)
//	`fhir:"onset[x]"`        a choice of types: onsetDateTime, onsetAge, …
//	(embedded struct)        its elements stand in the outer one
//
// Absence is the zero value: an empty string, a nil pointer, a nil slice, an
// unset [Bool]. Methods on pointers accept nil, so that a chain of optional
// elements needs no checks.
//
// Leaf types keep what was recorded: dates their text ([When]), numbers their
// digits ([Number]), references their form ([Reference]). Nothing is converted.
package model
