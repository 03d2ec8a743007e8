package model

import "strings"

// Coding is one code of one system, with everything its sender said of it.
type Coding struct {
	System       string      `fhir:"system"`
	Version      string      `fhir:"version"`
	Code         string      `fhir:"code"`
	Display      string      `fhir:"display"`
	UserSelected Bool        `fhir:"userSelected"`
	Extension    []Extension `fhir:"extension"`
}

// FromBare takes a code that stands where a Coding is due.
func (c *Coding) FromBare(s string) { c.Code = s }

// SNOMED is the code system of SNOMED CT and of dm+d inside it.
const SNOMED = "http://snomed.info/sct"

// aliases of code systems, as real senders write them; the record keeps theirs.
var aliases = map[string]string{
	"https://snomed.info/sct":        SNOMED,
	"http://snomed.info/sct/":        SNOMED,
	"urn:oid:2.16.840.1.113883.6.96": SNOMED,
	"https://unitsofmeasure.org":     "http://unitsofmeasure.org",
	"https://loinc.org":              "http://loinc.org",
}

// CanonicalSystem gives the usual form of a code system's address (an alias
// such as https://snomed.info/sct is mapped), or the address itself.
func CanonicalSystem(system string) string {
	if c, ok := aliases[system]; ok {
		return c
	}
	return system
}

// Is reports that the coding is this code of this system, whichever alias of
// the system its sender used.
func (c *Coding) Is(system, code string) bool {
	return c != nil && c.Code == code && CanonicalSystem(c.System) == system
}

// DescriptionID gives the SNOMED CT description id and its term, which travel
// in an extension of the coding (under several addresses, in several spellings).
func (c *Coding) DescriptionID() (id, term string) {
	if c == nil {
		return "", ""
	}
	for i := range c.Extension {
		x := &c.Extension[i]
		switch tail := x.Tail(); {
		case strings.Contains(tail, "CodingSCTDescDisplay"):
			term = x.Value.Text()
		case strings.Contains(tail, "sctdescid"), strings.Contains(tail, "sctdecsid"),
			strings.Contains(tail, "CodingSCTDescId"):
			id, term = describe(x, id, term)
		}
	}
	return id, term
}

func describe(x *Extension, id, term string) (string, string) {
	if t := x.Value.Text(); t != "" {
		id = t
	}
	for i := range x.Extension {
		switch part := &x.Extension[i]; strings.ToLower(part.URL) {
		case "descriptionid":
			id = part.Value.Text()
		case "descriptiondisplay":
			term = part.Value.Text()
		}
	}
	return id, term
}

// Concept is a CodeableConcept: any number of codings for one meaning, and text.
type Concept struct {
	Coding    []Coding    `fhir:"coding,flat"`
	Text      string      `fhir:"text"`
	Extension []Extension `fhir:"extension"`
}

// FromBare takes a bare string where a CodeableConcept is due: STU3 codes its
// statuses so, and some senders write a phrase. One word is a code, more is text.
func (c *Concept) FromBare(s string) {
	if strings.ContainsAny(s, " \t\n") {
		c.Text = s
		return
	}
	c.Coding = append(c.Coding, Coding{Code: s})
}

// IsEmpty reports a concept that says nothing.
func (c *Concept) IsEmpty() bool { return c == nil || (len(c.Coding) == 0 && c.Text == "") }

// Code is the first code, whatever its system: for elements bound to one value
// set, such as a status. Empty when there is none.
func (c *Concept) Code() string {
	if c == nil || len(c.Coding) == 0 {
		return ""
	}
	return c.Coding[0].Code
}

// Has reports that any coding is this code of this system.
func (c *Concept) Has(system, code string) bool {
	if c == nil {
		return false
	}
	for i := range c.Coding {
		if c.Coding[i].Is(system, code) {
			return true
		}
	}
	return false
}

// HasCode reports that any coding carries this code, whatever its system.
func (c *Concept) HasCode(code string) bool {
	if c == nil {
		return false
	}
	for i := range c.Coding {
		if c.Coding[i].Code == code {
			return true
		}
	}
	return false
}

// Show is the text for people: the text, else the display that the user
// selected, else the first display, else the first code.
func (c *Concept) Show() string {
	if c == nil {
		return ""
	}
	if c.Text != "" {
		return c.Text
	}
	for i := range c.Coding {
		if c.Coding[i].UserSelected.IsTrue() && c.Coding[i].Display != "" {
			return c.Coding[i].Display
		}
	}
	for i := range c.Coding {
		if c.Coding[i].Display != "" {
			return c.Coding[i].Display
		}
	}
	return c.Code()
}
