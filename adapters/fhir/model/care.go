package model

// CarePlan is a plan of care.
type CarePlan struct {
	Head
	Intent      string       `fhir:"intent"`
	Category    []Concept    `fhir:"category"`
	Title       string       `fhir:"title"`
	Description string       `fhir:"description"`
	Encounter   *Reference   `fhir:"encounter|context"`
	Period      *Period      `fhir:"period"`
	Created     When         `fhir:"created"`
	Author      []Reference  `fhir:"author"`
	Contributor []Reference  `fhir:"contributor"`
	CareTeam    []Reference  `fhir:"careTeam"`
	Addresses   []Reference  `fhir:"addresses"`
	Supporting  []Reference  `fhir:"supportingInfo"`
	Goal        []Reference  `fhir:"goal"`
	Activity    []Activity   `fhir:"activity"`
	Note        []Annotation `fhir:"note"`
	BasedOn     []Reference  `fhir:"basedOn"`
	Replaces    []Reference  `fhir:"replaces"`
	PartOf      []Reference  `fhir:"partOf"`
}

// Activity is a step of a care plan.
type Activity struct {
	OutcomeCode      []Concept       `fhir:"outcomeCodeableConcept"`
	OutcomeReference []Reference     `fhir:"outcomeReference"`
	Progress         []Annotation    `fhir:"progress"`
	Reference        *Reference      `fhir:"reference"`
	Detail           *ActivityDetail `fhir:"detail"`
}

// ActivityDetail says what a step is, when it stands in the plan itself.
type ActivityDetail struct {
	Kind         string      `fhir:"kind"`
	Code         *Concept    `fhir:"code"`
	ReasonCode   []Concept   `fhir:"reasonCode"`
	Status       string      `fhir:"status"`
	StatusReason *Concept    `fhir:"statusReason"`
	DoNotPerform Bool        `fhir:"doNotPerform|prohibited"`
	Scheduled    Value       `fhir:"scheduled[x]"`
	Location     *Reference  `fhir:"location"`
	Performer    []Reference `fhir:"performer"`
	Product      Value       `fhir:"product[x]"`
	Description  string      `fhir:"description"`
}

// CareTeam is who cares for the patient.
type CareTeam struct {
	Head
	Category     []Concept    `fhir:"category"`
	Name         string       `fhir:"name"`
	Period       *Period      `fhir:"period"`
	Encounter    *Reference   `fhir:"encounter|context"`
	Participant  []Agent      `fhir:"participant"`
	Reason       []Concept    `fhir:"reasonCode"`
	Organization []Reference  `fhir:"managingOrganization"`
	Note         []Annotation `fhir:"note"`
}

// Goal is what care aims at.
type Goal struct {
	Head
	Lifecycle   string       `fhir:"lifecycleStatus"`
	Achievement *Concept     `fhir:"achievementStatus"`
	Category    []Concept    `fhir:"category"`
	Priority    *Concept     `fhir:"priority"`
	Description *Concept     `fhir:"description"`
	Start       Value        `fhir:"start[x]"`
	StatusDate  When         `fhir:"statusDate"`
	Reason      string       `fhir:"statusReason"`
	ExpressedBy *Reference   `fhir:"expressedBy"`
	Addresses   []Reference  `fhir:"addresses"`
	Note        []Annotation `fhir:"note"`
	Outcome     []Concept    `fhir:"outcomeCode"`
}

// Flag is an alert.
type Flag struct {
	Head
	Category  []Concept  `fhir:"category"`
	Code      *Concept   `fhir:"code"`
	Period    *Period    `fhir:"period"`
	Encounter *Reference `fhir:"encounter"`
	Author    *Reference `fhir:"author"`
}

// FamilyMemberHistory is the health of a relative.
type FamilyMemberHistory struct {
	Head
	Date         When              `fhir:"date"`
	Name         string            `fhir:"name"`
	Relationship *Concept          `fhir:"relationship"`
	Sex          *Concept          `fhir:"sex|gender"`
	Born         Value             `fhir:"born[x]"`
	Age          Value             `fhir:"age[x]"`
	Deceased     Value             `fhir:"deceased[x]"`
	NotDone      Bool              `fhir:"notDone"` // STU3
	Reason       []Concept         `fhir:"reasonCode"`
	Note         []Annotation      `fhir:"note"`
	Condition    []FamilyCondition `fhir:"condition"`
}

// FamilyCondition is a relative's condition.
type FamilyCondition struct {
	Code    *Concept     `fhir:"code"`
	Outcome *Concept     `fhir:"outcome"`
	Onset   Value        `fhir:"onset[x]"`
	Note    []Annotation `fhir:"note"`
}

