package model

// Medication is a product.
type Medication struct {
	Head
	Code         *Concept     `fhir:"code"`
	Form         *Concept     `fhir:"form"`
	Manufacturer *Reference   `fhir:"manufacturer"`
	Batch        *Batch       `fhir:"batch"`
	Ingredient   []Ingredient `fhir:"ingredient"`
	Package      *Package     `fhir:"package"` // STU3
}

// Batch is a lot of a product. STU3 keeps it inside `package`; R4 outside.
type Batch struct {
	LotNumber string `fhir:"lotNumber"`
	Expiry    When   `fhir:"expirationDate"`
}

// Package is STU3's frame around batches.
type Package struct {
	Batch []Batch `fhir:"batch"`
}

// Ingredient is a part of a product.
type Ingredient struct {
	Item      Value       `fhir:"item[x]"`
	Strength  *Ratio      `fhir:"strength|amount"`
	IsActive  Bool        `fhir:"isActive"`
	Extension []Extension `fhir:"extension"`
}

// MedicationRequest is a plan (authorisation) or an order (issue).
type MedicationRequest struct {
	Head
	Intent              string           `fhir:"intent"`
	Category            []Concept        `fhir:"category"`
	Priority            string           `fhir:"priority"`
	StatusReason        *Concept         `fhir:"statusReason"`
	DoNotPerform        Bool             `fhir:"doNotPerform"`
	Medication          Value            `fhir:"medication[x]"`
	Encounter           *Reference       `fhir:"encounter|context"`
	AuthoredOn          When             `fhir:"authoredOn"`
	Requester           *Agent           `fhir:"requester"`
	Recorder            *Reference       `fhir:"recorder"`
	Performer           *Reference       `fhir:"performer"`
	Reported            Value            `fhir:"reported[x]"`
	ReasonCode          []Concept        `fhir:"reasonCode"`
	ReasonReference     []Reference      `fhir:"reasonReference"`
	BasedOn             []Reference      `fhir:"basedOn"`
	GroupIdentifier     *Identifier      `fhir:"groupIdentifier"`
	CourseOfTherapyType *Concept         `fhir:"courseOfTherapyType"`
	Note                []Annotation     `fhir:"note"`
	Dosage              []Dosage         `fhir:"dosageInstruction"`
	Dispense            *DispenseRequest `fhir:"dispenseRequest"`
	Substitution        *Substitution    `fhir:"substitution"`
	PriorPrescription   *Reference       `fhir:"priorPrescription"`
	SupportingInfo      []Reference      `fhir:"supportingInformation"`
	DetectedIssue       []Reference      `fhir:"detectedIssue"`
}

// DispenseRequest is what may be supplied.
type DispenseRequest struct {
	ValidityPeriod   *Period     `fhir:"validityPeriod"`
	RepeatsAllowed   Number      `fhir:"numberOfRepeatsAllowed"`
	Quantity         *Quantity   `fhir:"quantity"`
	ExpectedDuration *Quantity   `fhir:"expectedSupplyDuration"`
	Performer        *Reference  `fhir:"performer"`
	Extension        []Extension `fhir:"extension"`
}

// Substitution says whether another product may be supplied: a boolean in STU3
// (`allowed`) and a choice in R4 (`allowedBoolean`).
type Substitution struct {
	Allowed       Value     `fhir:"allowed[x]"`
	AllowedPlain  Bool      `fhir:"allowed"`
	Reason        []Concept `fhir:"reason"`
	Type          *Concept  `fhir:"type"`
	WasSubstitute Bool      `fhir:"wasSubstituted"`
}

// MedicationStatement is what somebody takes, or is authorised to.
type MedicationStatement struct {
	Head
	StatusReason    []Concept    `fhir:"statusReason"`
	Category        *Concept     `fhir:"category"`
	Medication      Value        `fhir:"medication[x]"`
	Encounter       *Reference   `fhir:"context|encounter"`
	Effective       Value        `fhir:"effective[x]"`
	DateAsserted    When         `fhir:"dateAsserted"`
	Source          *Reference   `fhir:"informationSource"`
	BasedOn         []Reference  `fhir:"basedOn"`
	PartOf          []Reference  `fhir:"partOf"`
	DerivedFrom     []Reference  `fhir:"derivedFrom"`
	Taken           string       `fhir:"taken"` // STU3: y, n, unk, na
	ReasonNotTaken  []Concept    `fhir:"reasonNotTaken"`
	ReasonCode      []Concept    `fhir:"reasonCode"`
	ReasonReference []Reference  `fhir:"reasonReference"`
	Note            []Annotation `fhir:"note"`
	Dosage          []Dosage     `fhir:"dosage"`
}

// MedicationDispense is a supply.
type MedicationDispense struct {
	Head
	StatusReason  Value         `fhir:"statusReason[x]"`
	NotDone       Bool          `fhir:"notDone"`
	NotDoneReason Value         `fhir:"notDoneReason[x]"`
	Category      *Concept      `fhir:"category"`
	Type          *Concept      `fhir:"type"`
	Medication    Value         `fhir:"medication[x]"`
	Encounter     *Reference    `fhir:"context"`
	Supporting    []Reference   `fhir:"supportingInformation"`
	Performer     []Agent       `fhir:"performer"`
	Location      *Reference    `fhir:"location"`
	Prescription  []Reference   `fhir:"authorizingPrescription"`
	Quantity      *Quantity     `fhir:"quantity"`
	DaysSupply    *Quantity     `fhir:"daysSupply"`
	WhenPrepared  When          `fhir:"whenPrepared"`
	HandedOver    When          `fhir:"whenHandedOver"`
	Destination   *Reference    `fhir:"destination"`
	Receiver      []Reference   `fhir:"receiver"`
	Note          []Annotation  `fhir:"note"`
	Dosage        []Dosage      `fhir:"dosageInstruction"`
	Substitution  *Substitution `fhir:"substitution"`
}

// MedicationAdministration is a dose given.
type MedicationAdministration struct {
	Head
	StatusReason    []Concept    `fhir:"statusReason"`
	NotGiven        Bool         `fhir:"notGiven"`
	ReasonNotGiven  []Concept    `fhir:"reasonNotGiven"`
	Category        *Concept     `fhir:"category"`
	Medication      Value        `fhir:"medication[x]"`
	Encounter       *Reference   `fhir:"context"`
	Supporting      []Reference  `fhir:"supportingInformation"`
	Effective       Value        `fhir:"effective[x]"`
	Performer       []Agent      `fhir:"performer"`
	ReasonCode      []Concept    `fhir:"reasonCode"`
	ReasonReference []Reference  `fhir:"reasonReference"`
	Request         *Reference   `fhir:"request|prescription"`
	Note            []Annotation `fhir:"note"`
	Dosage          *Dosage      `fhir:"dosage"`
}
