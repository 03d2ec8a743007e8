package model

// Dosage is one line of dosage instructions. Text and structure may both be
// there and may disagree; both are kept.
type Dosage struct {
	Sequence              Number        `fhir:"sequence"`
	Text                  string        `fhir:"text"`
	AdditionalInstruction []Concept     `fhir:"additionalInstruction"`
	PatientInstruction    string        `fhir:"patientInstruction"`
	Timing                *Timing       `fhir:"timing"`
	AsNeeded              Value         `fhir:"asNeeded[x]"`
	Site                  *Concept      `fhir:"site"`
	Route                 *Concept      `fhir:"route"`
	Method                *Concept      `fhir:"method"`
	DoseAndRate           []DoseAndRate `fhir:"doseAndRate"`
	// Dose and Rate stand here in STU3, in DoseAndRate in R4, and as a plain
	// `dose` in MedicationAdministration.
	Dose               Value     `fhir:"dose[x]"`
	DosePlain          *Quantity `fhir:"dose"`
	Rate               Value     `fhir:"rate[x]"`
	MaxDosePerPeriod   *Ratio    `fhir:"maxDosePerPeriod"`
	MaxDosePerAdmin    *Quantity `fhir:"maxDosePerAdministration"`
	MaxDosePerLifetime *Quantity `fhir:"maxDosePerLifetime"`
}

// FromBare takes text that stands where a Dosage is due.
func (d *Dosage) FromBare(s string) { d.Text = s }

// DoseAndRate is R4's pair of dose and rate.
type DoseAndRate struct {
	Type *Concept `fhir:"type"`
	Dose Value    `fhir:"dose[x]"`
	Rate Value    `fhir:"rate[x]"`
}

// Timing says when something is to be done.
type Timing struct {
	Event  []When   `fhir:"event"`
	Repeat *Repeat  `fhir:"repeat"`
	Code   *Concept `fhir:"code"`
}

// Repeat is the rule of a [Timing].
type Repeat struct {
	Bounds       Value    `fhir:"bounds[x]"`
	Count        Number   `fhir:"count"`
	CountMax     Number   `fhir:"countMax"`
	Duration     Number   `fhir:"duration"`
	DurationMax  Number   `fhir:"durationMax"`
	DurationUnit string   `fhir:"durationUnit"`
	Frequency    Number   `fhir:"frequency"`
	FrequencyMax Number   `fhir:"frequencyMax"`
	Period       Number   `fhir:"period"`
	PeriodMax    Number   `fhir:"periodMax"`
	PeriodUnit   string   `fhir:"periodUnit"`
	DayOfWeek    []string `fhir:"dayOfWeek"`
	TimeOfDay    []When   `fhir:"timeOfDay"`
	When         []string `fhir:"when"`
	Offset       Number   `fhir:"offset"`
}
