package xmltree

import (
	"bytes"
	"encoding/xml"
)

// rootMost is how far into a document its root element is looked for.
const rootMost = 64 << 10

// Root is the name of the document's root element, read from its beginning only: the rest may be anything. Its errors are
// those of [Parse].
func Root(data []byte) (Name, error) {
	c, ok := charsetOf(data)
	if !ok {
		return Name{}, ErrNotXML
	}
	text, err := c.text(data[:min(len(data), rootMost)])
	if err != nil {
		return Name{}, err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return Name{}, ErrEmpty
	}
	return root(tokens(text), len(text))
}

func root(d *xml.Decoder, end int) (Name, error) {
	for {
		token, err := d.RawToken()
		if err != nil {
			if int(d.InputOffset()) >= end {
				return Name{}, ErrTruncated
			}
			return Name{}, ErrNotXML
		}
		switch t := token.(type) {
		case xml.StartElement:
			p := parser{}
			p.attributes(t.Attr)
			return Name{Space: p.scope.element(t.Name.Space), Local: t.Name.Local}, nil
		case xml.Directive:
			return Name{}, ErrForbidden
		case xml.CharData:
			if len(bytes.TrimSpace(t)) > 0 {
				return Name{}, ErrNotXML
			}
		}
	}
}
