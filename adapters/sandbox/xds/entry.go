package xds

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// The schemes of a DocumentEntry's classifications and external identifiers (ITI TF-3, 4.2.3.2).
const (
	authorScheme          = "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"
	classScheme           = "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a"
	confidentialityScheme = "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f"
	formatScheme          = "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d"
	facilityScheme        = "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1"
	practiceScheme        = "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead"
	typeScheme            = "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983"
	patientScheme         = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
	uniqueScheme          = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"

	objectType   = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:"
	snomed       = "2.16.840.1.113883.2.1.3.2.4.15"
	odsOID       = "1.2.826.0.1285.0.1.10"
	personOID    = "1.2.826.0.1285.0.2.0.65"
	actCodes     = "2.16.840.1.113883.5.25"
	entryVersion = `<rim:VersionInfo versionName="1"/>`
)

// entry is the ExtrinsicObject of a document. Order of elements as rim.xsd has it.
func (c *community) entry(f filed) string {
	d := f.document
	var b strings.Builder
	fmt.Fprintf(&b, `<rim:ExtrinsicObject id="%s" lid="%[1]s"%s mimeType="%s" objectType="%s" status="%s">`,
		d.EntryID, c.homeAttribute(), d.MediaType, stableType, statusType+d.Status)
	for _, s := range c.slots(f) {
		b.WriteString(slot(s.name, s.values...))
	}
	b.WriteString(`<rim:Name>` + localised(d.Title) + `</rim:Name><rim:Description>`)
	if d.Comment != "" {
		b.WriteString(localised(d.Comment))
	}
	b.WriteString(`</rim:Description>` + entryVersion)
	b.WriteString(author(d))
	for _, classified := range classifications(d) {
		b.WriteString(classification(d, classified.scheme, classified.code))
	}
	b.WriteString(identify(d, patientScheme, "XDSDocumentEntry.patientId", c.patientID(f)))
	b.WriteString(identify(d, uniqueScheme, "XDSDocumentEntry.uniqueId", d.UniqueID))
	b.WriteString(`</rim:ExtrinsicObject>`)
	return b.String()
}

type namedValues struct {
	name   string
	values []string
}

func (c *community) slots(f filed) []namedValues {
	d, p := f.document, f.folder.Patient
	all := []namedValues{{"creationTime", []string{d.Created}}}
	if d.From != "" {
		all = append(all, namedValues{"serviceStartTime", []string{d.From}})
	}
	if d.Until != "" {
		all = append(all, namedValues{"serviceStopTime", []string{d.Until}})
	}
	words := strings.Fields(p.Name)
	return append(all,
		namedValues{"hash", []string{d.Hash}},
		namedValues{"size", []string{strconv.Itoa(d.Size)}},
		namedValues{"languageCode", []string{"en-GB"}},
		namedValues{"repositoryUniqueId", []string{c.Repository}},
		namedValues{"sourcePatientId", []string{c.sourceID(f)}},
		namedValues{"sourcePatientInfo", []string{
			"PID-3|" + about(f) + "^^^&" + nhsNumbers + "&ISO",
			"PID-5|" + words[len(words)-1] + "^" + words[0] + "^^^",
			"PID-7|" + strings.ReplaceAll(p.DateOfBirth, "-", ""),
		}},
	)
}

// about is the NHS number of whom the entry says that it is about.
func about(f filed) string {
	if f.document.About != "" {
		return f.document.About
	}
	return f.folder.Patient.NHSNumber
}

// patientID is the entry's patient in the domain's own ids.
func (c *community) patientID(f filed) string {
	return c.people.localID(about(f)) + "^^^&" + c.Authority + "&ISO"
}

// sourceID is the id of the patient where the document came from.
func (c *community) sourceID(f filed) string {
	return "H" + strings.TrimPrefix(c.people.localID(about(f)), c.Prefix) + "^^^&" + c.Authority + ".9&ISO"
}

type classified struct {
	scheme string
	code   documents.Code
}

func classifications(d *documents.Document) []classified {
	return []classified{
		{classScheme, d.Class}, {confidentialityScheme, confidentiality(d)}, {formatScheme, d.Format},
		{facilityScheme, documents.Code{Code: "22232009", Display: "Hospital", System: snomed}},
		{practiceScheme, documents.Code{Code: "394802001", Display: "General medicine", System: snomed}},
		{typeScheme, d.Type},
	}
}

func confidentiality(d *documents.Document) documents.Code {
	display := map[string]string{"N": "normal", "R": "restricted", "V": "very restricted"}[d.Confidentiality]
	return documents.Code{Code: d.Confidentiality, Display: display, System: actCodes}
}

// author is a classification without a node: its values stand in slots.
func author(d *documents.Document) string {
	a := d.Author
	institution := a.Organisation + "^^^^^&" + odsOID + "&ISO^^^^" + a.ODS
	var b strings.Builder
	fmt.Fprintf(&b, `<rim:Classification id="%s" objectType="%sClassification" classificationScheme="%s" classifiedObject="%s" nodeRepresentation="">`,
		part(d, "a"), objectType, authorScheme, d.EntryID)
	if a.Family != "" {
		b.WriteString(slot("authorPerson", fmt.Sprintf("%s^%s^%s^^^%s^^^&%s&ISO", a.ID, a.Family, a.Given, a.Prefix, personOID)))
	}
	b.WriteString(slot("authorInstitution", institution))
	if a.Role != "" {
		b.WriteString(slot("authorRole", a.Role))
	}
	b.WriteString(`</rim:Classification>`)
	return b.String()
}

func classification(d *documents.Document, scheme string, code documents.Code) string {
	return fmt.Sprintf(`<rim:Classification id="%s" objectType="%sClassification" classificationScheme="%s" classifiedObject="%s" nodeRepresentation="%s">%s<rim:Name>%s</rim:Name></rim:Classification>`,
		part(d, scheme), objectType, scheme, d.EntryID, soap.Escape(code.Code), slot("codingScheme", code.System), localised(code.Display))
}

func identify(d *documents.Document, scheme, name, value string) string {
	return fmt.Sprintf(`<rim:ExternalIdentifier id="%s" objectType="%sExternalIdentifier" registryObject="%s" identificationScheme="%s" value="%s"><rim:Name>%s</rim:Name></rim:ExternalIdentifier>`,
		part(d, scheme), objectType, d.EntryID, scheme, soap.Escape(value), localised(name))
}

// part is the id of a part of an entry, which nobody asks for.
func part(d *documents.Document, name string) string {
	return "urn:uuid:" + documents.Hash([]byte(d.EntryID + name))[:8] + strings.TrimPrefix(d.EntryID, "urn:uuid:")[8:]
}

func slot(name string, values ...string) string {
	var b strings.Builder
	b.WriteString(`<rim:Slot name="` + name + `"><rim:ValueList>`)
	for _, value := range values {
		b.WriteString(`<rim:Value>` + soap.Escape(value) + `</rim:Value>`)
	}
	b.WriteString(`</rim:ValueList></rim:Slot>`)
	return b.String()
}

func localised(value string) string {
	return `<rim:LocalizedString xml:lang="en-GB" charset="UTF-8" value="` + soap.Escape(value) + `"/>`
}
