package iheprobe

import (
	"encoding/base64"
	"strings"
	"testing"
)

// FindDocuments is a stored query for the approved documents of a patient (id^^^&authority&ISO).
func FindDocuments(patientID, returnType string) string {
	return StoredQuery("urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", returnType, "",
		"$XDSDocumentEntryPatientId", "'"+patientID+"'",
		"$XDSDocumentEntryStatus", "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')")
}

// StoredQuery is a query with slots: names and values in turn. Home is left out when empty.
func StoredQuery(id, returnType, home string, slots ...string) string {
	var b strings.Builder
	for i := 0; i < len(slots); i += 2 {
		b.WriteString(`<rim:Slot name="` + slots[i] + `"><rim:ValueList><rim:Value>` +
			strings.ReplaceAll(slots[i+1], "&", "&amp;") + `</rim:Value></rim:ValueList></rim:Slot>`)
	}
	if home != "" {
		home = ` home="` + home + `"`
	}
	return `<query:AdhocQueryRequest xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0">` +
		`<query:ResponseOption returnComposedObjects="true" returnType="` + returnType + `"/><rim:AdhocQuery id="` + id + `"` + home + `>` +
		b.String() + `</rim:AdhocQuery></query:AdhocQueryRequest>`
}

// Retrieve asks for documents of one repository. Home is left out when empty.
func Retrieve(home, repository string, uniqueIDs ...string) string {
	var b strings.Builder
	b.WriteString(`<RetrieveDocumentSetRequest xmlns="urn:ihe:iti:xds-b:2007">`)
	for _, id := range uniqueIDs {
		b.WriteString(`<DocumentRequest>`)
		if home != "" {
			b.WriteString(`<HomeCommunityId>` + home + `</HomeCommunityId>`)
		}
		b.WriteString(`<RepositoryUniqueId>` + repository + `</RepositoryUniqueId><DocumentUniqueId>` + id + `</DocumentUniqueId></DocumentRequest>`)
	}
	return b.String() + `</RetrieveDocumentSetRequest>`
}

// PIXQuery asks for the ids of a patient in one domain, or in all when it is empty.
func PIXQuery(root, extension, domain string) string {
	if domain != "" {
		domain = `<dataSource><value root="` + domain + `"/><semanticsText>DataSource.id</semanticsText></dataSource>`
	}
	return v3("PRPA_IN201309UV02", "PRPA_TE201309UV02", "", domain+
		`<patientIdentifier><value root="`+root+`" extension="`+extension+`"/><semanticsText>Patient.id</semanticsText></patientIdentifier>`)
}

// Discovery asks whom a community knows by an id, with a date of birth where one is given. Home is the asker's.
func Discovery(home, root, extension, birth string) string {
	if birth != "" {
		birth = `<livingSubjectBirthTime><value value="` + birth + `"/><semanticsText>LivingSubject.birthTime</semanticsText></livingSubjectBirthTime>`
	}
	if home != "" {
		home = `<asAgent classCode="AGNT"><representedOrganization classCode="ORG" determinerCode="INSTANCE"><id root="` + home + `"/></representedOrganization></asAgent>`
	}
	return v3("PRPA_IN201305UV02", "PRPA_TE201305UV02", home, birth+
		`<livingSubjectId><value root="`+root+`" extension="`+extension+`"/><semanticsText>LivingSubject.id</semanticsText></livingSubjectId>`)
}

func v3(interaction, trigger, agent, parameters string) string {
	return `<` + interaction + ` xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="2.999.1.1" extension="1"/><creationTime value="20260102030405"/>` +
		`<interactionId root="2.16.840.1.113883.1.6" extension="` + interaction + `"/><processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>` +
		`<receiver typeCode="RCV"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.1.2"/></device></receiver>` +
		`<sender typeCode="SND"><device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.1.3"/>` + agent + `</device></sender>` +
		`<controlActProcess classCode="CACT" moodCode="EVN"><code code="` + trigger + `" codeSystem="2.16.840.1.113883.1.6"/>` +
		`<queryByParameter><queryId root="2.999.1.4" extension="2"/><statusCode code="new"/><responseModalityCode code="R"/><responsePriorityCode code="I"/>` +
		`<parameterList>` + parameters + `</parameterList></queryByParameter></controlActProcess></` + interaction + `>`
}

// Documents gives the bytes of each retrieved document by its unique id, base64 and attachments alike. A document whose
// attachment is not there is nil.
func (a Answer) Documents(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	for _, response := range a.Body.FindElements("./DocumentResponse") {
		id := response.FindElement("./DocumentUniqueId").Text()
		document := response.FindElement("./Document")
		if include := document.FindElement("./Include"); include != nil {
			found[id] = a.Parts[strings.TrimPrefix(include.SelectAttrValue("href", ""), "cid:")]
			continue
		}
		content, err := base64.StdEncoding.DecodeString(document.Text())
		if err != nil {
			t.Fatal(err)
		}
		found[id] = content
	}
	return found
}
