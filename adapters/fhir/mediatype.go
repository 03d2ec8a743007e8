package fhir

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// mediaTypes are those of the original bytes, by payload.
func (r *reader) mediaTypes() []string {
	out := make([]string, len(r.in.Payloads))
	for i := range r.in.Payloads {
		out[i] = r.in.Payloads[i].mediaType(r.in.Version)
	}
	return out
}

// listings are the listings of the documents that were read, by payload.
func (r *reader) listings() []*model.DocumentReference {
	out := make([]*model.DocumentReference, len(r.in.Payloads))
	for i := range r.in.Payloads {
		out[i] = r.in.Payloads[i].Listing
	}
	return out
}

// mediaType is that of a payload's resources. A part of a document carries no
// declaration of its encoding, so one that is not UTF-8 is named here (RFC 7303, section 3).
func (p Payload) mediaType(v Version) string {
	switch {
	case p.Read != nil:
		return p.MediaType
	case decode.FormatOf(p.Body) != decode.FormatFHIRXML:
		return "application/fhir+json" + v.parameter()
	}
	media := "application/fhir+xml" + v.parameter()
	if charset := xmltree.Charset(p.Body); charset != "utf-8" {
		media += "; charset=" + charset
	}
	return media
}

// parameter is the version as a media type's parameter.
// Source: hl7.org/fhir/R4/http.html#version-parameter
func (v Version) parameter() string {
	switch v {
	case STU3:
		return "; fhirVersion=3.0"
	case R4:
		return "; fhirVersion=4.0"
	case VersionUnstated:
	}
	return ""
}
