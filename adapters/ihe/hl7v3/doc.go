// Package hl7v3 asks patient indexes by HL7 version 3 who a person is to a region: PIX V3
// (IHE ITI-45), which gives the ids of another domain, and XCPD (ITI-55), which gives the ids
// and demographics of another community.
//
// Sources: IHE ITI TF-2 ITI-45, ITI-55; HL7 V3 PRPA_IN201309UV02, …310, …305, …306, MCCI and QUQI.
package hl7v3
