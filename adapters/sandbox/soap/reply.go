package soap

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

const header = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// Envelope is a whole message around the XML of its body.
func Envelope(action, relatesTo, body string) []byte {
	var b bytes.Buffer
	b.WriteString(header + `<env:Envelope xmlns:env="` + EnvelopeSpace + `" xmlns:wsa="` + AddressingSpace +
		`" xmlns:wsse="` + SecuritySpace + `"><env:Header><wsa:Action env:mustUnderstand="true">` +
		Escape(action) + `</wsa:Action><wsa:MessageID>` + newID() + `</wsa:MessageID>`)
	if relatesTo != "" {
		b.WriteString(`<wsa:RelatesTo>` + Escape(relatesTo) + `</wsa:RelatesTo>`)
	}
	b.WriteString(`</env:Header><env:Body>` + body + `</env:Body></env:Envelope>`)
	return b.Bytes()
}

// Answer is a message that stands alone, with HTTP 200.
func Answer(action, relatesTo, body string) fault.Reply {
	return fault.Reply{
		Status: http.StatusOK,
		Header: http.Header{"Content-Type": {MediaType + `; charset=UTF-8; action="` + action + `"`}},
		Body:   Envelope(action, relatesTo, body),
	}
}

// Part is an attachment of an MTOM message.
type Part struct {
	// ID without angle brackets, as in cid:ID.
	ID        string
	MediaType string
	Content   []byte
}

// Multipart is a message with attachments (SOAP MTOM, XOP 1.0, RFC 2387), with HTTP 200.
func Multipart(action, relatesTo, body string, parts []Part) fault.Reply {
	boundary := "MIMEBoundary_" + rand.Text()
	start := "0." + rand.Text() + "@repository.example"
	var b bytes.Buffer
	b.Grow(size(parts))
	root := `application/xop+xml; charset=UTF-8; type="` + MediaType + `"; action="` + action + `"`
	write(&b, boundary, Part{start, root, Envelope(action, relatesTo, body)}, "8bit")
	for _, part := range parts {
		write(&b, boundary, part, "binary")
	}
	b.WriteString("\r\n--" + boundary + "--\r\n")
	return fault.Reply{
		Status: http.StatusOK, Body: b.Bytes(), Header: http.Header{"Content-Type": {fmt.Sprintf(
			`multipart/related; boundary="%s"; type="application/xop+xml"; start="<%s>"; start-info="%s"; action="%s"`,
			boundary, start, MediaType, action)}},
	}
}

func size(parts []Part) int {
	n := 8 << 10
	for _, part := range parts {
		n += len(part.Content) + 512
	}
	return n
}

func write(b *bytes.Buffer, boundary string, part Part, encoding string) {
	fmt.Fprintf(b, "\r\n--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\nContent-ID: <%s>\r\n\r\n",
		boundary, part.MediaType, encoding, part.ID)
	b.Write(part.Content)
}

// newID is a random UUID as a URN (RFC 9562, version 4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails: it would end the program
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
