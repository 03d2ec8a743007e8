package xmltree

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mended is the text with what XML forbids in it replaced, nil when there is nothing of the kind: bytes that are no UTF-8
// by U+FFFD, control characters by blanks, references to either likewise. All but the bytes keep their length, so that
// places in the text stay where they were.
func mended(text []byte) []byte {
	var out []byte
	copied := 0
	for at := 0; at < len(text); {
		with, size := replacement(text[at:])
		if with != "" {
			out = append(append(out, text[copied:at]...), with...)
			copied = at + size
		}
		at += size
	}
	if copied == 0 {
		return nil
	}
	return append(out, text[copied:]...)
}

// replacement is what the next character is replaced by, "" when it may stay, and how many bytes it takes.
func replacement(text []byte) (with string, size int) {
	if text[0] == '&' {
		return referenceInstead(text)
	}
	r, size := utf8.DecodeRune(text)
	switch {
	case r == utf8.RuneError && size == 1:
		return "\uFFFD", 1
	case allowed(r):
		return "", size
	case size == 1:
		return " ", 1
	}
	return "\uFFFD", size // U+FFFE and U+FFFF take as many bytes
}

// reference is a character reference (XML 1.0, section 4.1).
var reference = regexp.MustCompile(`^&#(x[0-9A-Fa-f]{1,8}|[0-9]{1,10});`)

// referenceInstead replaces a reference to a forbidden character by one to a tab, the only blank whose number has one
// digit, with zeros before it to keep the length.
func referenceInstead(text []byte) (with string, size int) {
	found := reference.FindSubmatch(text)
	if found == nil {
		return "", 1
	}
	number, base := string(found[1]), 10
	sign := "&#"
	if number[0] == 'x' {
		number, base, sign = number[1:], 16, "&#x"
	}
	code, err := strconv.ParseUint(number, base, 32)
	if err == nil && code <= utf8.MaxRune && allowed(rune(code)) {
		return "", len(found[0])
	}
	return sign + strings.Repeat("0", len(number)-1) + "9;", len(found[0])
}

// allowed are the characters that XML allows (XML 1.0, section 2.2).
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r < 0xd800 ||
		r >= 0xe000 && r <= 0xfffd || r > 0xffff && r <= utf8.MaxRune
}
