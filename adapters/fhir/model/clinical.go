package model

// AllergyIntolerance is an allergy, an intolerance, or the assertion of none.
type AllergyIntolerance struct {
	Head
	ClinicalStatus *Concept     `fhir:"clinicalStatus"`
	Verification   *Concept     `fhir:"verificationStatus"`
	Type           *Concept     `fhir:"type"`
	Category       []string     `fhir:"category"`
	Criticality    string       `fhir:"criticality"`
	Code           *Concept     `fhir:"code"`
	Encounter      *Reference   `fhir:"encounter"`
	Onset          Value        `fhir:"onset[x]"`
	Recorded       When         `fhir:"recordedDate|assertedDate"`
	Recorder       *Reference   `fhir:"recorder"`
	Asserter       *Reference   `fhir:"asserter"`
	LastOccurrence When         `fhir:"lastOccurrence"`
	Note           []Annotation `fhir:"note"`
	Reaction       []Reaction   `fhir:"reaction"`
}

// Reaction is what happened on exposure.
type Reaction struct {
	Substance     *Concept     `fhir:"substance"`
	Manifestation []Concept    `fhir:"manifestation"`
	Description   string       `fhir:"description"`
	Onset         When         `fhir:"onset"`
	Severity      string       `fhir:"severity"`
	ExposureRoute *Concept     `fhir:"exposureRoute"`
	Note          []Annotation `fhir:"note"`
}

// Condition is a problem or diagnosis.
type Condition struct {
	Head
	ClinicalStatus *Concept     `fhir:"clinicalStatus"`
	Verification   *Concept     `fhir:"verificationStatus"`
	Category       []Concept    `fhir:"category"`
	Severity       *Concept     `fhir:"severity"`
	Code           *Concept     `fhir:"code"`
	BodySite       []Concept    `fhir:"bodySite"`
	Encounter      *Reference   `fhir:"encounter|context"`
	Onset          Value        `fhir:"onset[x]"`
	Abatement      Value        `fhir:"abatement[x]"`
	Recorded       When         `fhir:"recordedDate|assertedDate"`
	Recorder       *Reference   `fhir:"recorder"`
	Asserter       *Reference   `fhir:"asserter"`
	Evidence       []Evidence   `fhir:"evidence"`
	Note           []Annotation `fhir:"note"`
}

// Evidence is what a problem rests on.
type Evidence struct {
	Code   []Concept   `fhir:"code"`
	Detail []Reference `fhir:"detail"`
}

// Immunization is a vaccination given or not given.
type Immunization struct {
	Head
	StatusReason  *Concept              `fhir:"statusReason"`
	NotGiven      Bool                  `fhir:"notGiven"`
	VaccineCode   *Concept              `fhir:"vaccineCode"`
	Encounter     *Reference            `fhir:"encounter"`
	Occurrence    Value                 `fhir:"occurrence[x]"`
	Date          When                  `fhir:"date"` // STU3's occurrence
	Recorded      When                  `fhir:"recorded"`
	PrimarySource Bool                  `fhir:"primarySource"`
	ReportOrigin  *Concept              `fhir:"reportOrigin"`
	Location      *Reference            `fhir:"location"`
	Manufacturer  *Reference            `fhir:"manufacturer"`
	LotNumber     string                `fhir:"lotNumber"`
	Expiry        When                  `fhir:"expirationDate"`
	Site          *Concept              `fhir:"site"`
	Route         *Concept              `fhir:"route"`
	Dose          *Quantity             `fhir:"doseQuantity"`
	Performer     []Agent               `fhir:"performer|practitioner"`
	Note          []Annotation          `fhir:"note"`
	ReasonCode    []Concept             `fhir:"reasonCode"`
	Reason        []Reference           `fhir:"reasonReference"`
	Explanation   *Explanation          `fhir:"explanation"`
	Protocol      []VaccinationProtocol `fhir:"protocolApplied|vaccinationProtocol"`
	IsSubpotent   Bool                  `fhir:"isSubpotent"`
	Reaction      []VaccineReaction     `fhir:"reaction"`
	ProgramElig   []Concept             `fhir:"programEligibility"`
	FundingSource *Concept              `fhir:"fundingSource"`
}

// Explanation is STU3's reason for giving or not giving.
type Explanation struct {
	Reason         []Concept `fhir:"reason"`
	ReasonNotGiven []Concept `fhir:"reasonNotGiven"`
}

