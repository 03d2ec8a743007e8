package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// mostWords bounds what is said in words of one element, in bytes.
const mostWords = 8 << 10

const cutShort = " … [there is more: see the document]"

// wordings finds the words of a document's narrative that its entries point at.
type wordings struct {
	root *xmltree.Element
	byID map[string]*xmltree.Element // nil until first asked for
}

// at is the part of the narrative that a reference ("#a1") names; nil when there is none.
func (w *wordings) at(reference string) *xmltree.Element {
	id, ok := strings.CutPrefix(strings.TrimSpace(reference), "#")
	if !ok || id == "" {
		return nil
	}
	if w.byID == nil {
		w.byID = map[string]*xmltree.Element{}
		w.index(w.root)
	}
	return w.byID[id]
}

// index takes the narratives of sections: entries have no words that anything points at.
func (w *wordings) index(e *xmltree.Element) {
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		switch {
		case c == nil, c.Local == "entry":
		case c.Local == "text" && e.Local == "section":
			w.indexText(c)
		case c.Local == "component", c.Local == "structuredBody", c.Local == "section":
			w.index(c)
		}
	}
}

func (w *wordings) indexText(e *xmltree.Element) {
	if id := e.Attr("ID"); id != "" && w.byID[id] == nil {
		w.byID[id] = e
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			w.indexText(c)
		}
	}
}

// text is what an element of encapsulated data (ED) says: its own words, else those of the narrative that it points at.
func (w *wordings) text(e *xmltree.Element) string {
	words, _ := w.told(e)
	return words
}

// told is text, and whether it stands in the narrative, where people read it anyway.
func (w *wordings) told(e *xmltree.Element) (words string, narrated bool) {
	if e == nil {
		return "", false
	}
	if e.Attr("representation") == "B64" {
		return "[content of type " + e.Attr("mediaType") + "]", false
	}
	if own := ownWords(e); own != "" {
		return own, false
	}
	if part := w.at(e.Child("reference").Attr("value")); part != nil {
		return plain(part), true
	}
	return "", false
}

// original is the words behind a code (originalText).
func (w *wordings) original(e *xmltree.Element) string { return w.text(e.Child("originalText")) }

// ownWords are the words that stand in an element itself.
func ownWords(e *xmltree.Element) string {
	if len(e.Nodes) == 1 && e.Nodes[0].Element == nil {
		return shortened(squeeze(e.Nodes[0].Text))
	}
	return plain(e)
}

func shortened(s string) string {
	if len(s) <= mostWords {
		return s
	}
	return strings.ToValidUTF8(s[:mostWords], "") + cutShort
}

// squeeze makes single blanks of all white space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// plain is a part of a narrative in one line: cells parted by bars, words that were struck out marked.
func plain(e *xmltree.Element) string {
	p := &plainWriter{}
	p.element(e)
	return shortened(strings.TrimSpace(p.out.String()))
}

// plainWriter writes words with single blanks between them.
type plainWriter struct {
	out   strings.Builder
	blank bool
	cell  bool
}

func (p *plainWriter) element(e *xmltree.Element) {
	if p.out.Len() > mostWords {
		return
	}
	switch e.Local {
	case "td", "th":
		p.cell = p.out.Len() > 0
	case "br", "tr", "item", "paragraph", "list", "table", "caption":
		p.blank = true
	case "renderMultiMedia":
		p.write("[picture]")
	}
	deleted := e.Attr("revised") == "delete"
	if deleted {
		p.write("[deleted:")
		p.blank = true
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			p.element(c)
			continue
		}
		p.text(e.Nodes[i].Text)
	}
	if deleted {
		p.out.WriteByte(']')
	}
}

func (p *plainWriter) text(s string) {
	for i, word := range strings.Fields(s) {
		if i > 0 || strings.ContainsRune(" \t\r\n", rune(s[0])) {
			p.blank = true
		}
		p.write(word)
	}
	if s != "" && strings.ContainsRune(" \t\r\n", rune(s[len(s)-1])) {
		p.blank = true
	}
}

func (p *plainWriter) write(word string) {
	switch {
	case p.cell:
		p.out.WriteString(" | ")
	case p.blank && p.out.Len() > 0:
		p.out.WriteByte(' ')
	}
	p.cell, p.blank = false, false
	p.out.WriteString(word)
}
