// Package paint colours text for a terminal, and leaves it as it is elsewhere.
package paint

import (
	"strings"
	"unicode"
)

// Paint colours text, or does not: the zero Paint is plain. What it shows by colour
// must always stand in the words too.
type Paint struct {
	// Colour says whether to colour at all.
	Colour bool
}

// Style is how a piece of text looks.
type Style string

// The styles, as ANSI "select graphic rendition" codes.
const (
	Plain  Style = ""
	Bold   Style = "1"
	Dim    Style = "2"
	Struck Style = "9"
	Alarm  Style = "1;31"
	Good   Style = "32"
)

// In paints a text in a style.
func (p Paint) In(style Style, text string) string {
	if !p.Colour || style == Plain || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}

// Clean makes a record's words safe for a terminal: control characters, with which
// words could move the cursor or repaint what stands above, become blanks. Line
// breaks stay.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return ' '
		}
		return r
	}, text)
}
