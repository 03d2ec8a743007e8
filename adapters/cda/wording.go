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
	byID map[string][]wordingPlace // nil until first asked for
	// here is the section that is read.
	here *xmltree.Element
	// struck counts the words that were asked for and are struck out.
	struck int
}

// wordingPlace is an element of a narrative: of which section, and whether it was struck out.
type wordingPlace struct {
	e, section *xmltree.Element
	deleted    bool
}

// places are the parts of the narrative that a reference ("#a1") may mean: those of the section that is read, else those
// of the others.
func (w *wordings) places(reference string) []wordingPlace {
	id, ok := strings.CutPrefix(strings.TrimSpace(reference), "#")
	if !ok || id == "" {
		return nil
	}
	if w.byID == nil {
		w.byID = map[string][]wordingPlace{}
		w.index(w.root)
	}
	all := w.byID[id]
	if len(all) < 2 {
		return all
	}
	var own []wordingPlace
	for _, p := range all {
		if p.section == w.here {
			own = append(own, p)
		}
	}
	if len(own) > 0 {
		return own
	}
	return all
}

// at is the part of the narrative that a reference names; nil when there is none, or several.
func (w *wordings) at(reference string) *xmltree.Element {
	if p := w.places(reference); len(p) == 1 {
		return p[0].e
	}
	return nil
}

// index takes the narratives of sections: entries have no words that anything points at.
func (w *wordings) index(e *xmltree.Element) {
	for i := range e.Nodes {
		c := e.Nodes[i].Element
		switch {
		case c == nil, c.Local == "entry":
		case c.Local == "text" && e.Local == "section":
			w.indexText(c, e, false)
		case c.Local == "component", c.Local == "structuredBody", c.Local == "section":
			w.index(c)
		}
	}
}

func (w *wordings) indexText(e, section *xmltree.Element, deleted bool) {
	deleted = deleted || isDeleted(e)
	if id := e.Attr("ID"); id != "" {
		w.byID[id] = append(w.byID[id], wordingPlace{e, section, deleted})
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			w.indexText(c, section, deleted)
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
	return w.pointed(w.places(e.Child("reference").Attr("value")))
}

// unreadable are the words of a reference that means one of several.
const unreadable = "[unreadable: the document has several words of the name that it points at]"

// pointed are the words that a reference means. Several that say the same are one.
func (w *wordings) pointed(list []wordingPlace) (words string, narrated bool) {
	for i, p := range list {
		said := p.words()
		if i > 0 && said != words {
			return unreadable, false
		}
		words = said
	}
	if strings.Contains(words, deletedMark) {
		w.struck++
	}
	return words, words != ""
}

// words are those of the place, marked where an element around it was struck out.
func (p wordingPlace) words() string {
	words := plain(p.e)
	if p.deleted && words != "" && !isDeleted(p.e) {
		return deletedMark + " " + words + "]"
	}
	return words
}

// deletedMark begins words that were struck out.
const deletedMark = "[deleted:"

// original is the words behind a code (originalText).
func (w *wordings) original(e *xmltree.Element) string {
	words := w.text(e.Child("originalText"))
	if words == unreadable && e.Attr("displayName") != "" {
		return "" // the code says it in words of its own
	}
	return words
}

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
	deleted := isDeleted(e)
	if deleted {
		p.write(deletedMark)
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
