package model

// List groups resources: a section of a GP record, a consultation's topics.
type List struct {
	Head
	Mode        string       `fhir:"mode"`
	Title       string       `fhir:"title"`
	Code        *Concept     `fhir:"code"`
	Encounter   *Reference   `fhir:"encounter"`
	Date        When         `fhir:"date"`
	Source      *Reference   `fhir:"source"`
	OrderedBy   *Concept     `fhir:"orderedBy"`
	Note        []Annotation `fhir:"note"`
	Entry       []ListEntry  `fhir:"entry"`
	EmptyReason *Concept     `fhir:"emptyReason"`
}

// ListEntry is one line of a list.
type ListEntry struct {
	Flag    *Concept   `fhir:"flag"`
	Deleted Bool       `fhir:"deleted"`
	Date    When       `fhir:"date"`
	Item    *Reference `fhir:"item"`
}

// Composition is a document's frame.
type Composition struct {
	Head
	Type       *Concept    `fhir:"type"`
	Class      []Concept   `fhir:"category|class"`
	Encounter  *Reference  `fhir:"encounter"`
	Date       When        `fhir:"date"`
	Author     []Reference `fhir:"author"`
	Title      string      `fhir:"title"`
	Confidence string      `fhir:"confidentiality"`
	Custodian  *Reference  `fhir:"custodian"`
	RelatesTo  []RelatesTo `fhir:"relatesTo"`
	Section    []Section   `fhir:"section"`
}

// Section is a part of a document, with its narrative and what it points at.
type Section struct {
	Title       string      `fhir:"title"`
	Code        *Concept    `fhir:"code"`
	Author      []Reference `fhir:"author"`
	Text        *Narrative  `fhir:"text"`
	Entry       []Reference `fhir:"entry"`
	EmptyReason *Concept    `fhir:"emptyReason"`
	Section     []Section   `fhir:"section"`
}

// RelatesTo links a document to another.
type RelatesTo struct {
	Code   string      `fhir:"code"`
	Target *Reference  `fhir:"target|targetReference"`
	ID     *Identifier `fhir:"targetIdentifier"`
}

// DocumentReference is an entry of a document index.
type DocumentReference struct {
	Head
	MasterIdentifier *Identifier       `fhir:"masterIdentifier"`
	DocStatus        string            `fhir:"docStatus"`
	Type             *Concept          `fhir:"type"`
	Class            []Concept         `fhir:"category|class"`
	Created          When              `fhir:"created"` // STU3
	Indexed          When              `fhir:"date|indexed"`
	Author           []Reference       `fhir:"author"`
	Authenticator    *Reference        `fhir:"authenticator"`
	Custodian        *Reference        `fhir:"custodian"`
	RelatesTo        []RelatesTo       `fhir:"relatesTo"`
	Description      string            `fhir:"description"`
	Security         []Concept         `fhir:"securityLabel"`
	Content          []DocumentContent `fhir:"content"`
	Context          *DocumentContext  `fhir:"context"`
}

// DocumentContent is where and in which form a document is held.
type DocumentContent struct {
	Attachment *Attachment `fhir:"attachment"`
	Format     *Coding     `fhir:"format"`
	Extension  []Extension `fhir:"extension"`
}

// DocumentContext is the care that a document came from.
type DocumentContext struct {
	Encounter       []Reference `fhir:"encounter"`
	Event           []Concept   `fhir:"event"`
	Period          *Period     `fhir:"period"`
	FacilityType    *Concept    `fhir:"facilityType"`
	PracticeSetting *Concept    `fhir:"practiceSetting"`
	SourcePatient   *Reference  `fhir:"sourcePatientInfo"`
	Related         []RelatedID `fhir:"related"`
}

// RelatedID is something a document relates to: R4 writes a Reference, STU3 a
// pair of identifier and `ref`.
type RelatedID struct {
	Reference
	Ref *Reference `fhir:"ref"`
}

// Binary is content. Data is base64 as sent (STU3 calls it `content`).
type Binary struct {
	Head
	ContentType string     `fhir:"contentType"`
	Data        string     `fhir:"data|content"`
	Context     *Reference `fhir:"securityContext"`
}
