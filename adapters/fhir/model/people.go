package model

// Patient is the person whose record this is, or another person.
type Patient struct {
	Head
	Active        Bool           `fhir:"active"`
	Name          []HumanName    `fhir:"name"`
	Telecom       []ContactPoint `fhir:"telecom"`
	Gender        string         `fhir:"gender"`
	BirthDate     When           `fhir:"birthDate"`
	Deceased      Value          `fhir:"deceased[x]"`
	Address       []Address      `fhir:"address"`
	MaritalStatus *Concept       `fhir:"maritalStatus"`
	MultipleBirth Value          `fhir:"multipleBirth[x]"`
	Contact       []Contact      `fhir:"contact"`
	Communication []Language     `fhir:"communication"`
	GP            []Reference    `fhir:"generalPractitioner|careProvider"`
	Organization  *Reference     `fhir:"managingOrganization"`
	Link          []PatientLink  `fhir:"link"`
}

// Contact is a person to turn to for the patient.
type Contact struct {
	Relationship []Concept      `fhir:"relationship"`
	Name         *HumanName     `fhir:"name"`
	Telecom      []ContactPoint `fhir:"telecom"`
	Address      *Address       `fhir:"address"`
	Gender       string         `fhir:"gender"`
	Organization *Reference     `fhir:"organization"`
	Period       *Period        `fhir:"period"`
	Extension    []Extension    `fhir:"extension"`
}

// Language that the patient speaks.
type Language struct {
	Language  *Concept    `fhir:"language"`
	Preferred Bool        `fhir:"preferred"`
	Extension []Extension `fhir:"extension"`
}

// PatientLink ties two records of one person: replaced-by, replaces, refer,
// seealso.
type PatientLink struct {
	Other *Reference `fhir:"other"`
	Type  string     `fhir:"type"`
}

// RelatedPerson is somebody in the patient's life.
type RelatedPerson struct {
	Head
	Active       Bool           `fhir:"active"`
	Relationship []Concept      `fhir:"relationship"`
	Name         []HumanName    `fhir:"name"`
	Telecom      []ContactPoint `fhir:"telecom"`
	Gender       string         `fhir:"gender"`
	BirthDate    When           `fhir:"birthDate"`
	Address      []Address      `fhir:"address"`
	Period       *Period        `fhir:"period"`
}

// Practitioner is a professional.
type Practitioner struct {
	Head
	Name          []HumanName     `fhir:"name"`
	Telecom       []ContactPoint  `fhir:"telecom"`
	Gender        string          `fhir:"gender"`
	Address       []Address       `fhir:"address"`
	Qualification []Qualification `fhir:"qualification"`
	Communication []Concept       `fhir:"communication"`
}

// Qualification of a professional.
type Qualification struct {
	Identifier []Identifier `fhir:"identifier"`
	Code       *Concept     `fhir:"code"`
	Issuer     *Reference   `fhir:"issuer"`
	Period     *Period      `fhir:"period"`
}

// PractitionerRole is a professional at an organisation.
type PractitionerRole struct {
	Head
	Period       *Period        `fhir:"period"`
	Practitioner *Reference     `fhir:"practitioner"`
	Organization *Reference     `fhir:"organization"`
	Code         []Concept      `fhir:"code"`
	Specialty    []Concept      `fhir:"specialty"`
	Location     []Reference    `fhir:"location"`
	Service      []Reference    `fhir:"healthcareService"`
	Telecom      []ContactPoint `fhir:"telecom"`
}

// Organization is a practice, trust, pharmacy or the like.
type Organization struct {
	Head
	Active  Bool           `fhir:"active"`
	Type    []Concept      `fhir:"type"`
	Name    string         `fhir:"name"`
	Telecom []ContactPoint `fhir:"telecom"`
	Address []Address      `fhir:"address"`
	PartOf  *Reference     `fhir:"partOf"`
}

// Location is a place.
type Location struct {
	Head
	Name         string         `fhir:"name"`
	Description  string         `fhir:"description"`
	Type         []Concept      `fhir:"type"`
	Telecom      []ContactPoint `fhir:"telecom"`
	Address      []Address      `fhir:"address"`
	PhysicalType *Concept       `fhir:"physicalType"`
	Organization *Reference     `fhir:"managingOrganization"`
	PartOf       *Reference     `fhir:"partOf"`
}

// HealthcareService is a service that an organisation offers.
type HealthcareService struct {
	Head
	Name       string         `fhir:"name"`
	Comment    string         `fhir:"comment"`
	Category   []Concept      `fhir:"category"`
	Type       []Concept      `fhir:"type"`
	Specialty  []Concept      `fhir:"specialty"`
	ProvidedBy *Reference     `fhir:"providedBy"`
	Location   []Reference    `fhir:"location"`
	Telecom    []ContactPoint `fhir:"telecom"`
}

// Device is an instrument or a piece of software.
type Device struct {
	Head
	Type         *Concept     `fhir:"type"`
	Name         []DeviceName `fhir:"deviceName"`
	Manufacturer string       `fhir:"manufacturer"`
	Model        string       `fhir:"model|modelNumber"`
	Owner        *Reference   `fhir:"owner"`
	Location     *Reference   `fhir:"location"`
	Note         []Annotation `fhir:"note"`
}

// DeviceName is one of a device's names.
type DeviceName struct {
	Name string `fhir:"name"`
	Type string `fhir:"type"`
}

// FromBare takes a plain name.
func (d *DeviceName) FromBare(s string) { d.Name = s }
