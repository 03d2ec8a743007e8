package patients

// Hazard is one way in which a record can mislead its reader.
type Hazard string

// The hazards that the patients show between them.
const (
	// PartialShownAsComplete: a provider failed, the answer is 200 all the same.
	PartialShownAsComplete Hazard = "partial-shown-as-complete"
	// ItemReplacedByOutcome: one item failed validation and an OperationOutcome stands in its place.
	ItemReplacedByOutcome Hazard = "item-replaced-by-outcome"
	// DataImpairment: a warning of severity information, which is no failure.
	DataImpairment Hazard = "data-impairment"
	// EmptyReadAsNone: an empty list with a warning, or with no reason for being empty.
	EmptyReadAsNone Hazard = "empty-read-as-none"
	// PartialAllergyList: the list names allergies that are not in the answer.
	PartialAllergyList Hazard = "partial-allergy-list"
	// ResolvedAllergy: an ended allergy, contained in its list or marked resolved.
	ResolvedAllergy Hazard = "resolved-allergy"
	// DegradedCode: the code says that it could not be understood; the content is in the text.
	DegradedCode Hazard = "degraded-code"
	// WrongPatientNumber: the answer's patient carries another NHS number.
	WrongPatientNumber Hazard = "wrong-patient-number"
	// WrongPatientItem: an item's subject is another patient.
	WrongPatientItem Hazard = "wrong-patient-item"
	// BirthDateMismatch: the answer's patient has another date of birth.
	BirthDateMismatch Hazard = "birth-date-mismatch"
	// SupersededNumber: the NHS number was replaced by another.
	SupersededNumber Hazard = "superseded-number"
	// LinkedRecords: one person is several Patient resources.
	LinkedRecords Hazard = "linked-records"
	// DuplicateSameIdentifier: one prescription in two regions, by business identifier and source organisation.
	DuplicateSameIdentifier Hazard = "duplicate-same-identifier"
	// DuplicateHidesDifference: the same drug in both regions in different doses.
	DuplicateHidesDifference Hazard = "duplicate-hides-difference"
	// DoseDisagrees: dosage text and structure say different things.
	DoseDisagrees Hazard = "dose-text-and-structure-disagree"
	// OddUnit: a unit whose words and code differ, or that has no code.
	OddUnit Hazard = "unit-changed"
	// CodingsDisagree: the codings of one concept name different strengths.
	CodingsDisagree Hazard = "codings-disagree"
	// PartialDates: dates of year or month precision only.
	PartialDates Hazard = "date-precision"
	// EnteredInError: an item was retracted at its source.
	EnteredInError Hazard = "entered-in-error"
	// ExpiredStop: a stopped plan whose stop reason is the placeholder "Expired".
	ExpiredStop Hazard = "expired-shown-as-stopped"
	// AssertedNone: no known allergy, asserted in a whole list.
	AssertedNone Hazard = "asserted-none"
	// NoKnownDrugAllergy: the assertion covers drugs only.
	NoKnownDrugAllergy Hazard = "no-known-drug-allergy"
	// AllergyBesideEmptyList: an active allergy stands in no list, and the list says that it is empty.
	AllergyBesideEmptyList Hazard = "allergy-beside-empty-list"
	// AllergyInFlag: an allergy is recorded as a flag only.
	AllergyInFlag Hazard = "allergy-in-flag"
	// NarrativeMedicines: discharge medicines in XHTML only.
	NarrativeMedicines Hazard = "narrative-medicines"
	// Confidential: an item is labelled NOPAT, not to be shown to the patient.
	Confidential Hazard = "confidential-nopat"
	// Restricted: the patient's record is restricted and has no address.
	Restricted Hazard = "restricted-patient"
	// DocumentContent: a document whose content is a Binary.
	DocumentContent Hazard = "document-binary"
	// DocumentWrongPatient: a document reference names another patient.
	DocumentWrongPatient Hazard = "document-wrong-patient"
	// NothingRecorded: the patient is known and nothing else is.
	NothingRecorded Hazard = "nothing-recorded"
	// VeryLargeRecord: three megabytes and more.
	VeryLargeRecord Hazard = "very-large-record"
	// AwkwardShapes: an object where an array is due, a code where a CodeableConcept is due.
	AwkwardShapes Hazard = "awkward-shapes"
	// UnknownResourceType: a resource type that no reader knows.
	UnknownResourceType Hazard = "unknown-resource-type"
	// DanglingReference: a reference that leads nowhere, though nothing says so.
	DanglingReference Hazard = "dangling-reference"
)

// The hazards of regions that exchange documents.
const (
	// AllergyInDocument: an allergy that stands in a document and in no other record of the patient.
	AllergyInDocument Hazard = "allergy-in-document"
	// DocumentReplaced: a document whose place another took, with other content.
	DocumentReplaced Hazard = "document-replaced"
	// DocumentRestricted: documents of restricted and very restricted confidentiality.
	DocumentRestricted Hazard = "document-restricted"
	// DocumentWordsOnly: a CDA document that says everything in words and codes nothing.
	DocumentWordsOnly Hazard = "document-words-only"
	// DocumentWrongHash: a document that differs from the hash that the registry states.
	DocumentWrongHash Hazard = "document-wrong-hash"
	// DocumentBroken: a document that is not what its media type says.
	DocumentBroken Hazard = "document-broken"
	// DocumentOfAnother: a document listed for one patient whose content is about another.
	DocumentOfAnother Hazard = "document-content-of-another"
	// DocumentLost: a document that the registry lists and the repository cannot give.
	DocumentLost Hazard = "document-lost"
	// DocumentTooLarge: a document of more than eight megabytes.
	DocumentTooLarge Hazard = "document-too-large"
	// ManyDocuments: more documents than are read, and the oldest alone names an allergy.
	ManyDocuments Hazard = "many-documents"
	// NoDocuments: the exchange knows the patient and holds no document.
	NoDocuments Hazard = "no-documents"
	// IndexOnly: the patient index knows the patient, the exchange never saw them.
	IndexOnly Hazard = "known-to-index-only"
)

// Hazards lists every hazard.
func Hazards() []Hazard {
	return []Hazard{
		PartialShownAsComplete, ItemReplacedByOutcome, DataImpairment, EmptyReadAsNone, PartialAllergyList,
		ResolvedAllergy, DegradedCode, WrongPatientNumber, WrongPatientItem, BirthDateMismatch, SupersededNumber,
		LinkedRecords, DuplicateSameIdentifier, DuplicateHidesDifference, DoseDisagrees, OddUnit, CodingsDisagree,
		PartialDates, EnteredInError, ExpiredStop, AssertedNone, NoKnownDrugAllergy, AllergyBesideEmptyList,
		AllergyInFlag, NarrativeMedicines, Confidential, Restricted, DocumentContent, DocumentWrongPatient,
		NothingRecorded, VeryLargeRecord, AwkwardShapes, UnknownResourceType, DanglingReference,
		AllergyInDocument, DocumentReplaced, DocumentRestricted, DocumentWordsOnly, DocumentWrongHash, DocumentBroken,
		DocumentOfAnother, DocumentLost, DocumentTooLarge, ManyDocuments, NoDocuments, IndexOnly,
	}
}
