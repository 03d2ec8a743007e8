package xds

// Stored queries (IHE ITI TF-2, ITI-18).
const (
	queryFindDocuments = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
	queryGetDocuments  = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
)

// Kinds of document entries.
const (
	typeStable   = "urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1"
	typeOnDemand = "urn:uuid:34268e47-fdf5-41a6-ba33-82133c465248"
)

// Schemes of classifications and external identifiers of a document entry (IHE ITI TF-3, section 4.2.3.2).
const (
	schemeAuthor          = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
	schemeClass           = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
	schemeConfidentiality = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
	schemeEvent           = "urn:uuid:2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4"
	schemeFormat          = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
	schemeFacility        = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
	schemeSetting         = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
	schemeType            = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
	schemePatientID       = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
	schemeUniqueID        = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
)

const (
	statusApproved  = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved"
	returnLeafClass = "LeafClass"
	returnObjectRef = "ObjectRef"

	querySpace = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
	rimSpace   = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
	xdsSpace   = "urn:ihe:iti:xds-b:2007"

	uriSystem = "urn:ietf:rfc:3986"
)
