package xmltree

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// declared finds the encoding in an XML declaration (XML 1.0, section 4.3.3).
var declared = regexp.MustCompile(`^\s*<\?xml\s[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// declarationMost is how far into a document its XML declaration is looked for.
const declarationMost = 256

// charset is one encoding of a document: what makes UTF-8 of it and how many of its bytes a character takes.
type charset struct {
	name    string            // as a MIME charset parameter has it
	decoder encoding.Encoding // nil for UTF-8
	mark    int               // bytes of byte order mark
	width   func(rune) int    // bytes of the source for a character; nil for UTF-8
}

// Charset is the encoding that Parse reads the document in, as the charset parameter of a media type names it: "utf-8",
// "utf-16le", "utf-16be", "windows-1252" (also for ISO-8859-1, as browsers have it: what declares the one is commonly
// written in the other) or "iso-8859-15". It is "" for one that is not read.
func Charset(data []byte) string {
	c, _ := charsetOf(data)
	return c.name
}

func charsetOf(data []byte) (charset, bool) {
	if c, ok := marked(data); ok {
		return c, true
	}
	found := declared.FindSubmatch(data[:min(len(data), declarationMost)])
	if found == nil {
		return charset{name: "utf-8"}, true
	}
	return named(strings.ToLower(string(found[1])))
}

// marked tells UTF-8 and UTF-16 by their byte order mark, and UTF-16 without one by its first "<" (XML 1.0, appendix F).
func marked(data []byte) (charset, bool) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return charset{name: "utf-8", mark: 3}, true
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return utf16(unicode.LittleEndian, "utf-16le", 2), true
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return utf16(unicode.BigEndian, "utf-16be", 2), true
	case bytes.HasPrefix(data, []byte("<\x00")):
		return utf16(unicode.LittleEndian, "utf-16le", 0), true
	case bytes.HasPrefix(data, []byte("\x00<")):
		return utf16(unicode.BigEndian, "utf-16be", 0), true
	}
	return charset{}, false
}

// named is the encoding that a document without a byte order mark declares. One that could be read as ASCII so far and
// says UTF-16 was written by a program that names the encoding of its own strings: it is UTF-8.
func named(name string) (charset, bool) {
	switch name {
	case "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be", "unicode":
		return charset{name: "utf-8"}, true
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "cp1252", "ansi":
		return charset{name: "windows-1252", decoder: charmap.Windows1252, width: oneByte}, true
	case "iso-8859-15", "iso8859-15", "latin-9", "latin9":
		return charset{name: "iso-8859-15", decoder: charmap.ISO8859_15, width: oneByte}, true
	}
	return charset{}, false
}

func utf16(order unicode.Endianness, name string, mark int) charset {
	return charset{name: name, decoder: unicode.UTF16(order, unicode.IgnoreBOM), mark: mark, width: unitBytes}
}

func oneByte(rune) int { return 1 }

func unitBytes(r rune) int {
	if r >= 0x10000 {
		return 4
	}
	return 2
}

// text is the document in UTF-8 without its byte order mark.
func (c charset) text(data []byte) ([]byte, error) {
	data = data[c.mark:]
	if c.decoder == nil {
		return data, nil
	}
	decoded, err := c.decoder.NewDecoder().Bytes(data)
	if err != nil {
		return nil, ErrNotXML
	}
	return decoded, nil
}
