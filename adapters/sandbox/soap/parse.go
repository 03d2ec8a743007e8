package soap

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"github.com/beevik/etree"
)

// requestBytes is the most that a request may have: queries are small.
const requestBytes = 1 << 20

// content gives the message's XML and the action that the HTTP header names, if any.
func content(r *http.Request, rules Rules) (raw []byte, action string, fault *Fault) {
	if r.Method != http.MethodPost {
		return nil, "", &Fault{Status: http.StatusMethodNotAllowed, Code: "Sender", Reason: "only POST is served"}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, requestBytes+1))
	if err != nil || len(body) > requestBytes {
		return nil, "", Sender("", "the request cannot be read")
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && media == MediaType:
		return body, params["action"], nil
	case err == nil && media == "multipart/related" && rules.Multipart:
		raw, fault := root(body, params)
		return raw, params["action"], fault
	default:
		return nil, "", &Fault{Status: http.StatusUnsupportedMediaType, Code: "Sender",
			Reason: "a request to this address is " + MediaType}
	}
}

// root gives the root part of an MTOM request (RFC 2387, XOP 1.0).
func root(body []byte, params map[string]string) ([]byte, *Fault) {
	if params["type"] != "application/xop+xml" || !strings.HasPrefix(params["start-info"], MediaType) {
		return nil, Sender("", "multipart/related is not typed as MTOM: type and start-info")
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for first := true; ; first = false {
		part, err := parts.NextRawPart()
		if err != nil {
			return nil, Sender("", "the root part of the request is not there")
		}
		if id := part.Header.Get("Content-ID"); (params["start"] != "" && id != params["start"]) || !first && params["start"] == "" {
			continue
		}
		if media, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); media != "application/xop+xml" {
			return nil, Sender("", "the root part is not application/xop+xml")
		}
		raw, err := io.ReadAll(part)
		if err != nil {
			return nil, Sender("", "the root part of the request cannot be read")
		}
		return raw, nil
	}
}

func parse(raw []byte) (*Message, *Fault) {
	if bytes.Contains(raw, []byte("<!DOCTYPE")) {
		return nil, Sender("", "a message must not hold a document type declaration")
	}
	doc := etree.NewDocument()
	doc.ReadSettings.ValidateInput = true
	if err := doc.ReadFromBytes(raw); err != nil || doc.Root() == nil {
		return nil, Sender("", "the message is not well-formed XML")
	}
	envelope := doc.Root()
	if envelope.Tag != "Envelope" || envelope.NamespaceURI() != EnvelopeSpace {
		return nil, &Fault{Status: http.StatusInternalServerError, Code: "VersionMismatch", Reason: "only SOAP 1.2 is served"}
	}
	m := &Message{Envelope: envelope, Header: Child(envelope, EnvelopeSpace, "Header")}
	body := Child(envelope, EnvelopeSpace, "Body")
	if m.Header == nil || body == nil || len(body.ChildElements()) != 1 {
		return nil, Sender("", "a message has a header and one element in its body")
	}
	m.Payload = body.ChildElements()[0]
	return m, nil
}

// Text is the text of an element without surrounding blanks, or "" for none.
func Text(e *etree.Element) string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text())
}
