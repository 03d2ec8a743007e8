package hl7v3

import (
	"errors"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// ErrNotAnswer is what came that answers no question about a person. It carries nothing of it.
var ErrNotAnswer = errors.New("no answer of a patient index")

// Outcome says what an index answered.
type Outcome int

// The outcomes.
const (
	// Unusable: the answer says neither who it is nor that nobody is.
	Unusable Outcome = iota
	// Found: persons matched.
	Found
	// NotFound: nobody matched.
	NotFound
	// Ambiguous: the index wants to know more before it says who it is.
	Ambiguous
	// Failed: the index failed, or did not accept the question.
	Failed
	// Busy: the index is too busy to answer.
	Busy
)

// Answer is an index's answer.
type Answer struct {
	Outcome Outcome
	// Asked is the person of whom the index says that it was asked. Empty when it does not say.
	Asked []xds.ID
	// Persons are who matched.
	Persons []Person
}

// Person is one match.
type Person struct {
	// IDs are all ids of the person that came.
	IDs []xds.ID
	// Born is the birth time as sent: digits of HL7 v3.
	Born string
	// Home is the OID of the community that knows the person so (XCPD). Empty when not said.
	Home string
	// Replaced are ids that this record replaced.
	Replaced []xds.ID
}

// Read reads the answer to PIX V3 (PRPA_IN201310UV02) or XCPD (PRPA_IN201306UV02).
func Read(root *xmltree.Element) (*Answer, error) {
	if root.Local != "PRPA_IN201310UV02" && root.Local != "PRPA_IN201306UV02" {
		if root.Local == "MCCI_IN000002UV01" { // an acknowledgement alone: the question was not taken
			return &Answer{Outcome: Failed}, nil
		}
		return nil, ErrNotAnswer
	}
	act := root.Child("controlActProcess")
	a := &Answer{Asked: asked(act.At("queryByParameter", "parameterList"))}
	for _, subject := range act.Children("subject") {
		if p, ok := person(subject.Child("registrationEvent")); ok {
			a.Persons = append(a.Persons, p)
		}
	}
	a.Outcome = outcome(root, act, len(a.Persons) > 0)
	return a, nil
}

// outcome reads acknowledgement, query response code and issues together (HL7 tables 0018 and
// 0208; ITI-55, special handling for more attributes).
func outcome(root, act *xmltree.Element, found bool) Outcome {
	ack := root.At("acknowledgement", "typeCode").Attr("code")
	issue := issueOf(act)
	switch code := strings.ToUpper(act.At("queryAck", "queryResponseCode").Attr("code")); {
	case code == "NF", unknownKey(root):
		return NotFound
	case issue != Unusable && !found:
		return issue
	case code == "AE", code == "AR", isError(ack):
		return Failed
	case code == "QE":
		return Ambiguous
	case found:
		return Found
	case code == "OK":
		return NotFound
	}
	return Unusable
}

func isError(ack string) bool { return ack == "AE" || ack == "AR" || ack == "CE" || ack == "CR" }

// unknownKey reports the error by which PIX says that it knows no such person (HL7 table 0357,
// code 204). For a domain that is not known the same code names another place.
func unknownKey(root *xmltree.Element) bool {
	for _, d := range root.Child("acknowledgement").Children("acknowledgementDetail") {
		for _, place := range d.Children("location") {
			if d.Child("code").Attr("code") == "204" && strings.Contains(strings.ToLower(place.Text()), "patientidentifier") {
				return true
			}
		}
	}
	return false
}

// issueOf reads why an index gives no match that might have one; Unusable for no issue.
func issueOf(act *xmltree.Element) Outcome {
	reason := act.Child("reasonOf")
	if reason == nil {
		return Unusable
	}
	event := reason.Child("detectedIssueEvent")
	code := event.At("mitigatedBy", "detectedIssueManagement", "code").Attr("code")
	switch {
	case code == "ResponderBusy":
		return Busy
	case code == "" && event.Child("triggerFor") != nil:
		return Ambiguous
	}
	return Failed
}

func asked(parameters *xmltree.Element) []xds.ID {
	var out []xds.ID
	for _, name := range []string{"patientIdentifier", "livingSubjectId"} {
		for _, p := range parameters.Children(name) {
			for _, v := range p.Children("value") {
				if id, ok := readID(v); ok {
					out = append(out, id)
				}
			}
		}
	}
	return out
}

// readID reads an instance identifier (HL7 v3 data type II).
func readID(e *xmltree.Element) (xds.ID, bool) {
	root, extension := strings.TrimSpace(e.Attr("root")), strings.TrimSpace(e.Attr("extension"))
	if root == "" || extension == "" || e.Attr("nullFlavor") != "" {
		return xds.ID{}, false
	}
	return xds.ParseID(xds.ID{Value: escaped(extension), Authority: root}.String()), true
}

// escaped keeps an extension one component of an HL7 v2 field.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\E\`, "^", `\S\`, "&", `\T\`, "|", `\F\`, "~", `\R\`).Replace(text)
}

func person(event *xmltree.Element) (Person, bool) {
	patient := event.At("subject1", "patient")
	if patient == nil {
		return Person{}, false
	}
	p := Person{Born: strings.TrimSpace(patient.At("patientPerson", "birthTime").Attr("value"))}
	p.add(patient)
	for _, other := range patient.Child("patientPerson").Children("asOtherIDs") {
		p.add(other)
	}
	p.Home = strings.TrimSpace(event.At("custodian", "assignedEntity", "id").Attr("root"))
	for _, r := range event.Children("replacementOf") {
		for _, id := range r.At("priorRegistration", "subject1", "priorRegisteredRole").Children("id") {
			if old, ok := readID(id); ok {
				p.Replaced = append(p.Replaced, old)
			}
		}
	}
	return p, true
}

func (p *Person) add(e *xmltree.Element) {
	for _, id := range e.Children("id") {
		if read, ok := readID(id); ok {
			p.IDs = append(p.IDs, read)
		}
	}
}

// Under gives the person's ids of one authority, none twice.
func (p Person) Under(authority string) []xds.ID {
	var out []xds.ID
	seen := map[string]bool{}
	for _, id := range p.IDs {
		if id.Authority == authority && !seen[id.Value] {
			out, seen[id.Value] = append(out, id), true
		}
	}
	return out
}
