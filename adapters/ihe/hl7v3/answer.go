package hl7v3

import (
	"errors"
	"strconv"
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
	// Missing counts further matches: those that cannot be read, that are marked as void, or
	// that the index says it has and did not send.
	Missing int
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
		a.subject(subject)
	}
	a.Missing += unsent(act.Child("queryAck"), len(a.Persons)+a.Missing)
	a.Outcome = outcome(root, act, a)
	return a, nil
}

// subject takes the matches that stand in one subject: one, as a rule.
func (a *Answer) subject(subject *xmltree.Element) {
	before := len(a.Persons) + a.Missing
	for _, event := range subject.Children("registrationEvent") {
		for _, inner := range event.Children("subject1") {
			for _, patient := range inner.Children("patient") {
				if isVoid(event) || isVoid(patient) {
					a.Missing++
				} else {
					a.Persons = append(a.Persons, person(event, patient))
				}
			}
		}
	}
	if len(a.Persons)+a.Missing == before {
		a.Missing++
	}
}

// isVoid reports a record that holds no longer (HL7 v3, ActStatus and RoleStatus).
func isVoid(e *xmltree.Element) bool {
	code := strings.ToLower(e.Child("statusCode").Attr("code"))
	return code == "nullified" || code == "obsolete"
}

// unsent is how many matches an index says that it has beside those that came.
func unsent(ack *xmltree.Element, came int) int {
	number := func(name string) int {
		n, _ := strconv.Atoi(strings.TrimSpace(ack.Child(name).Attr("value")))
		return min(max(0, n), 1<<20) // no number is none
	}
	return max(number("resultRemainingQuantity"), number("resultTotalQuantity")-came)
}

// outcome reads acknowledgement, query response code and issues together (HL7 tables 0018 and
// 0208; ITI-55, special handling for more attributes). That nobody matched is believed only where
// nothing of a match came.
func outcome(root, act *xmltree.Element, a *Answer) Outcome {
	found, nobody := len(a.Persons) > 0, len(a.Persons) == 0 && a.Missing == 0
	ack := root.At("acknowledgement", "typeCode").Attr("code")
	issue := issueOf(act)
	switch code := strings.ToUpper(act.At("queryAck", "queryResponseCode").Attr("code")); {
	case code == "NF", unknownKey(root):
		return only(nobody, NotFound)
	case issue != Unusable && !found:
		return issue
	case code == "AE", code == "AR", isError(ack):
		return Failed
	case code == "QE":
		return Ambiguous
	case found:
		return Found
	case code == "OK":
		return only(nobody, NotFound)
	}
	return Unusable
}

// only is an outcome where something holds, and otherwise none that can be used.
func only(holds bool, o Outcome) Outcome {
	if holds {
		return o
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

func person(event, patient *xmltree.Element) Person {
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
	return p
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
