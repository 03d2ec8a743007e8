package model

// Observation is a finding, a test result or a header that groups results.
type Observation struct {
	Head
	Category       []Concept        `fhir:"category"`
	Code           *Concept         `fhir:"code"`
	Focus          []Reference      `fhir:"focus"` // R4: what it is about, where that is not the subject
	Encounter      *Reference       `fhir:"encounter|context"`
	Effective      Value            `fhir:"effective[x]"`
	Issued         When             `fhir:"issued"`
	Performer      []Reference      `fhir:"performer"`
	Value          Value            `fhir:"value[x]"`
	Absent         *Concept         `fhir:"dataAbsentReason"`
	Interpretation []Concept        `fhir:"interpretation"`
	Comment        string           `fhir:"comment"` // STU3
	Note           []Annotation     `fhir:"note"`    // R4
	BodySite       *Concept         `fhir:"bodySite"`
	Method         *Concept         `fhir:"method"`
	Specimen       *Reference       `fhir:"specimen"`
	Device         *Reference       `fhir:"device"`
	Range          []ReferenceRange `fhir:"referenceRange"`
	Related        []Related        `fhir:"related"`   // STU3
	HasMember      []Reference      `fhir:"hasMember"` // R4
	DerivedFrom    []Reference      `fhir:"derivedFrom"`
	BasedOn        []Reference      `fhir:"basedOn"`
	PartOf         []Reference      `fhir:"partOf"`
	Component      []Component      `fhir:"component"`
}

// Related is STU3's link between observations; Type is has-member,
// derived-from, sequel-to, replaces, qualified-by or interfered-by, and absent
// in 36 published links.
type Related struct {
	Type   string     `fhir:"type"`
	Target *Reference `fhir:"target"`
}

// ReferenceRange says what is usual.
type ReferenceRange struct {
	Low       *Quantity `fhir:"low"`
	High      *Quantity `fhir:"high"`
	Type      *Concept  `fhir:"type"`
	AppliesTo []Concept `fhir:"appliesTo"`
	Age       *Range    `fhir:"age"`
	Text      string    `fhir:"text"`
}

// FromBare takes text that stands where a range is due.
func (r *ReferenceRange) FromBare(s string) { r.Text = s }

// Component is a part of an observation with a value of its own.
type Component struct {
	Code           *Concept         `fhir:"code"`
	Value          Value            `fhir:"value[x]"`
	Absent         *Concept         `fhir:"dataAbsentReason"`
	Interpretation []Concept        `fhir:"interpretation"`
	Range          []ReferenceRange `fhir:"referenceRange"`
}

// DiagnosticReport is a report of investigations.
type DiagnosticReport struct {
	Head
	BasedOn        []Reference  `fhir:"basedOn"`
	Category       []Concept    `fhir:"category"`
	Code           *Concept     `fhir:"code"`
	Encounter      *Reference   `fhir:"encounter|context"`
	Effective      Value        `fhir:"effective[x]"`
	Issued         When         `fhir:"issued"`
	Performer      []Agent      `fhir:"performer"`
	Interpreter    []Reference  `fhir:"resultsInterpreter"`
	Specimen       []Reference  `fhir:"specimen"`
	Result         []Reference  `fhir:"result"`
	ImagingStudy   []Reference  `fhir:"imagingStudy"`
	Media          []Media      `fhir:"media|image"`
	Conclusion     string       `fhir:"conclusion"`
	ConclusionCode []Concept    `fhir:"conclusionCode|codedDiagnosis"`
	Form           []Attachment `fhir:"presentedForm"`
}

// Media is a picture belonging to a report.
type Media struct {
	Comment string     `fhir:"comment"`
	Link    *Reference `fhir:"link"`
}

// Specimen is what was examined.
type Specimen struct {
	Head
	Accession  *Identifier  `fhir:"accessionIdentifier"`
	Type       *Concept     `fhir:"type"`
	Received   When         `fhir:"receivedTime"`
	Request    []Reference  `fhir:"request"`
	Collection *Collection  `fhir:"collection"`
	Condition  []Concept    `fhir:"condition"`
	Note       []Annotation `fhir:"note"`
}

// Collection is how a specimen was taken.
type Collection struct {
	Collector *Reference  `fhir:"collector"`
	Collected Value       `fhir:"collected[x]"`
	Quantity  *Quantity   `fhir:"quantity"`
	Method    *Concept    `fhir:"method"`
	BodySite  *Concept    `fhir:"bodySite"`
	Fasting   Value       `fhir:"fastingStatus[x]"`
	Extension []Extension `fhir:"extension"` // STU3 carries the fasting status here
}