// VaccinationProtocol places a dose in its series.
type VaccinationProtocol struct {
	// DoseNumber is R4's doseNumber[x]; DoseSequence is STU3's number. Text such
	// as "booster" is kept.
	DoseNumber    Value      `fhir:"doseNumber[x]"`
	DoseSequence  Number     `fhir:"doseSequence"`
	Series        string     `fhir:"series"`
	SeriesDoses   Value      `fhir:"seriesDoses[x]"`
	SeriesPlain   Number     `fhir:"seriesDoses"`
	Description   string     `fhir:"description"`
	Authority     *Reference `fhir:"authority"`
	TargetDisease []Concept  `fhir:"targetDisease"`
	DoseStatus    *Concept   `fhir:"doseStatus"`
	StatusReason  *Concept   `fhir:"doseStatusReason"`
}

// VaccineReaction is a reaction to a vaccination.
type VaccineReaction struct {
	Date     When       `fhir:"date"`
	Detail   *Reference `fhir:"detail"`
	Reported Bool       `fhir:"reported"`
}

// Procedure is something done to the patient, or not done.
type Procedure struct {
	Head
	StatusReason    *Concept     `fhir:"statusReason"`
	NotDone         Bool         `fhir:"notDone"`
	NotDoneReason   *Concept     `fhir:"notDoneReason"`
	Category        []Concept    `fhir:"category"`
	Code            *Concept     `fhir:"code"`
	Encounter       *Reference   `fhir:"encounter|context"`
	Performed       Value        `fhir:"performed[x]"`
	Recorder        *Reference   `fhir:"recorder"`
	Asserter        *Reference   `fhir:"asserter"`
	Performer       []Agent      `fhir:"performer"`
	Location        *Reference   `fhir:"location"`
	ReasonCode      []Concept    `fhir:"reasonCode"`
	ReasonReference []Reference  `fhir:"reasonReference"`
	BodySite        []Concept    `fhir:"bodySite"`
	Outcome         *Concept     `fhir:"outcome"`
	Report          []Reference  `fhir:"report"`
	Complication    []Concept    `fhir:"complication"`
	FollowUp        []Concept    `fhir:"followUp"`
	Note            []Annotation `fhir:"note"`
	BasedOn         []Reference  `fhir:"basedOn"`
	PartOf          []Reference  `fhir:"partOf"`
	UsedReference   []Reference  `fhir:"usedReference"`
}

// ServiceRequest is R4's request for an investigation, procedure or referral,
// and STU3's ProcedureRequest and ReferralRequest: [Head].ResourceType tells.
type ServiceRequest struct {
	Head
	Intent          string       `fhir:"intent"`
	Category        []Concept    `fhir:"category|type"`
	Priority        string       `fhir:"priority"`
	DoNotPerform    Bool         `fhir:"doNotPerform"`
	Code            *Concept     `fhir:"code"`
	OrderDetail     []Concept    `fhir:"orderDetail"`
	Services        []Concept    `fhir:"serviceRequested"`
	Description     string       `fhir:"description"`
	Encounter       *Reference   `fhir:"encounter|context"`
	Occurrence      Value        `fhir:"occurrence[x]"`
	AsNeeded        Value        `fhir:"asNeeded[x]"`
	AuthoredOn      When         `fhir:"authoredOn"`
	Requester       *Agent       `fhir:"requester"`
	PerformerType   *Concept     `fhir:"performerType"`
	Performer       []Reference  `fhir:"performer|recipient"`
	Specialty       *Concept     `fhir:"specialty"`
	Location        []Reference  `fhir:"locationReference"`
	ReasonCode      []Concept    `fhir:"reasonCode"`
	ReasonReference []Reference  `fhir:"reasonReference"`
	Supporting      []Reference  `fhir:"supportingInfo"`
	Specimen        []Reference  `fhir:"specimen"`
	BodySite        []Concept    `fhir:"bodySite"`
	Note            []Annotation `fhir:"note"`
	Instruction     string       `fhir:"patientInstruction"`
	BasedOn         []Reference  `fhir:"basedOn"`
	Replaces        []Reference  `fhir:"replaces"`
	Requisition     *Identifier  `fhir:"requisition|groupIdentifier"`
}