// Consent is an agreement or objection of the patient.
type Consent struct {
	Head
	Scope        *Concept    `fhir:"scope"`
	Category     []Concept   `fhir:"category"`
	DateTime     When        `fhir:"dateTime"`
	Performer    []Reference `fhir:"performer|consentingParty"`
	Organization []Reference `fhir:"organization"`
	PolicyRule   *Concept    `fhir:"policyRule"`
	Period       *Period     `fhir:"period"`
	Provision    *Provision  `fhir:"provision"`
	Source       Value       `fhir:"source[x]"`
}

// Provision is when the rule of a consent holds. What it permits and denies, with the
// exceptions inside of it, is read from the resource's own bytes.
type Provision struct {
	Period *Period `fhir:"period"`
}

// QuestionnaireResponse is a filled-in form.
type QuestionnaireResponse struct {
	Head
	Questionnaire *Reference  `fhir:"questionnaire"`
	Encounter     *Reference  `fhir:"encounter|context"`
	Authored      When        `fhir:"authored"`
	Author        *Reference  `fhir:"author"`
	Source        *Reference  `fhir:"source"`
	BasedOn       []Reference `fhir:"basedOn"`
	Parent        []Reference `fhir:"parent|partOf"`
	Item          []Answer    `fhir:"item"`
}

// Answer is a question of a form with its answers and sub-questions; an answer
// itself (Value) may again hold questions.
type Answer struct {
	LinkID string   `fhir:"linkId"`
	Text   string   `fhir:"text"`
	Value  Value    `fhir:"value[x]"`
	Answer []Answer `fhir:"answer"`
	Item   []Answer `fhir:"item"`
}

// ClinicalImpression is an assessment; a pharmacy consultation's summary.
type ClinicalImpression struct {
	Head
	StatusReason *Concept     `fhir:"statusReason"`
	Code         *Concept     `fhir:"code"`
	Description  string       `fhir:"description"`
	Encounter    *Reference   `fhir:"encounter|context"`
	Effective    Value        `fhir:"effective[x]"`
	Date         When         `fhir:"date"`
	Assessor     *Reference   `fhir:"assessor"`
	Problem      []Reference  `fhir:"problem"`
	Summary      string       `fhir:"summary"`
	Finding      []Finding    `fhir:"finding"`
	Prognosis    []Concept    `fhir:"prognosisCodeableConcept"`
	Supporting   []Reference  `fhir:"supportingInfo"`
	Note         []Annotation `fhir:"note"`
}

// Finding is what an assessment found.
type Finding struct {
	Item  Value  `fhir:"item[x]"`
	Basis string `fhir:"basis"`
}

// Communication is a message about the patient, sent or (CommunicationRequest)
// asked for.
type Communication struct {
	Head
	Category   []Concept    `fhir:"category"`
	Topic      []Concept    `fhir:"topic"`
	Encounter  *Reference   `fhir:"encounter|context"`
	Sent       When         `fhir:"sent|authoredOn"`
	Received   When         `fhir:"received"`
	Recipient  []Reference  `fhir:"recipient"`
	Sender     *Reference   `fhir:"sender"`
	Requester  *Agent       `fhir:"requester"`
	ReasonCode []Concept    `fhir:"reasonCode"`
	Payload    []Payload    `fhir:"payload"`
	NotDone    Bool         `fhir:"notDone|doNotPerform"`
	Note       []Annotation `fhir:"note"`
}

// Payload is the content of a message.
type Payload struct {
	Content Value `fhir:"content[x]"`
}

// Task is something to be done.
type Task struct {
	Head
	Intent       string       `fhir:"intent"`
	Priority     string       `fhir:"priority"`
	StatusReason *Concept     `fhir:"statusReason"`
	Business     *Concept     `fhir:"businessStatus"`
	Code         *Concept     `fhir:"code"`
	Description  string       `fhir:"description"`
	Focus        *Reference   `fhir:"focus"`
	Encounter    *Reference   `fhir:"encounter|context"`
	Execution    *Period      `fhir:"executionPeriod"`
	AuthoredOn   When         `fhir:"authoredOn"`
	LastModified When         `fhir:"lastModified"`
	Requester    *Agent       `fhir:"requester"`
	Owner        *Reference   `fhir:"owner"`
	ReasonCode   *Concept     `fhir:"reasonCode"`
	Note         []Annotation `fhir:"note"`
	Group        *Identifier  `fhir:"groupIdentifier"`
	Restriction  *Restriction `fhir:"restriction"`
}

// Restriction limits a task in time.
type Restriction struct {
	Period *Period `fhir:"period"`
}
