package soap

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"net/url"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Bounds of the XML of a message. Documents can stand in it as base64.
const (
	depthMost    = 64
	elementsMost = 500_000
)

// Message is a message that came. What it holds are parts of the bytes that it was read from.
type Message struct {
	// Body is what the envelope's body holds.
	Body *xmltree.Element
	// XML is the bytes that Body was read from: its root part in a message of several.
	XML []byte

	header *xmltree.Element
	parts  []part
}

// Read reads an answer. Its errors are [*Error]: a fault is one too.
func Read(contentType string, data []byte) (*Message, error) {
	m, root, err := Parse(contentType, data)
	if err != nil {
		return nil, err
	}
	if root.Local != "Envelope" || root.Space != envelope12 && root.Space != envelope11 {
		return nil, fail(KindMalformed)
	}
	m.header = root.Child("Header")
	if m.Body = first(root.Child("Body")); m.Body == nil {
		return nil, fail(KindMalformed)
	}
	if m.Body.Local == "Fault" {
		return nil, fail(faultKind(m.Body))
	}
	return m, nil
}

// Parse reads the XML of a message, be it in an envelope or not, and gives its root element.
func Parse(contentType string, data []byte) (*Message, *xmltree.Element, error) {
	m := &Message{XML: data}
	if !beginsAsXML(data) {
		if err := m.split(framingOf(contentType, data), data); err != nil {
			return nil, nil, err
		}
	}
	root, err := xmltree.Parse(m.XML, xmltree.Limits{Depth: depthMost, Elements: elementsMost})
	if err != nil {
		return nil, nil, unread(err)
	}
	return m, root, nil
}

// beginsAsXML reports a message that is one XML document, whatever its label says.
func beginsAsXML(data []byte) bool {
	start := bytes.TrimLeft(data[:min(len(data), boundaryMost)], "\r\n\t \xef\xbb\xbf\xfe\xff\x00")
	return bytes.HasPrefix(start, []byte("<"))
}

// split finds the root part: that of the start parameter, else the first (RFC 2387, section 3.2).
func (m *Message) split(f framing, data []byte) error {
	all, err := parts(f.boundary, data)
	if err != nil {
		return err
	}
	root := all[0]
	for _, p := range all {
		if f.start != "" && p.id == f.start {
			root = p
			break
		}
	}
	m.parts = all
	m.XML, err = root.content()
	return err
}

func first(e *xmltree.Element) *xmltree.Element {
	if all := e.Children(""); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Answers says whether the message is the answer to a request. One that names none is: it came
// on the request's own connection.
func (m *Message) Answers(messageID string) error {
	related := m.header.Children("RelatesTo")
	for _, e := range related {
		if sameID(e.Text(), messageID) {
			return nil
		}
	}
	if len(related) > 0 {
		return fail(KindOther)
	}
	return nil
}

func sameID(named, messageID string) bool {
	plain := strings.TrimPrefix(strings.ToLower(strings.TrimSpace(named)), "urn:uuid:")
	return plain == strings.ToLower(messageID)
}

// Content is the bytes that an element holds: those of the part that it includes (XOP), or
// base64. The caller must not change them.
func (m *Message) Content(e *xmltree.Element) ([]byte, error) {
	if include := e.Child("Include"); include != nil {
		return m.included(include.Attr("href"))
	}
	return unbase64(e.Text())
}

// included finds the part that a cid: address names (RFC 2392). Its escapes are a URL's; some
// services do not write them, so that the id as it stands counts too.
func (m *Message) included(href string) ([]byte, error) {
	id, ok := strings.CutPrefix(strings.TrimSpace(href), "cid:")
	if !ok || id == "" {
		return nil, fail(KindPart)
	}
	plain, err := url.PathUnescape(id)
	if err != nil {
		plain = id
	}
	var found *part
	for i := range m.parts {
		p := &m.parts[i]
		if p.id != plain && p.id != id {
			continue
		}
		if found != nil && !bytes.Equal(found.body, p.body) {
			return nil, fail(KindPart) // which of them is meant, nobody can say
		}
		found = p
	}
	if found == nil {
		return nil, fail(KindPart)
	}
	return found.content()
}

// content is the part's body out of its transfer encoding (RFC 2045, section 6).
func (p *part) content() ([]byte, error) {
	switch p.encoding {
	case "", "binary", "8bit", "7bit":
		return p.body, nil
	case "base64":
		return unbase64(string(p.body))
	case "quoted-printable":
		out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(p.body)))
		if err != nil {
			return nil, fail(KindMalformed)
		}
		return out, nil
	}
	return nil, fail(KindMalformed)
}

// unbase64 reads base64 with white space in it. A text without padding is read too.
func unbase64(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, " \t") { // line breaks the decoder passes over by itself
		text = strings.Join(strings.Fields(text), "")
	}
	encoding := base64.StdEncoding
	if !strings.HasSuffix(text, "=") {
		encoding = base64.RawStdEncoding
	}
	out, err := encoding.DecodeString(text)
	if err != nil {
		return nil, fail(KindMalformed)
	}
	return out, nil
}
