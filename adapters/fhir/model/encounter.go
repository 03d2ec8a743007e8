package model

// Encounter is a contact with a professional.
type Encounter struct {
	Head
	Class           *Concept         `fhir:"class"`
	Type            []Concept        `fhir:"type"`
	ServiceType     *Concept         `fhir:"serviceType"`
	Priority        *Concept         `fhir:"priority"`
	StatusHistory   []StatusHistory  `fhir:"statusHistory"`
	Participant     []Participant    `fhir:"participant"`
	Appointment     []Reference      `fhir:"appointment"`
	EpisodeOfCare   []Reference      `fhir:"episodeOfCare"`
	Period          *Period          `fhir:"period"`
	Length          *Quantity        `fhir:"length"`
	Reason          []Concept        `fhir:"reasonCode|reason"`
	ReasonReference []Reference      `fhir:"reasonReference"`
	Diagnosis       []Diagnosis      `fhir:"diagnosis"`
	Hospitalization *Hospitalization `fhir:"hospitalization"`
	Location        []Stay           `fhir:"location"`
	Provider        *Reference       `fhir:"serviceProvider"`
	PartOf          *Reference       `fhir:"partOf"`
}

// StatusHistory is an earlier status.
type StatusHistory struct {
	Status string  `fhir:"status"`
	Period *Period `fhir:"period"`
}

// Participant took part in an encounter or appointment.
type Participant struct {
	Agent
	Type      []Concept   `fhir:"type"`
	Status    string      `fhir:"status"`
	Required  string      `fhir:"required"`
	Extension []Extension `fhir:"extension"`
}

// Diagnosis made or treated in an encounter.
type Diagnosis struct {
	Condition *Reference `fhir:"condition"`
	Role      *Concept   `fhir:"role|use"`
	Rank      Number     `fhir:"rank"`
}

// Hospitalization is the admission and the discharge.
type Hospitalization struct {
	Origin      *Reference  `fhir:"origin"`
	AdmitSource *Concept    `fhir:"admitSource"`
	ReAdmission *Concept    `fhir:"reAdmission"`
	Destination *Reference  `fhir:"destination"`
	Disposition *Concept    `fhir:"dischargeDisposition"`
	Extension   []Extension `fhir:"extension"` // admission and discharge method
}

// Stay is where the patient was during an encounter.
type Stay struct {
	Location *Reference `fhir:"location"`
	Status   string     `fhir:"status"`
	Period   *Period    `fhir:"period"`
}

// EpisodeOfCare is a span of care by one organisation.
type EpisodeOfCare struct {
	Head
	Type          []Concept       `fhir:"type"`
	StatusHistory []StatusHistory `fhir:"statusHistory"`
	Organization  *Reference      `fhir:"managingOrganization"`
	Period        *Period         `fhir:"period"`
	Referral      []Reference     `fhir:"referralRequest"`
	CareManager   *Reference      `fhir:"careManager"`
	Team          []Reference     `fhir:"team"`
	Diagnosis     []Diagnosis     `fhir:"diagnosis"`
}

// Appointment is a booked contact. Patients may only be named among the
// participants.
type Appointment struct {
	Head
	ServiceCategory []Concept     `fhir:"serviceCategory"`
	ServiceType     []Concept     `fhir:"serviceType"`
	Specialty       []Concept     `fhir:"specialty"`
	Type            *Concept      `fhir:"appointmentType"`
	Reason          []Concept     `fhir:"reasonCode|reason"`
	CancelReason    *Concept      `fhir:"cancelationReason"`
	Description     string        `fhir:"description"`
	Comment         string        `fhir:"comment"`
	Instruction     string        `fhir:"patientInstruction"`
	Start           When          `fhir:"start"`
	End             When          `fhir:"end"`
	Minutes         Number        `fhir:"minutesDuration"`
	Created         When          `fhir:"created"`
	Slot            []Reference   `fhir:"slot"`
	BasedOn         []Reference   `fhir:"basedOn|incomingReferral"`
	Participant     []Participant `fhir:"participant"`
}

// Schedule is a diary of slots.
type Schedule struct {
	Head
	Actor   []Reference `fhir:"actor"`
	Horizon *Period     `fhir:"planningHorizon"`
	Comment string      `fhir:"comment"`
}

// Slot is one bookable time of a schedule.
type Slot struct {
	Head
	Schedule *Reference `fhir:"schedule|Schedule"`
	Start    When       `fhir:"start"`
	End      When       `fhir:"end"`
}
