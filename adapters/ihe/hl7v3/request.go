package hl7v3

import (
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
)

// The actions of the questions.
const (
	ActionPIX  = "urn:hl7-org:v3:PRPA_IN201309UV02"
	ActionXCPD = "urn:hl7-org:v3:PRPA_IN201305UV02:CrossGatewayPatientDiscovery"
)

const (
	space        = "urn:hl7-org:v3"
	instance     = "http://www.w3.org/2001/XMLSchema-instance"
	interactions = "2.16.840.1.113883.1.6"
	moment       = "20060102150405-0700"
)

// Question is a question about one person.
type Question struct {
	// MessageID is a UUID, which names message and query.
	MessageID string
	// Person is the NHS number asked about.
	Person xds.ID
	// Authority is that of the ids wanted (PIX).
	Authority string
	// BirthDate as far as known, YYYY-MM-DD or a part of it (XCPD). Empty: not said.
	BirthDate string
	// Sender names us, Receiver them: ids of devices. Home is the OID of our community (XCPD).
	Sender, Receiver, Home string
	// At is now.
	At time.Time
}

// PIX asks for the ids of a person in another domain.
func (q Question) PIX() []byte {
	parameters := valued("dataSource", `<value root="`+soap.Escape(q.Authority)+`"/>`, "DataSource.id") +
		valued("patientIdentifier", instanceID(q.Person), "Patient.id")
	return q.message("PRPA_IN201309UV02", "PRPA_TE201309UV02", "", parameters)
}

// XCPD asks whether a community knows a person, by the number that both share (ITI-55, shared
// or national patient identifier mode).
func (q Question) XCPD() []byte {
	parameters := ""
	if born := strings.ReplaceAll(q.BirthDate, "-", ""); born != "" {
		parameters = valued("livingSubjectBirthTime", `<value value="`+soap.Escape(born)+`"/>`, "LivingSubject.birthTime")
	}
	parameters += valued("livingSubjectId", instanceID(q.Person), "LivingSubject.id")
	return q.message("PRPA_IN201305UV02", "PRPA_TE201305UV02", `<responseModalityCode code="R"/>`, parameters)
}

func instanceID(id xds.ID) string {
	return `<value root="` + soap.Escape(id.Authority) + `" extension="` + soap.Escape(id.Value) + `"/>`
}

func valued(name, value, semantics string) string {
	return "<" + name + ">" + value + "<semanticsText>" + semantics + "</semanticsText></" + name + ">"
}

func (q Question) message(interaction, trigger, modality, parameters string) []byte {
	var b strings.Builder
	b.WriteString(`<` + interaction + ` xmlns="` + space + `" xmlns:xsi="` + instance + `" ITSVersion="XML_1.0">` +
		`<id root="` + soap.Escape(q.MessageID) + `"/><creationTime value="` + q.At.Format(moment) + `"/>` +
		`<interactionId root="` + interactions + `" extension="` + interaction + `"/>` +
		`<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>` +
		device("receiver", "RCV", q.Receiver, "") + device("sender", "SND", q.Sender, q.Home) +
		`<controlActProcess classCode="CACT" moodCode="EVN"><code code="` + trigger + `" codeSystem="` + interactions + `"/>`)
	if modality != "" { // XCPD: whose ids the answer may be asked with
		b.WriteString(`<authorOrPerformer typeCode="AUT"><assignedDevice classCode="ASSIGNED"><id root="` +
			soap.Escape(q.Person.Authority) + `"/></assignedDevice></authorOrPerformer>`)
	}
	b.WriteString(`<queryByParameter><queryId root="` + soap.Escape(q.MessageID) + `"/><statusCode code="new"/>` + modality +
		`<responsePriorityCode code="I"/><parameterList>` + parameters + `</parameterList></queryByParameter></controlActProcess></` + interaction + `>`)
	return []byte(b.String())
}

// device is a sender or receiver. An id that is no OID stands as an extension.
func device(name, code, id, home string) string {
	agent := ""
	if home != "" {
		agent = `<asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE"><id root="` +
			soap.Escape(home) + `"/></representedOrganization></asAgent>`
	}
	return `<` + name + ` typeCode="` + code + `"><device classCode="DEV" determinerCode="INSTANCE"><id root="` + interactions +
		`" extension="` + soap.Escape(id) + `"/>` + agent + `</device></` + name + `>`
}
