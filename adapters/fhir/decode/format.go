package decode

import (
	"bytes"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Format is what a payload is written in.
type Format uint8

// The formats that are told apart.
const (
	FormatUnknown Format = iota // nothing, text, a web page, a picture
	FormatJSON
	FormatFHIRXML
	FormatCDA  // an HL7 version 3 clinical document
	FormatSOAP // a SOAP 1.1 or 1.2 envelope
	FormatXML  // another XML document
)

const (
	fhirSpace  = "http://hl7.org/fhir"
	xhtmlSpace = "http://www.w3.org/1999/xhtml"
	cdaSpace   = "urn:hl7-org:v3"
	soapSpace  = "http://www.w3.org/2003/05/soap-envelope"
	soap11     = "http://schemas.xmlsoap.org/soap/envelope/"
)

// FormatOf tells what a payload seems to be from its beginning: that all of it can be
// read is not said.
func FormatOf(data []byte) Format {
	if !isXML(data) {
		if body := afterMark(data); len(body) > 0 && (body[0] == '{' || body[0] == '[') {
			return FormatJSON
		}
		return FormatUnknown
	}
	root, err := xmltree.Root(data)
	if err != nil {
		return FormatUnknown
	}
	return formatOfRoot(root)
}

func formatOfRoot(root xmltree.Name) Format {
	switch {
	case isFHIR(root):
		return FormatFHIRXML
	case root.Local == "ClinicalDocument" && (root.Space == cdaSpace || isUndeclared(root.Space)):
		return FormatCDA
	case root.Local == "Envelope" && (root.Space == soapSpace || root.Space == soap11):
		return FormatSOAP
	case strings.EqualFold(root.Local, "html"):
		return FormatUnknown
	}
	return FormatXML
}

// isFHIR reports the root of a FHIR resource: one of FHIR's namespace, or of a known type
// where the namespace was forgotten.
func isFHIR(root xmltree.Name) bool {
	if root.Space == fhirSpace {
		return true
	}
	if !isUndeclared(root.Space) {
		return false
	}
	_, other := model.New(root.Local).(*model.Other)
	return !other
}

// isUndeclared reports no namespace, or the prefix that stands for one which was never
// declared: addresses of namespaces have a colon.
func isUndeclared(space string) bool { return !strings.Contains(space, ":") }

// isXML reports what can only be XML: JSON never begins with "<", nor is it read in UTF-16.
func isXML(data []byte) bool {
	if body := afterMark(data); len(body) > 0 && body[0] == '<' {
		return true
	}
	return strings.HasPrefix(xmltree.Charset(data), "utf-16")
}

func afterMark(data []byte) []byte {
	return bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
}
