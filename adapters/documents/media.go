package documents

import (
	"mime"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// class says whether a list names a content a CDA document.
type class uint8

const (
	no class = iota
	// unsaid: what was fetched decides.
	unsaid
	yes
)

// Formats of documents (IHE format codes) that hold coded sections, by how they begin: the
// profiles of C-CDA, of IHE's Patient Care Coordination, and of HL7 UK.
func codedFormats() []string {
	return []string{"urn:hl7-org:sdwg:ccda", "urn:ihe:pcc:", "urn:hl7-org:sdwg:pacp", "urn:nhs-uk:cda", "urn:ihe:pharm:", "urn:ihe:lab:", "urn:ihe:palm:"}
}

// A format whose body is text or PDF inside a CDA wrapper (XDS-SD) holds no coded section.
const wrapped = "urn:ihe:iti:xds-sd:"

func classOf(contentType string, format *model.Coding) class {
	code := ""
	if format != nil {
		code = strings.ToLower(strings.TrimSpace(format.Code))
	}
	if strings.HasPrefix(code, wrapped) {
		return no
	}
	for _, prefix := range codedFormats() {
		if strings.HasPrefix(code, prefix) {
			return yes
		}
	}
	switch base(contentType) {
	case "text/xml", "application/xml", "application/hl7-v3+xml", "text/hl7-v3+xml", "application/cda+xml", "application/hl7-cda+xml":
		return yes
	case "", "application/octet-stream", "binary/octet-stream", "application/x-unknown":
		return unsaid
	}
	return no
}

// base is a media type without its parameters, in lower case.
func base(contentType string) string {
	if media, _, err := mime.ParseMediaType(contentType); err == nil {
		return media
	}
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}
