// Package decode fills the structs of package model from a payload.
//
// [JSON] reads a Bundle, Parameters, a lone resource, an array of resources or
// newline-delimited resources. It refuses a payload whole only when it is not
// JSON (or is cut short, or too large); everything else it takes as far as it
// can: an element of the wrong type is left out and reported as a [Problem],
// which names the element and the reason and never a value.
//
// What an element may be is compiled once from the struct tags of package model
// into plans, which know nothing of JSON. [Reader.XML] writes FHIR XML as FHIR JSON by
// the same plans and reads that, so that one record says the same in either format.
package decode
