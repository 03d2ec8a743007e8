package model

import (
	"maps"
	"slices"
)

// Resource is one FHIR resource of a known or unknown type: always a pointer to
// one of this package's structs that embed [Head].
type Resource interface{ Header() *Head }

// Head is what every resource may carry, whatever its type.
type Head struct {
	ResourceType string       `fhir:"resourceType"`
	ID           string       `fhir:"id"`
	Meta         *Meta        `fhir:"meta"`
	Text         *Narrative   `fhir:"text"`
	Contained    []Contained  `fhir:"contained"`
	Extension    []Extension  `fhir:"extension"`
	Identifier   []Identifier `fhir:"identifier"`
	// Status is the resource's own status code as recorded. AllergyIntolerance
	// and Condition have a clinical and a verification status instead.
	Status string `fhir:"status"`
	// Subject is whom the resource is about, under whichever name its type and
	// version give it.
	Subject *Reference `fhir:"subject|patient|for|individual|beneficiary"`
	// Unread is what came without a place in the struct; nil when nothing did.
	Unread *Unread
	// Unknown says that elements came which no struct has a place for: the resource's
	// own bytes tell which.
	Unknown bool
	// Origin is what a document says around a resource that was read out of it; nil of FHIR.
	Origin *Origin
}

// Header gives the common part of any resource.
func (h *Head) Header() *Head { return h }

// Contained is a resource inside another, with the bytes it was read from.
type Contained struct {
	Resource Resource
	// Source is the resource's own part of the payload, for include_source.
	Source []byte
	// JSON is the resource as FHIR JSON, where Source is FHIR XML.
	JSON []byte
}

// New makes an empty resource of the named type: a typed struct for the types
// that have one, [General] for other clinical types, [Other] for the rest.
func New(resourceType string) Resource {
	if build, ok := types[resourceType]; ok {
		return build()
	}
	if IsClinical(resourceType) {
		return new(General)
	}
	return new(Other)
}

// IsClinical reports a type about a patient's care that has no struct of its
// own and is read into [General].
func IsClinical(resourceType string) bool { return clinical[resourceType] }

// types is read only.
var types = map[string]func() Resource{
	"AllergyIntolerance":       func() Resource { return new(AllergyIntolerance) },
	"Appointment":              func() Resource { return new(Appointment) },
	"Bundle":                   func() Resource { return new(Bundle) },
	"Parameters":               func() Resource { return new(Parameters) },
	"Binary":                   func() Resource { return new(Binary) },
	"CarePlan":                 func() Resource { return new(CarePlan) },
	"CareTeam":                 func() Resource { return new(CareTeam) },
	"ClinicalImpression":       func() Resource { return new(ClinicalImpression) },
	"Communication":            func() Resource { return new(Communication) },
	"CommunicationRequest":     func() Resource { return new(Communication) },
	"Composition":              func() Resource { return new(Composition) },
	"Condition":                func() Resource { return new(Condition) },
	"Consent":                  func() Resource { return new(Consent) },
	"Device":                   func() Resource { return new(Device) },
	"DiagnosticReport":         func() Resource { return new(DiagnosticReport) },
	"DocumentReference":        func() Resource { return new(DocumentReference) },
	"Encounter":                func() Resource { return new(Encounter) },
	"EpisodeOfCare":            func() Resource { return new(EpisodeOfCare) },
	"FamilyMemberHistory":      func() Resource { return new(FamilyMemberHistory) },
	"Flag":                     func() Resource { return new(Flag) },
	"Goal":                     func() Resource { return new(Goal) },
	"HealthcareService":        func() Resource { return new(HealthcareService) },
	"Immunization":             func() Resource { return new(Immunization) },
	"List":                     func() Resource { return new(List) },
	"Location":                 func() Resource { return new(Location) },
	"Medication":               func() Resource { return new(Medication) },
	"MedicationAdministration": func() Resource { return new(MedicationAdministration) },
	"MedicationDispense":       func() Resource { return new(MedicationDispense) },
	"MedicationRequest":        func() Resource { return new(MedicationRequest) },
	"MedicationStatement":      func() Resource { return new(MedicationStatement) },
	"MessageHeader":            func() Resource { return new(MessageHeader) },
	"Observation":              func() Resource { return new(Observation) },
	"OperationOutcome":         func() Resource { return new(OperationOutcome) },
	"Organization":             func() Resource { return new(Organization) },
	"Patient":                  func() Resource { return new(Patient) },
	"Practitioner":             func() Resource { return new(Practitioner) },
	"PractitionerRole":         func() Resource { return new(PractitionerRole) },
	"Procedure":                func() Resource { return new(Procedure) },
	"ProcedureRequest":         func() Resource { return new(ServiceRequest) },
	"Provenance":               func() Resource { return new(Provenance) },
	"QuestionnaireResponse":    func() Resource { return new(QuestionnaireResponse) },
	"ReferralRequest":          func() Resource { return new(ServiceRequest) },
	"RelatedPerson":            func() Resource { return new(RelatedPerson) },
	"Schedule":                 func() Resource { return new(Schedule) },
	"ServiceRequest":           func() Resource { return new(ServiceRequest) },
	"Slot":                     func() Resource { return new(Slot) },
	"Specimen":                 func() Resource { return new(Specimen) },
	"Task":                     func() Resource { return new(Task) },
}

// clinical is read only.
var clinical = map[string]bool{
	"AdverseEvent": true, "AppointmentResponse": true, "BodySite": true, "BodyStructure": true,
	"ChargeItem": true, "Coverage": true, "DetectedIssue": true, "DeviceRequest": true,
	"DeviceUseStatement": true, "GuidanceResponse": true, "ImagingManifest": true, "ImagingStudy": true,
	"ImmunizationEvaluation": true, "ImmunizationRecommendation": true, "Media": true,
	"NutritionOrder": true, "RequestGroup": true, "ResearchSubject": true, "RiskAssessment": true,
	"SupplyDelivery": true, "SupplyRequest": true, "VisionPrescription": true,
}

// General is a clinical resource without a struct of its own: enough of it for
// a statement with code, text, dates and provenance. What else it says is read from
// its own bytes.
type General struct {
	Head
	Category    []Concept    `fhir:"category|type"`
	Code        *Concept     `fhir:"code|codeCodeableConcept|event|riskCode"`
	Title       string       `fhir:"title|name"`
	Description string       `fhir:"description|detail|comment"`
	Intent      string       `fhir:"intent"`
	Encounter   *Reference   `fhir:"encounter|context"`
	Authored    When         `fhir:"authoredOn|authored|created|dateTime|date|issued|dateWritten|started|recordedOn"`
	Occurrence  Value        `fhir:"occurrence[x]"`
	Period      *Period      `fhir:"period|whenUsed"`
	Author      *Agent       `fhir:"author|recorder|requester|source|prescriber|orderer"`
	Performer   []Agent      `fhir:"performer|participant|operator"`
	Reason      []Concept    `fhir:"reasonCode|reason|indication"`
	BodySite    *Concept     `fhir:"bodySite"`
	Note        []Annotation `fhir:"note"`
	NotDone     Bool         `fhir:"notDone|doNotPerform"`
	Actuality   string       `fhir:"actuality"` // of an adverse event: actual or potential
}

// Other is a resource that is no part of a patient's record (a value set, a
// subscription) or of a type that nobody knows.
type Other struct{ Head }

// Types names the resource types that have a struct of their own, in no order.
func Types() []string { return slices.Collect(maps.Keys(types)) }
