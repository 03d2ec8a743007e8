package xmltree_test

import (
	"errors"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

func TestStrayCharactersDoNotTakeTheDocumentWithThem(t *testing.T) {
	for _, tc := range []struct{ name, doc, text, source string }{
		{"a byte that is no UTF-8", "<a>5\xb5g é<b>\xa3</b></a>", "5\uFFFDg é\uFFFD", "<b>\xa3</b>"},
		{"behind a mark", "\xef\xbb\xbf<a>\xb5<b>x</b></a>", "\uFFFDx", "<b>x</b>"},
		{"control characters", "<a>one\x0btwo\x00<b>\x1f</b></a>", "one two  ", "<b>\x1f</b>"},
		{"a character that is none", "<a>\uFFFE<b>x</b></a>", "\uFFFDx", "<b>x</b>"},
		{"references to control characters", "<a>&#11;|&#xB;|&#x0b;|&#1;<b>&#233;</b></a>", "\t|\t|\t|\té", "<b>&#233;</b>"},
		{"a reference to a surrogate", "<a>&#xD800;<b/></a>", "\uFFFD", "<b/>"},
		{"named characters", "<a>a&nbsp;b &euro;<b>&pound;</b></a>", "a\u00a0b €£", "<b>&pound;</b>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root, err := xmltree.Parse([]byte(tc.doc), xmltree.Limits{})
			if err != nil {
				t.Fatalf("Parse: %v", err)
			}
			if got := root.Text(); got != tc.text {
				t.Errorf("text is %q, want %q", got, tc.text)
			}
			if got := string(root.Child("b").Source([]byte(tc.doc))); got != tc.source {
				t.Errorf("source is %q, want %q", got, tc.source)
			}
		})
	}
}

func TestRootIsReadFromTheBeginning(t *testing.T) {
	for _, tc := range []struct {
		name, doc string
		want      xmltree.Name
		err       error
	}{
		{"a document", `<?xml version="1.0"?><!-- x --> <p:a xmlns:p="urn:one"><b>`, xmltree.Name{Space: "urn:one", Local: "a"}, nil},
		{"of a default namespace", `<a b="c" xmlns="urn:one"/>junk`, xmltree.Name{Space: "urn:one", Local: "a"}, nil},
		{"in UTF-16", "\xff\xfe" + utf16le(`<a>é`), xmltree.Name{Local: "a"}, nil},
		{"nothing", " ", xmltree.Name{}, xmltree.ErrEmpty},
		{"JSON", "{}", xmltree.Name{}, xmltree.ErrNotXML},
		{"broken", "<a b=c/>", xmltree.Name{}, xmltree.ErrNotXML},
		{"half", "<!-- a", xmltree.Name{}, xmltree.ErrTruncated},
		{"a document type", "<!DOCTYPE a><a/>", xmltree.Name{}, xmltree.ErrForbidden},
		{"an unknown encoding", `<?xml version="1.0" encoding="x"?><a/>`, xmltree.Name{}, xmltree.ErrNotXML},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := xmltree.Root([]byte(tc.doc))
			if got != tc.want || !errors.Is(err, tc.err) {
				t.Errorf("Root gives %v, %v; want %v, %v", got, err, tc.want, tc.err)
			}
		})
	}
}
