// Package xds writes and reads the registry messages of IHE's document exchange: stored
// queries (XDS.b ITI-18, XCA ITI-38) and retrieval (ITI-43, ITI-39), and makes of document
// entries the FHIR DocumentReferences that package fhir reads, as IHE MHD maps the one to the
// other.
//
// A registry's answer of success can hold errors, and its words can name patients: what is
// passed on of an error is its code, if it is one of IHE's.
//
// Sources: IHE ITI TF-2 ITI-18, ITI-38, ITI-39, ITI-43; IHE ITI TF-3 section 4; OASIS ebXML
// RegRep 3.0; IHE MHD, DocumentEntry mappings.
package xds
