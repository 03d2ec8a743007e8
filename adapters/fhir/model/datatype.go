package model

// Meta is what a server says about a resource.
type Meta struct {
	VersionID   string   `fhir:"versionId"`
	LastUpdated When     `fhir:"lastUpdated"`
	Source      string   `fhir:"source"`
	Profile     []string `fhir:"profile"`
	Security    []Coding `fhir:"security"`
	Tag         []Coding `fhir:"tag"`
}

// Tagged gives the first tag of a system, or nil.
func (m *Meta) Tagged(system string) *Coding {
	if m == nil {
		return nil
	}
	for i := range m.Tag {
		if m.Tag[i].System == system {
			return &m.Tag[i]
		}
	}
	return nil
}

// Narrative is the XHTML of a resource or section, as sent.
type Narrative struct {
	Status string `fhir:"status"`
	Div    string `fhir:"div"`
}

// FromBare takes markup that stands where a Narrative is due.
func (n *Narrative) FromBare(s string) { n.Div = s }

// Identifier is a business identifier.
type Identifier struct {
	Use       string      `fhir:"use"`
	Type      *Concept    `fhir:"type"`
	System    string      `fhir:"system"`
	Value     string      `fhir:"value"`
	Period    *Period     `fhir:"period"`
	Assigner  *Reference  `fhir:"assigner"`
	Extension []Extension `fhir:"extension"`
}

// FromBare takes a value that stands where an Identifier is due.
func (i *Identifier) FromBare(s string) { i.Value = s }

// Period is a start and an end, each as precise as it was recorded.
type Period struct {
	Start When `fhir:"start"`
	End   When `fhir:"end"`
}

// Quantity is a measured amount: Quantity, SimpleQuantity, Duration, Age, Money.
type Quantity struct {
	Value      Number      `fhir:"value"`
	Comparator string      `fhir:"comparator"`
	Unit       string      `fhir:"unit"`
	System     string      `fhir:"system"`
	Code       string      `fhir:"code"`
	Extension  []Extension `fhir:"extension"`
}

// FromBare takes a number that stands where a Quantity is due.
func (q *Quantity) FromBare(s string) { q.Value = Number(s) }

// Range is a low and a high limit.
type Range struct {
	Low  *Quantity `fhir:"low"`
	High *Quantity `fhir:"high"`
}

// Ratio is one quantity to another.
type Ratio struct {
	Numerator   *Quantity `fhir:"numerator"`
	Denominator *Quantity `fhir:"denominator"`
}

// SampledData is a series of measurements; Data is kept as sent.
type SampledData struct {
	Origin     *Quantity `fhir:"origin"`
	Period     Number    `fhir:"period"`
	Dimensions Number    `fhir:"dimensions"`
	Data       string    `fhir:"data"`
}

// Annotation is a note with its author and time.
type Annotation struct {
	Author Value  `fhir:"author[x]"`
	Time   When   `fhir:"time"`
	Text   string `fhir:"text"`
}

// FromBare takes text that stands where an Annotation is due.
func (a *Annotation) FromBare(s string) { a.Text = s }

// HumanName is a name as recorded.
type HumanName struct {
	Use    string   `fhir:"use"`
	Text   string   `fhir:"text"`
	Family string   `fhir:"family"`
	Given  []string `fhir:"given"`
	Prefix []string `fhir:"prefix"`
	Suffix []string `fhir:"suffix"`
	Period *Period  `fhir:"period"`
}

// FromBare takes text that stands where a HumanName is due.
func (n *HumanName) FromBare(s string) { n.Text = s }

// Address is a postal address as recorded.
type Address struct {
	Use        string      `fhir:"use"`
	Type       string      `fhir:"type"`
	Text       string      `fhir:"text"`
	Line       []string    `fhir:"line"`
	City       string      `fhir:"city"`
	District   string      `fhir:"district"`
	State      string      `fhir:"state"`
	PostalCode string      `fhir:"postalCode"`
	Country    string      `fhir:"country"`
	Period     *Period     `fhir:"period"`
	Extension  []Extension `fhir:"extension"`
}

// FromBare takes text that stands where an Address is due.
func (a *Address) FromBare(s string) { a.Text = s }

// ContactPoint is a telephone number, e-mail address or the like.
type ContactPoint struct {
	System    string      `fhir:"system"`
	Value     string      `fhir:"value"`
	Use       string      `fhir:"use"`
	Rank      Number      `fhir:"rank"`
	Period    *Period     `fhir:"period"`
	Extension []Extension `fhir:"extension"`
}

// FromBare takes a number or address that stands where a ContactPoint is due.
func (c *ContactPoint) FromBare(s string) { c.Value = s }

// Attachment is content held in line (Data, base64) or elsewhere (URL).
type Attachment struct {
	ContentType string      `fhir:"contentType"`
	Language    string      `fhir:"language"`
	Data        string      `fhir:"data"`
	URL         string      `fhir:"url"`
	Size        Number      `fhir:"size"`
	Hash        string      `fhir:"hash"`
	Title       string      `fhir:"title"`
	Creation    When        `fhir:"creation"`
	Extension   []Extension `fhir:"extension"`
}

// FromBare takes an address that stands where an Attachment is due.
func (a *Attachment) FromBare(s string) { a.URL = s }

// Agent is somebody who acted. STU3 wraps the reference (`performer.actor`,
// `requester.agent`, `participant.individual`), R4 often does not
// (`performer.reference`): [Agent.Who] gives it either way.
type Agent struct {
	Reference
	Actor      *Reference `fhir:"actor|agent|individual|member|who|party|whoReference"`
	OnBehalfOf *Reference `fhir:"onBehalfOf|onBehalfOfReference"`
	Roles      []Concept  `fhir:"role|function|relatedAgentType"`
	Period     *Period    `fhir:"period"`
}

// FromBare takes a bare string where somebody is due.
func (a *Agent) FromBare(s string) { a.Reference.Reference = s }

// Who is the reference to the one who acted; nil when there is none.
func (a *Agent) Who() *Reference {
	switch {
	case a == nil:
		return nil
	case !a.Actor.IsEmpty():
		return a.Actor
	case a.IsEmpty():
		return nil
	}
	return &a.Reference
}
