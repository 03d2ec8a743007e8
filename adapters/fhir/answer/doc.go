// Package answer is one regional system's FHIR answer about one patient, read
// and indexed, before anything of it is mapped to the contract.
//
// It knows which resources came and keeps the account of them, resolves
// references in every form met in real records, reads lists and their warnings,
// the patients that came and whether each resource is about the one asked for,
// and the failures hidden inside a success.
//
// An Answer is built by one goroutine and read by one goroutine.
package answer
