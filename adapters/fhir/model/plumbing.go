package model

// OperationOutcome is a failure or a warning inside an answer.
type OperationOutcome struct {
	Head
	Issue []Issue `fhir:"issue"`
}

// Issue is one line of an [OperationOutcome].
type Issue struct {
	Severity    string   `fhir:"severity"`
	Code        string   `fhir:"code"`
	Details     *Concept `fhir:"details"`
	Diagnostics string   `fhir:"diagnostics"`
	Expression  []string `fhir:"expression|location"`
}

// Provenance says who made other resources.
type Provenance struct {
	Head
	Target   []Reference `fhir:"target"`
	Recorded When        `fhir:"recorded"`
	Occurred Value       `fhir:"occurred[x]"`
	Agent    []Agent     `fhir:"agent"`
}

// MessageHeader opens a message.
type MessageHeader struct {
	Head
	Event     *Coding     `fhir:"eventCoding|event"`
	Timestamp When        `fhir:"timestamp"`
	Sender    *Reference  `fhir:"sender"`
	Author    *Reference  `fhir:"author"`
	Reason    *Concept    `fhir:"reason"`
	Focus     []Reference `fhir:"focus"`
}
