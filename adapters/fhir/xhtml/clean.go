package xhtml

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// clean writes the sanitised markup: it builds anew from an allow-list and
// copies nothing but text.
type clean struct {
	out    strings.Builder
	path   []atom.Atom
	struck bool // the words that come are struck out
}

// allowed elements; true for those that have no content.
var allowed = map[atom.Atom]bool{
	atom.P: false, atom.Div: false, atom.Span: false, atom.Br: true, atom.Hr: true, atom.H1: false,
	atom.H2: false, atom.H3: false, atom.H4: false, atom.H5: false, atom.H6: false, atom.B: false,
	atom.Strong: false, atom.I: false, atom.Em: false, atom.U: false, atom.S: false, atom.Small: false,
	atom.Big: false, atom.Sub: false, atom.Sup: false, atom.Tt: false, atom.Code: false, atom.Pre: false,
	atom.Blockquote: false, atom.Ul: false, atom.Ol: false, atom.Li: false, atom.Dl: false, atom.Dt: false,
	atom.Dd: false, atom.Del: false, atom.Ins: false, atom.Table: false, atom.Caption: false, atom.Thead: false, atom.Tbody: false,
	atom.Tfoot: false, atom.Tr: false, atom.Th: false, atom.Td: false,
}

func (c *clean) open(token html.Token, closed bool) {
	c.text(alternative(token))
	a := plainAtom(token.DataAtom)
	empty, ok := allowed[a]
	if !ok || !empty && len(c.path) >= MaxDepth {
		return
	}
	c.out.WriteString("<" + a.String())
	if a == atom.Td || a == atom.Th {
		c.spans(token)
	}
	switch {
	case empty:
		c.out.WriteString("/>")
	case closed:
		c.out.WriteString("></" + a.String() + ">")
	default:
		c.out.WriteByte('>')
		c.path = append(c.path, a)
	}
}

// spans copies how many columns and rows a cell takes, when it is a number.
func (c *clean) spans(token html.Token) {
	for _, a := range token.Attr {
		if (a.Key == "colspan" || a.Key == "rowspan") && isSpan(a.Val) {
			c.out.WriteString(" " + a.Key + `="` + a.Val + `"`)
		}
	}
}

func isSpan(s string) bool {
	return len(s) > 0 && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

// close ends the innermost open element of this name, and with it those inside
// of it that were left open; an end without a start is dropped.
func (c *clean) close(a atom.Atom) {
	a = plainAtom(a)
	if _, ok := allowed[a]; !ok {
		return
	}
	for i := len(c.path) - 1; i >= 0; i-- {
		if c.path[i] == a {
			c.closeFrom(i)
			return
		}
	}
}

func (c *clean) closeFrom(depth int) {
	for i := len(c.path) - 1; i >= depth; i-- {
		c.out.WriteString("</" + c.path[i].String() + ">")
	}
	c.path = c.path[:depth]
}

// text writes words. What is struck out by a style, or by an element that is left
// out, is put into an s of its own.
func (c *clean) text(s string) {
	words := html.EscapeString(printable(s))
	if c.struck && strings.TrimSpace(s) != "" && !slices.Contains(c.path, atom.S) && !slices.Contains(c.path, atom.Del) {
		words = "<s>" + words + "</s>"
	}
	c.out.WriteString(words)
}

// plainAtom is the name that today's markup has for an element.
func plainAtom(a atom.Atom) atom.Atom {
	if a == atom.Strike {
		return atom.S
	}
	return a
}

// printable leaves out the control characters that XML does not allow.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\uFFFE' || r == '\uFFFF' {
			return -1
		}
		return r
	}, s)
}

func (c *clean) done() string {
	c.closeFrom(0)
	return strings.TrimSpace(c.out.String())
}
