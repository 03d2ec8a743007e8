package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// readable is what `inspect` reads, in words.
const readable = "FHIR as JSON or XML, a clinical document (CDA), or an answer of a document registry or repository"

// payloads reads a file as what it is, or as what --as says that it is. Told is what there is to say of it before its
// record.
func (f inspectCommand) payloads(body []byte) (list []fhir.Payload, told string, err error) {
	switch f.As {
	case "fhir-r4", "fhir-stu3":
		return asFHIR(body)
	case "cda":
		return asDocument(body)
	case "registry":
		return asRegistry(body)
	case "repository":
		return asRepository(body)
	}
	return byItself(body)
}

// byItself goes by what a file shows at its beginning.
func byItself(body []byte) ([]fhir.Payload, string, error) {
	switch decode.FormatOf(body) {
	case decode.FormatJSON, decode.FormatFHIRXML:
		return asFHIR(body)
	case decode.FormatCDA:
		return asDocument(body)
	case decode.FormatSOAP:
		return asMessage("", body)
	case decode.FormatXML:
		return asXML(body)
	case decode.FormatUnknown:
	}
	if contentType, inner := withoutHTTP(body); isMultipart(inner) {
		return asMessage(contentType, inner)
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		_, err := xmltree.Root(body)
		return nil, "", unreadable(body, cmp.Or(err, xds.ErrNotXDS))
	}
	return nil, "", fmt.Errorf("it is neither JSON nor XML; what can be read is %s", readable)
}

// isMultipart reports a MIME message of several parts, from its first boundary on.
func isMultipart(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(body[:min(len(body), 4<<10)], "\r\n\t "), []byte("--"))
}

// withoutHTTP takes the head of an HTTP message off, as a capture has it, and gives the content type that it tells.
func withoutHTTP(body []byte) (contentType string, inner []byte) {
	lines := bufio.NewReader(bytes.NewReader(body))
	first, err := lines.ReadString('\n')
	if err != nil || !strings.Contains(first, "HTTP/") && !strings.Contains(first, ":") {
		return "", body
	}
	if !strings.Contains(first, "HTTP/") {
		lines = bufio.NewReader(bytes.NewReader(body))
	}
	head, err := textproto.NewReader(lines).ReadMIMEHeader()
	if err != nil {
		return "", body
	}
	inner, err = io.ReadAll(lines)
	if err != nil {
		return "", body
	}
	return head.Get("Content-Type"), inner
}

func asFHIR(body []byte) ([]fhir.Payload, string, error) {
	return []fhir.Payload{{Body: body}}, "", nil
}

func asDocument(body []byte) ([]fhir.Payload, string, error) {
	d, err := cda.Read(body, cda.Options{})
	if err != nil {
		return nil, "", unreadable(body, err)
	}
	return []fhir.Payload{d.Payload()}, contentWords(d), nil
}

// contentWords say what the body of a document is that has no sections.
func contentWords(d *cda.Document) string {
	c, ok := d.Content()
	switch {
	case !ok:
		return ""
	case c.Unreadable:
		return "The body of this document is not what it says that it is: " + typeWords(c.MediaType) + "."
	case len(c.Data) > 0:
		return fmt.Sprintf("The body of this document is %s of %d bytes, without entries.", typeWords(c.MediaType), len(c.Data))
	case c.Reference != "":
		return "The body of this document is " + typeWords(c.MediaType) + " and stands somewhere else; it was not fetched."
	}
	return "The body of this document is empty."
}

func typeWords(mediaType string) string {
	if mediaType == "" {
		return "of no type that is told"
	}
	return mediaType
}

// asMessage reads a SOAP message: an answer of a registry, or of a repository.
func asMessage(contentType string, body []byte) ([]fhir.Payload, string, error) {
	m, err := soap.Read(contentType, body)
	if err != nil {
		return nil, "", unreadable(body, err)
	}
	if m.Body.Local == "RetrieveDocumentSetResponse" {
		return retrieved(m)
	}
	return asRegistry(m.XML)
}

// asXML reads what stands in no envelope by its root.
func asXML(body []byte) ([]fhir.Payload, string, error) {
	root, err := xmltree.Root(body)
	if err != nil {
		return nil, "", unreadable(body, err)
	}
	switch root.Local {
	case "section", "component", "structuredBody":
		return asDocument(body)
	case "RetrieveDocumentSetResponse":
		return asRepository(body)
	}
	return asRegistry(body)
}

func asRegistry(body []byte) ([]fhir.Payload, string, error) {
	p, err := xds.Payload(body)
	if err != nil {
		return nil, "", unreadable(body, err)
	}
	return []fhir.Payload{p}, "", nil
}

// asRepository reads a repository's answer, in an envelope or not.
func asRepository(body []byte) ([]fhir.Payload, string, error) {
	m, root, err := soap.Parse("", body)
	if err != nil {
		return nil, "", unreadable(body, err)
	}
	if root.Local == "Envelope" {
		if m, err = soap.Read("", body); err != nil {
			return nil, "", unreadable(body, err)
		}
	} else {
		m.Body = root
	}
	return retrieved(m)
}

// unreadable says what a file is that is none of those that can be read. It holds nothing of the file but the name of
// what it is.
func unreadable(body []byte, err error) error {
	if words := brokenWords(err); words != "" {
		return fmt.Errorf("it is %s; what can be read is %s", words, readable)
	}
	if words := messageWords(body); words != "" {
		return fmt.Errorf("it is %s; what can be read is %s", words, readable)
	}
	return fmt.Errorf("%w; what can be read is %s", err, readable)
}

// brokenWords say what is wrong with a file whatever it is; empty where nothing is.
func brokenWords(err error) string {
	var message *soap.Error
	kind := soap.Kind(0)
	if errors.As(err, &message) {
		kind = message.Kind
	}
	switch {
	case kind == soap.KindTruncated, errors.Is(err, xmltree.ErrTruncated):
		return "cut short"
	case kind == soap.KindTooLarge, errors.Is(err, xmltree.ErrTooLarge):
		return "larger than is read"
	case errors.Is(err, xmltree.ErrForbidden):
		return "XML that declares a document type (DTD), which is not read"
	case errors.Is(err, xmltree.ErrNotXML):
		return "XML that is not well formed"
	}
	return ""
}
