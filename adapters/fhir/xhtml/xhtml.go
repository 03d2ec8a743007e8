// Package xhtml reads the narratives of clinical resources: XHTML that comes
// from a source we do not control and that people act upon.
//
// Nothing a person could have read is dropped: hidden text, unknown elements'
// text and the words that stand for an image are kept, and words that were struck
// out, raised or lowered stay so. Nothing that acts is kept: no script, style, event
// handler, link, image, form or frame.
package xhtml

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxBytes is how much of a narrative is read: twenty times the largest
// published one.
const MaxBytes = 2 << 20

// MaxDepth is how deep sanitised markup nests; the text of what is deeper is
// kept without its elements.
const MaxDepth = 64

// Narrative is a narrative made safe.
type Narrative struct {
	// Text is plain text: a line for each block and table row, " | " between
	// cells, "- " before list items, "[deleted: …]" around words that are struck
	// out, "^" before raised ones ("10^9/L") and "_" before lowered ones.
	Text string
	// Markup is XHTML of allowed elements only, well formed, without attributes
	// other than the spans of table cells.
	Markup string
	// Truncated says that the narrative was larger than MaxBytes: the rest is
	// missing, and whoever shows it must say so.
	Truncated bool
}

// Read makes markup safe. It never fails: malformed markup gives the text that
// it holds.
func Read(markup string) Narrative {
	var out Narrative
	if len(markup) > MaxBytes {
		markup, out.Truncated = cut(markup, MaxBytes), true
	}
	var text plain
	var safe clean
	walk(markup, &text, &safe)
	out.Text, out.Markup = text.done(), safe.done()
	return out
}

// Text is the plain text of markup.
func Text(markup string) string { return Read(markup).Text }

// cut shortens s to at most n bytes without parting a character or a tag.
func cut(s string, n int) string {
	s = s[:n]
	if open := strings.LastIndexByte(s, '<'); open > strings.LastIndexByte(s, '>') {
		s = s[:open]
	}
	return strings.ToValidUTF8(s, "")
}

// silent elements hold nothing that a reader would have seen as words.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Template: true, atom.Object: true, atom.Embed: true,
	atom.Applet: true, atom.Head: true, atom.Svg: true, atom.Math: true,
}

// walk goes over the tokens once and feeds both writers.
func walk(markup string, text *plain, safe *clean) {
	z := html.NewTokenizer(strings.NewReader(markup))
	z.AllowCDATA(true)
	var marks struck
	muted := 0 // depth inside silent elements
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			return // the end: a string has no other error
		}
		token := z.Token()
		if kind == html.SelfClosingTagToken {
			// XHTML's <title/> opens nothing; HTML would take the rest of the
			// narrative for its text.
			z.NextIsNotRawText()
		}
		if silent[token.DataAtom] {
			muted = mute(muted, kind)
			continue
		}
		if muted == 0 {
			feed(token, text, safe, &marks)
		}
	}
}

func mute(depth int, kind html.TokenType) int {
	switch {
	case kind == html.StartTagToken:
		return depth + 1
	case kind == html.EndTagToken && depth > 0:
		return depth - 1
	}
	return depth
}

func feed(token html.Token, text *plain, safe *clean, marks *struck) {
	switch token.Type {
	case html.TextToken:
		text.text(token.Data)
		safe.text(token.Data)
	case html.StartTagToken:
		text.open(token)
		safe.open(token, false)
		marks.start(token)
	case html.SelfClosingTagToken:
		text.open(token)
		text.close(token.DataAtom)
		safe.open(token, true)
	case html.EndTagToken:
		marks.end(token.Data)
		text.strike(marks.active())
		text.close(token.DataAtom)
		safe.close(token.DataAtom)
	}
	text.strike(marks.active())
	safe.struck = marks.active()
}

// alternative gives the words that stand for an image.
func alternative(token html.Token) string {
	if token.DataAtom != atom.Img {
		return ""
	}
	for _, a := range token.Attr {
		if a.Key == "alt" && strings.TrimSpace(a.Val) != "" {
			return " [" + strings.TrimSpace(a.Val) + "] "
		}
	}
	return " [image] "
}
