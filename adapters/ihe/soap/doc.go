// Package soap writes and reads the SOAP messages of IHE's web services: SOAP 1.2 with
// WS-Addressing, plain or as MTOM, which is one XML part and the documents beside it.
//
// What is read is told by what it is, not by how it is labelled: content types of real
// services are often wrong. An answer of SOAP 1.1 is read like one of 1.2. Whatever cannot be
// read is an [*Error] of few words that carries nothing of the answer.
//
// Sources: SOAP 1.2 part 1; Web Services Addressing 1.0; SOAP Message Transmission
// Optimization Mechanism; XML-binary Optimized Packaging; RFC 2387; IHE ITI TF-2 appendix V.
package soap
