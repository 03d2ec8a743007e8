package fault

// The IHE kinds break what only systems that exchange documents over SOAP can break. They befall no FHIR call.
const (
	// SOAPFault answers HTTP 500 with a SOAP fault of the receiver.
	SOAPFault Kind = "soap-fault"
	// MissingPart sends a retrieved document as a reference to an attachment that is not there.
	MissingPart Kind = "missing-part"
	// WrongHash sends a document that differs from what the registry states of it.
	WrongHash Kind = "wrong-hash"
	// TruncatedMultipart ends a multipart body within its last part, while the length of the HTTP body fits.
	TruncatedMultipart Kind = "truncated-multipart"
	// TooManyResults refuses whole entries and gives references to them only, as a registry may with long lists.
	TooManyResults Kind = "too-many-results"
)

// ContentType is what retrievals of documents are called in Call.ResourceType, over SOAP as in FHIR.
const ContentType = "Binary"

// IHEKinds lists the kinds that only IHE's SOAP transactions know; those of FHIRKinds befall them too.
func IHEKinds() []Kind {
	return []Kind{SOAPFault, MissingPart, WrongHash, TruncatedMultipart, TooManyResults}
}

// needsContent tells whether the kind breaks nothing but the retrieval of a document.
func (k Kind) needsContent() bool {
	return k == MissingPart || k == WrongHash || k == TruncatedMultipart
}
