package xmltree_test

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

func utf16le(s string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}

func utf16be(s string) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = binary.BigEndian.AppendUint16(out, unit)
	}
	return string(out)
}

func TestEncodings(t *testing.T) {
	const wide = `<a>é€😀<b>ü</b></a>`
	for _, tc := range []struct{ name, doc, charset, text, source string }{
		{"UTF-8", wide, "utf-8", "é€😀ü", "<b>ü</b>"},
		{"UTF-8 with a mark", "\xef\xbb\xbf" + wide, "utf-8", "é€😀ü", "<b>ü</b>"},
		{"UTF-16 little", "\xff\xfe" + utf16le(`<?xml version="1.0" encoding="utf-16"?>`+wide), "utf-16le", "é€😀ü", utf16le("<b>ü</b>")},
		{"UTF-16 big", "\xfe\xff" + utf16be(wide), "utf-16be", "é€😀ü", utf16be("<b>ü</b>")},
		{"UTF-16 little without a mark", utf16le(wide), "utf-16le", "é€😀ü", utf16le("<b>ü</b>")},
		{"UTF-16 big without a mark", utf16be(wide), "utf-16be", "é€😀ü", utf16be("<b>ü</b>")},
		{"UTF-8 that says UTF-16", `<?xml version="1.0" encoding="utf-16"?>` + wide, "utf-8", "é€😀ü", "<b>ü</b>"},
		{"ISO-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9\x92<b>\xfc</b></a>", "windows-1252", "é’ü", "<b>\xfc</b>"},
		{"Windows-1252", `<?xml version="1.0" encoding="windows-1252" ?>` + "<a>\x80<b>\xfc</b></a>", "windows-1252", "€ü", "<b>\xfc</b>"},
		{"ISO-8859-15", `<?xml version="1.0" encoding="ISO-8859-15"?>` + "<a>\xa4<b>\xfc</b></a>", "iso-8859-15", "€ü", "<b>\xfc</b>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			data := []byte(tc.doc)
			root, err := xmltree.Parse(data, xmltree.Limits{})
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if got := root.Text(); got != tc.text {
				t.Errorf("text is %q, want %q", got, tc.text)
			}
			if got := string(root.Child("b").Source(data)); got != tc.source {
				t.Errorf("source is %q, want %q", got, tc.source)
			}
			if got := xmltree.Charset(data); got != tc.charset {
				t.Errorf("charset is %q, want %q", got, tc.charset)
			}
		})
	}
}
