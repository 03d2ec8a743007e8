package xhtml

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain writes the text of a narrative.
type plain struct {
	out   strings.Builder
	blank bool // a blank is due before the next word
	begun bool // the line has words
	cells int  // cells of the row so far
	pre   int  // depth inside pre
	lead  string

	struck bool   // the words that come are struck out
	marked bool   // the mark of struck words is open
	shift  string // the mark of raised or lowered words is due
	reset  bool   // raised or lowered words have just ended
}

// blocks stand on lines of their own.
var blocks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true,
	atom.H6: true, atom.Ul: true, atom.Ol: true, atom.Li: true, atom.Dl: true, atom.Dt: true, atom.Dd: true,
	atom.Table: true, atom.Caption: true, atom.Tr: true, atom.Blockquote: true, atom.Pre: true, atom.Hr: true,
	atom.Br: true, atom.Thead: true, atom.Tbody: true, atom.Tfoot: true, atom.Section: true, atom.Article: true,
	atom.Header: true, atom.Footer: true, atom.Address: true, atom.Option: true, atom.Title: true,
}

func (p *plain) open(token html.Token) {
	switch a := token.DataAtom; {
	case a == atom.Td || a == atom.Th:
		p.cell()
	case a == atom.Sup:
		p.shift = "^"
	case a == atom.Sub:
		p.shift = "_"
	case blocks[a]:
		p.line()
		p.start(a)
	}
	p.text(alternative(token))
}

func (p *plain) start(a atom.Atom) {
	switch a {
	case atom.Li:
		p.lead = "- "
	case atom.Tr:
		p.cells = 0
	case atom.Pre:
		p.pre++
	}
}

func (p *plain) close(a atom.Atom) {
	if a == atom.Sup || a == atom.Sub {
		p.reset, p.shift = p.shift == "", ""
	}
	if a == atom.Pre && p.pre > 0 {
		p.pre--
	}
	if a == atom.Tr {
		p.cells = 0
	}
	if blocks[a] {
		p.line()
	}
}

// cell parts a cell from the one before it, also from an empty one, so that
// columns can be told.
func (p *plain) cell() {
	p.unmark()
	if p.cells > 0 {
		p.blank = false
		p.out.WriteString(" | ")
		p.begun = true
	}
	p.cells++
}

// line ends the line, if it has words. Inside a cell a block is a blank, so
// that a row stays one line.
func (p *plain) line() {
	if p.cells > 0 {
		p.blank = true
		return
	}
	p.unmark()
	if p.begun {
		p.out.WriteByte('\n')
	}
	p.begun, p.blank, p.lead, p.reset = false, false, "", false
}

// strike says whether the words that come are struck out.
func (p *plain) strike(struck bool) {
	if struck && !p.struck {
		p.blank = true
	}
	if !struck {
		p.unmark()
	}
	p.struck = struck
}

// mark opens the mark of struck words; each line and each cell has its own, so that
// none of them reads like live words.
func (p *plain) mark() {
	if p.struck && !p.marked {
		p.out.WriteString("[deleted: ")
		p.marked = true
	}
}

func (p *plain) unmark() {
	if p.marked {
		p.out.WriteByte(']')
		p.marked, p.blank = false, true
	}
}

func (p *plain) text(s string) {
	if p.pre > 0 {
		p.verbatim(s)
		return
	}
	p.blank = p.blank || strings.TrimLeftFunc(s, isBlank) != s
	for i, word := range strings.FieldsFunc(s, isBlank) {
		p.blank = p.blank || i > 0
		p.word(word)
	}
	p.blank = p.blank || strings.TrimRightFunc(s, isBlank) != s
}

func isBlank(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\f', '\u00a0':
		return true
	}
	return false
}

func (p *plain) word(w string) {
	switch {
	case !p.begun:
		p.out.WriteString(p.lead)
		p.lead = ""
	case p.blank:
		if s := p.out.String(); !strings.HasSuffix(s, " ") {
			p.out.WriteByte(' ')
		}
	case p.reset && digitsMeet(p.out.String(), w):
		p.out.WriteByte(' ')
	}
	p.mark()
	p.out.WriteString(p.shift + w)
	p.begun, p.blank, p.shift, p.reset = true, false, "", false
}

// digitsMeet reports a number that would run into the one before it, such as a
// power of ten into what follows.
func digitsMeet(before, after string) bool {
	return isDigit(before[len(before)-1]) && isDigit(after[0])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// verbatim keeps the lines of preformatted text.
func (p *plain) verbatim(s string) {
	if s == "" {
		return
	}
	p.out.WriteString(p.lead)
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			p.unmark()
			p.out.WriteByte('\n')
		}
		if line != "" {
			p.mark()
			p.out.WriteString(p.shift + line)
			p.shift = ""
		}
	}
	p.lead, p.begun, p.blank = "", !strings.HasSuffix(s, "\n"), false
}

func (p *plain) done() string {
	p.unmark()
	return strings.TrimSpace(p.out.String())
}
