package xmltree

import (
	"bytes"
	"encoding/xml"
	"io"
)

// Parse reads one document: UTF-8 (with or without a byte order mark), UTF-16, or ISO-8859-1, ISO-8859-15 and
// Windows-1252 as declared. Bytes that are no UTF-8 become U+FFFD and characters that XML forbids become blanks, for one
// stray byte must not take a record with it. Its errors are those of this package and nothing else: ErrEmpty, ErrNotXML, ErrTruncated,
// ErrTooLarge, ErrForbidden. The tree may share memory with a copy of the whole document.
func Parse(data []byte, l Limits) (*Element, error) {
	l = l.withDefaults()
	if len(data) > l.Bytes {
		return nil, ErrTooLarge
	}
	c, ok := charsetOf(data)
	if !ok {
		return nil, ErrNotXML
	}
	text, err := c.text(data)
	switch {
	case err != nil:
		return nil, err
	case len(text) > l.Bytes:
		return nil, ErrTooLarge
	case len(bytes.TrimSpace(text)) == 0:
		return nil, ErrEmpty
	}
	root, err := parse(text, origin{charset: c, text: text}, l)
	if err != ErrNotXML {
		return root, err
	}
	if whole := mended(text); whole != nil && len(whole) <= l.Bytes {
		return parse(whole, mendedOrigin(c, data, text, whole), l)
	}
	return nil, ErrNotXML
}

func parse(text []byte, source origin, l Limits) (*Element, error) {
	p := &parser{limits: l, text: string(text), source: source, tokens: tokens(text)}
	return p.document()
}

// tokens reads the raw tokens of text that is UTF-8 already, whatever its declaration says. The named characters of HTML
// are known, as narratives use them: each is one character, and none can be declared.
func tokens(text []byte) *xml.Decoder {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return d
}

// parser makes the tree of one document.
type parser struct {
	limits   Limits
	text     string // the whole document, of which plain text is a part without a copy
	source   origin
	tokens   *xml.Decoder
	arena    arena
	scope    scope
	open     []opened
	nodes    []Node // those of every open element, each one's behind its parent's
	attrs    []Attr // of the element being opened
	run      string // the text since the last tag …
	more     []byte // … and what a comment or CDATA section parted from it
	root     *Element
	elements int
}

// opened is an element whose end has not come: its name as written, and where its nodes and namespaces begin.
type opened struct {
	element  *Element
	name     xml.Name
	nodes    int
	bindings int
}

func (p *parser) document() (*Element, error) {
	for {
		start := int(p.tokens.InputOffset())
		token, err := p.tokens.RawToken()
		if err == io.EOF {
			return p.finished()
		}
		if err != nil {
			return nil, p.failure()
		}
		if err := p.token(token, start); err != nil {
			return nil, err
		}
	}
}

// finished judges a document at its last byte.
func (p *parser) finished() (*Element, error) {
	switch {
	case len(p.open) > 0:
		return nil, ErrTruncated
	case p.root == nil:
		return nil, ErrNotXML
	}
	return p.root, nil
}

// failure tells a document that breaks off from one that is wrong: the reader had wanted more than there is.
func (p *parser) failure() error {
	if int(p.tokens.InputOffset()) >= len(p.text) && p.root == nil {
		return ErrTruncated
	}
	return ErrNotXML
}

func (p *parser) token(token xml.Token, start int) error {
	switch t := token.(type) {
	case xml.StartElement:
		return p.start(t, start)
	case xml.EndElement:
		return p.end(t)
	case xml.CharData:
		return p.chars(t, start)
	case xml.Directive:
		return ErrForbidden
	}
	return nil
}

func (p *parser) start(t xml.StartElement, start int) error {
	p.elements++
	switch {
	case p.root != nil:
		return ErrNotXML
	case p.elements > p.limits.Elements, len(p.open) >= p.limits.Depth, len(t.Attr) > attributesMost:
		return ErrTooLarge
	}
	p.flush()
	e := p.arena.element()
	p.nodes = append(p.nodes, Node{Element: e})
	p.open = append(p.open, opened{element: e, name: t.Name, nodes: len(p.nodes), bindings: p.scope.mark()})
	if !p.attributes(t.Attr) {
		return ErrNotXML
	}
	e.Name = Name{Space: p.scope.element(t.Name.Space), Local: t.Name.Local}
	e.Attrs = p.arena.keepAttrs(p.attrs)
	e.Start = p.source.of(start)
	return nil
}

// attributes takes the namespaces that an element declares, then its other attributes. No name may come twice: which of
// two values was meant, nobody can say.
func (p *parser) attributes(written []xml.Attr) bool {
	for _, a := range written {
		switch {
		case a.Name.Space == "xmlns":
			p.scope.declare(a.Name.Local, a.Value)
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			p.scope.declare("", a.Value)
		}
	}
	p.attrs = p.attrs[:0]
	for _, a := range written {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		name := Name{Space: p.scope.attribute(a.Name.Space), Local: a.Name.Local}
		if p.has(name) {
			return false
		}
		p.attrs = append(p.attrs, Attr{Name: name, Value: a.Value})
	}
	return true
}

func (p *parser) has(name Name) bool {
	for i := range p.attrs {
		if p.attrs[i].Name == name {
			return true
		}
	}
	return false
}

func (p *parser) end(t xml.EndElement) error {
	last := len(p.open) - 1
	if last < 0 || p.open[last].name != t.Name {
		return ErrNotXML
	}
	p.flush()
	o := p.open[last]
	p.open = p.open[:last]
	o.element.Nodes = p.arena.keepNodes(p.nodes[o.nodes:])
	p.nodes = p.nodes[:o.nodes]
	p.scope.release(o.bindings)
	o.element.End = p.source.of(int(p.tokens.InputOffset()))
	if last == 0 {
		p.root = o.element
	}
	return nil
}

// chars takes text. Outside the root there is none but white space.
func (p *parser) chars(t xml.CharData, start int) error {
	switch {
	case len(p.open) == 0:
		if len(bytes.TrimSpace(t)) > 0 {
			return ErrNotXML
		}
	case len(p.more) > 0:
		p.more = append(p.more, t...)
	case p.run != "":
		p.more = append(append(p.more, p.run...), t...)
	default:
		p.run = p.plain(t, start)
	}
	return nil
}

// plain is the text as a string: a part of the document's own where it is written there as it is read.
func (p *parser) plain(t xml.CharData, start int) string {
	if end := int(p.tokens.InputOffset()); end-start == len(t) && p.text[start:end] == string(t) {
		return p.text[start:end]
	}
	return string(t)
}

// flush makes a node of the text since the last tag.
func (p *parser) flush() {
	switch {
	case len(p.more) > 0:
		p.nodes = append(p.nodes, Node{Text: string(p.more)})
		p.more = p.more[:0]
	case p.run != "":
		p.nodes = append(p.nodes, Node{Text: p.run})
	}
	p.run = ""
}
