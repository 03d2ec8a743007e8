package soap

import (
	"bytes"
	"encoding/xml"
)

// Namespaces of the messages.
const (
	envelope12 = "http://www.w3.org/2003/05/soap-envelope"
	envelope11 = "http://schemas.xmlsoap.org/soap/envelope/"
	addressing = "http://www.w3.org/2005/08/addressing"
	anonymous  = addressing + "/anonymous"
	secext     = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
)

// Request is a message to be sent.
type Request struct {
	// Action is what is asked, a URI. To is the address of who is asked.
	Action, To string
	// MessageID is a UUID, by which the answer is known.
	MessageID string
	// Assertion is a SAML assertion of the user, as XML. Empty for none.
	Assertion []byte
	// Body is what is asked, as XML that declares its own namespaces.
	Body []byte
	// MTOM sends it as MTOM, which tells the service to answer so.
	MTOM bool
}

// rootID names the only part of a request that is sent as MTOM.
const rootID = "root.message@openlhcr.invalid"

// Encode is the message with its content type.
func (r Request) Encode() (contentType string, body []byte) {
	if !r.MTOM {
		return `application/soap+xml; charset=UTF-8; action="` + r.Action + `"`, r.envelope()
	}
	boundary := "uuid-" + r.MessageID
	var out bytes.Buffer
	out.WriteString("--" + boundary + "\r\n" +
		`Content-Type: application/xop+xml; charset=UTF-8; type="application/soap+xml"` + "\r\n" +
		"Content-Transfer-Encoding: binary\r\nContent-ID: <" + rootID + ">\r\n\r\n")
	out.Write(r.envelope())
	out.WriteString("\r\n--" + boundary + "--\r\n")
	return `multipart/related; type="application/xop+xml"; boundary="` + boundary + `"; start="<` + rootID +
		`>"; start-info="application/soap+xml"; action="` + r.Action + `"`, out.Bytes()
}

func (r Request) envelope() []byte {
	var out bytes.Buffer
	out.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" +
		`<s:Envelope xmlns:s="` + envelope12 + `" xmlns:a="` + addressing + `"><s:Header>` +
		`<a:Action s:mustUnderstand="1">` + Escape(r.Action) + `</a:Action>` +
		`<a:MessageID>urn:uuid:` + Escape(r.MessageID) + `</a:MessageID>` +
		`<a:ReplyTo><a:Address>` + anonymous + `</a:Address></a:ReplyTo>` +
		`<a:To s:mustUnderstand="1">` + Escape(r.To) + `</a:To>`)
	if len(r.Assertion) > 0 {
		out.WriteString(`<w:Security xmlns:w="` + secext + `" s:mustUnderstand="1">`)
		out.Write(r.Assertion)
		out.WriteString(`</w:Security>`)
	}
	out.WriteString(`</s:Header><s:Body>`)
	out.Write(r.Body)
	out.WriteString(`</s:Body></s:Envelope>`)
	return out.Bytes()
}

// Escape writes text as XML has it, in content and in attributes.
func Escape(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a buffer never fails to write
	return out.String()
}
