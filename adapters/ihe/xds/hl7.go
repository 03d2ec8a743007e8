package xds

import (
	"regexp"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// ID is an identifier with the authority that assigned it, an OID (HL7 v2 data type CX as IHE
// ITI TF-3 section 4.2.3.1.7 narrows it: "id^^^&oid&ISO").
type ID struct{ Value, Authority string }

// String is the id as XDS writes it.
func (i ID) String() string { return i.Value + "^^^&" + i.Authority + "&ISO" }

// ParseID reads an id. Blanks and hyphens within an NHS number do not count.
func ParseID(text string) ID {
	c := components(text)
	out := ID{Value: strings.TrimSpace(c.at(0)), Authority: c.authority(3)}
	if out.IsNHSNumber() {
		out.Value = strings.NewReplacer(" ", "", "-", "").Replace(out.Value)
	}
	return out
}

// IsNHSNumber says that the authority is that of NHS numbers.
func (i ID) IsNHSNumber() bool { return i.Authority == definition.NHSNumberOID }

// Number is the NHS number, if it is one with a right check digit: another is nobody's.
func (i ID) Number() string {
	if !i.IsNHSNumber() {
		return ""
	}
	if _, err := nhsnumber.Parse(i.Value); err != nil {
		return ""
	}
	return i.Value
}

// parsed are the components of an HL7 v2 field.
type parsed []string

func components(field string) parsed { return strings.Split(field, "^") }

// at is a component, its escapes undone.
func (p parsed) at(i int) string {
	if i >= len(p) {
		return ""
	}
	return unescaped(p[i])
}

// authority is the universal id of an assigning authority (HD: "namespace&oid&ISO"), else its namespace.
func (p parsed) authority(i int) string {
	if i >= len(p) {
		return ""
	}
	parts := strings.Split(p[i], "&")
	if len(parts) > 1 && strings.TrimSpace(parts[1]) != "" {
		return strings.TrimPrefix(strings.TrimSpace(parts[1]), "urn:oid:")
	}
	return strings.TrimSpace(parts[0])
}

// unescaped undoes the escapes of HL7 v2 for its own separators (HL7 v2.5, section 2.7).
func unescaped(text string) string {
	return strings.NewReplacer(`\F\`, "|", `\S\`, "^", `\T\`, "&", `\R\`, "~", `\E\`, `\`).Replace(text)
}

var plainOID = regexp.MustCompile(`^[0-2](\.[0-9]+)+$`)

// system is an OID as the identifier system or code system that FHIR knows it by. What is no
// OID stays as it was sent.
func system(authority string) string {
	authority = strings.TrimPrefix(strings.TrimSpace(authority), "urn:oid:")
	switch authority {
	case definition.NHSNumberOID:
		return answer.NHSNumberSystem
	case "2.16.840.1.113883.6.96", "2.16.840.1.113883.2.1.3.2.4.15", "SNOMED-CT", "SNOMED CT": // the second is the NHS's own for it
		return "http://snomed.info/sct"
	case "2.16.840.1.113883.6.1", "LOINC":
		return "http://loinc.org"
	case "2.16.840.1.113883.5.25":
		return "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
	case "2.16.840.1.113883.2.1.3.2.4.19.1", "2.16.840.1.113883.2.1.3.2.4.19.2", "1.2.826.0.1285.0.1.10":
		return "https://fhir.nhs.uk/Id/ods-organization-code"
	case "1.2.826.0.1285.0.2.0.65":
		return "https://fhir.nhs.uk/Id/sds-user-id"
	}
	if plainOID.MatchString(authority) {
		return "urn:oid:" + authority
	}
	return authority
}

var digits = regexp.MustCompile(`^(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\.\d+)?([+-]\d{4})?$`)

// Moment writes a time of HL7 v2 as FHIR does, no more precise than it is: XDS has times in UTC
// (IHE ITI TF-3, DTM). A date in FHIR's form already, and what cannot be read, stays as it is.
func Moment(text string) string {
	text = strings.TrimSpace(text)
	p := digits.FindStringSubmatch(text)
	if p == nil || p[4] != "" && p[5] == "" { // FHIR has no hour without minutes
		return text
	}
	out := p[1]
	for i, before := range []string{"-", "-", "T", ":", ":"} {
		if p[i+2] == "" {
			return out + zone(p, out)
		}
		out += before + p[i+2]
	}
	return out + p[7] + zone(p, out)
}

func zone(p []string, out string) string {
	switch {
	case !strings.Contains(out, "T"):
		return ""
	case p[8] == "":
		return "Z"
	}
	return p[8][:3] + ":" + p[8][3:]
}
