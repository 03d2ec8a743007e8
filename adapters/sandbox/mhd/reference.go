package mhd

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
)

const (
	odsSystem    = "https://fhir.nhs.uk/Id/ods-organization-code"
	personSystem = "https://fhir.nhs.uk/Id/sds-user-id"
	snomedSystem = "http://snomed.info/sct"
	uriSystem    = "urn:ietf:rfc:3986"
)

type object = map[string]any
type list = []any

// bundle is a patient's folder as FHIR.
func bundle(region string, folder *documents.Folder) []byte {
	entries := list{object{"resource": patient(region, folder)}}
	for i := range folder.Documents {
		d := &folder.Documents[i]
		entries = append(entries, object{"resource": reference(region, folder, d)})
		if !d.Lost && !d.Inline {
			entries = append(entries, object{"resource": object{
				"resourceType": "Binary", "id": idOf(d), "contentType": d.MediaType,
				"data": base64.StdEncoding.EncodeToString(d.Content),
			}})
		}
	}
	body, err := json.Marshal(object{"resourceType": "Bundle", "type": "collection", "entry": entries})
	if err != nil {
		panic("mhd: a map of strings is not JSON: " + err.Error())
	}
	return body
}

// PatientID is the logical id of the person with that NHS number in a region: nothing of the number shows in it.
func PatientID(region, nhsNumber string) string {
	return documents.Hash([]byte(region + "|" + nhsNumber))[:32]
}

func patient(region string, folder *documents.Folder) object {
	p := folder.Patient
	words := strings.Fields(p.Name)
	return object{
		"resourceType": "Patient", "id": PatientID(region, p.NHSNumber),
		"identifier": list{object{"system": fhirserver.NHSNumberSystem, "value": p.NHSNumber}},
		"name":       list{object{"use": "official", "family": words[len(words)-1], "given": list{words[0]}}},
		"birthDate":  p.DateOfBirth,
	}
}

// reference is a DocumentReference of MHD's comprehensive metadata.
func reference(region string, folder *documents.Folder, d *documents.Document) object {
	status := map[string]string{documents.Approved: "current", documents.Deprecated: "superseded"}[d.Status]
	r := object{
		"resourceType": "DocumentReference", "id": idOf(d), "status": status,
		"meta":             object{"profile": list{"https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Comprehensive.DocumentReference"}},
		"contained":        contained(d),
		"masterIdentifier": object{"system": uriSystem, "value": "urn:oid:" + d.UniqueID},
		"identifier":       list{object{"system": uriSystem, "value": d.EntryID}},
		"type":             concept(d.Type), "category": list{concept(d.Class)},
		"subject": subject(region, folder, d), "date": instant(d.Created), "description": d.Title,
		"author":        authors(d),
		"securityLabel": list{object{"coding": list{object{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": d.Confidentiality}}}},
		"content":       list{object{"attachment": attachment(d), "format": object{"system": "urn:oid:" + d.Format.System, "code": d.Format.Code, "display": d.Format.Display}}},
	}
	if context := context(d); len(context) > 0 {
		r["context"] = context
	}
	for _, other := range folder.Documents {
		if d.Replaces != "" && other.Name == d.Replaces {
			r["relatesTo"] = list{object{"code": "replaces", "target": object{"reference": "DocumentReference/" + idOf(&other)}}}
		}
	}
	return r
}

func idOf(d *documents.Document) string { return strings.TrimPrefix(d.EntryID, "urn:uuid:") }

// subject is the patient whom the entry names, who may be another than the folder's.
func subject(region string, folder *documents.Folder, d *documents.Document) object {
	number := folder.Patient.NHSNumber
	if d.About != "" {
		number = d.About
	}
	return object{
		"reference":  "Patient/" + PatientID(region, number),
		"identifier": object{"system": fhirserver.NHSNumberSystem, "value": number},
	}
}

func contained(d *documents.Document) list {
	a := d.Author
	all := list{object{
		"resourceType": "Organization", "id": "organisation", "name": a.Organisation,
		"identifier": list{object{"system": odsSystem, "value": a.ODS}},
	}}
	if a.Family != "" {
		all = append(all, object{
			"resourceType": "Practitioner", "id": "author",
			"identifier": list{object{"system": personSystem, "value": a.ID}},
			"name":       list{object{"family": a.Family, "given": list{a.Given}, "prefix": list{a.Prefix}}},
		})
	}
	return all
}

func authors(d *documents.Document) list {
	all := list{object{"reference": "#organisation"}}
	if d.Author.Family != "" {
		all = append(list{object{"reference": "#author"}}, all...)
	}
	return all
}

func attachment(d *documents.Document) object {
	hash, err := hex.DecodeString(d.Hash)
	if err != nil {
		panic("mhd: a hash is not hexadecimal: " + err.Error())
	}
	a := object{
		"contentType": d.MediaType, "language": "en-GB", "title": d.Title, "creation": instant(d.Created), "size": d.Size,
		"hash": base64.StdEncoding.EncodeToString(hash),
	}
	if d.Inline {
		a["data"] = base64.StdEncoding.EncodeToString(d.Content)
		return a
	}
	a["url"] = "Binary/" + idOf(d)
	return a
}

func context(d *documents.Document) object {
	period := object{}
	if d.From != "" {
		period["start"] = instant(d.From)
	}
	if d.Until != "" {
		period["end"] = instant(d.Until)
	}
	if len(period) == 0 {
		return nil
	}
	return object{"period": period}
}

func concept(c documents.Code) object {
	return object{"coding": list{object{"system": snomedSystem, "code": c.Code, "display": c.Display}}}
}

// instant is a DTM of HL7 v2 in UTC as FHIR writes it.
func instant(dtm string) string {
	at, err := time.Parse("20060102150405", dtm)
	if err != nil {
		panic("mhd: no instant: " + err.Error())
	}
	return at.Format(time.RFC3339)
}

// absolute makes document links lead to this server.
func absolute(base string, body []byte) []byte {
	return bytes.ReplaceAll(body, []byte(`"url":"Binary/`), []byte(`"url":"`+base+`/Binary/`))
}
