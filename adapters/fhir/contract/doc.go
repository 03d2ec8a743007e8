// Package contract turns FHIR data types, as package model holds them, into the
// messages of the contract lhcr.v1. It decides nothing about a resource: what a
// date, a concept or a quantity says is carried over, and only what the contract
// defines is derived (the precision of a date, the words to show of a concept).
//
// Every function takes absence for absence: nil or empty in, nil out.
package contract
