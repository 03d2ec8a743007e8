package cda

import (
	"encoding/base64"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Content is the body of a document of another format than sections (CDA R2, nonXMLBody).
type Content struct {
	// MediaType is that of the content, as it was sent.
	MediaType string
	// Data is the content; nil where it stands somewhere else, or could not be read.
	Data []byte
	// Reference is where it stands, as it was sent. Nothing is fetched from there.
	Reference string
	// Unreadable says that content came which is not what it says that it is (base64).
	Unreadable bool
}

// nonXML reads the body of an unstructured document: the first, if there are several.
func (r *reader) nonXML(e *xmltree.Element) {
	text := e.Child("text")
	if isMasked(e) || isMasked(text) {
		r.withhold(e)
	}
	if r.content == nil || r.content.Data == nil && r.content.Reference == "" {
		r.content = contentOf(text)
	}
}

func contentOf(text *xmltree.Element) *Content {
	c := &Content{MediaType: text.Attr("mediaType"), Reference: text.Child("reference").Attr("value")}
	if text == nil {
		return c
	}
	if text.Attr("representation") != "B64" {
		if words := text.Text(); strings.TrimSpace(words) != "" {
			c.Data = []byte(words)
		}
		if c.MediaType == "" && c.Data != nil {
			c.MediaType = "text/plain"
		}
		return c
	}
	compact := strings.Join(strings.Fields(text.Text()), "")
	data, err := base64.StdEncoding.DecodeString(compact)
	if err != nil {
		data, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(compact, "="))
	}
	if err != nil {
		c.Unreadable = true
		return c
	}
	c.Data = data
	return c
}
