package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

func parsed(t *testing.T, doc string) *xmltree.Element {
	t.Helper()
	root, err := xmltree.Parse([]byte(doc), xmltree.Limits{})
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return root
}

func TestTreeIsWhatTheDocumentSays(t *testing.T) {
	doc := `<?xml version="1.0" encoding="UTF-8"?><!-- hello --><?pi x?>
<a xmlns="urn:one" xmlns:x="urn:two" x:k="1" k="2"><x:b/>t<c xmlns="">u&amp;v</c></a>
<!-- bye -->`
	want := &xmltree.Element{
		Name: xmltree.Name{Space: "urn:one", Local: "a"},
		Attrs: []xmltree.Attr{
			{Name: xmltree.Name{Space: "urn:two", Local: "k"}, Value: "1"},
			{Name: xmltree.Name{Local: "k"}, Value: "2"},
		},
		Nodes: []xmltree.Node{
			{Element: &xmltree.Element{
				Name: xmltree.Name{Space: "urn:two", Local: "b"}, Start: strings.Index(doc, "<x:b"), End: strings.Index(doc, "t<c"),
			}},
			{Text: "t"},
			{Element: &xmltree.Element{
				Name: xmltree.Name{Local: "c"}, Nodes: []xmltree.Node{{Text: "u&v"}},
				Start: strings.Index(doc, "<c"), End: strings.Index(doc, "</a>"),
			}},
		},
		Start: strings.Index(doc, "<a"), End: strings.Index(doc, "\n<!-- bye"),
	}
	if diff := cmp.Diff(want, parsed(t, doc)); diff != "" {
		t.Errorf("tree differs (-want +got):\n%s", diff)
	}
}

func TestNamespacesEndWithTheirElement(t *testing.T) {
	root := parsed(t, `<a xmlns="o"><b xmlns="i" xmlns:p="q"><p:c/><d/></b><p:e/><f xml:lang="en" p:g=""/></a>`)
	var got []xmltree.Name
	for _, e := range append(root.Child("b").Children(""), root.Children("")...) {
		got = append(got, e.Name)
		for _, a := range e.Attrs {
			got = append(got, a.Name)
		}
	}
	want := []xmltree.Name{
		{Space: "q", Local: "c"}, {Space: "i", Local: "d"}, {Space: "i", Local: "b"},
		{Space: "p", Local: "e"}, // never declared here: the prefix itself
		{Space: "o", Local: "f"}, {Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"}, {Space: "p", Local: "g"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("names differ (-want +got):\n%s", diff)
	}
}

func TestTextIsOneRunAcrossCommentsAndSections(t *testing.T) {
	root := parsed(t, "<a>one<!-- x --> two<?p?><![CDATA[ <three> ]]>&#8364;\r\nfour<b/> five</a>")
	want := "one two <three> €\nfour"
	if len(root.Nodes) != 3 || root.Nodes[0].Text != want || root.Nodes[2].Text != " five" {
		t.Errorf("nodes are %+v", root.Nodes)
	}
	if got := root.Text(); got != want+" five" {
		t.Errorf("Text() = %q", got)
	}
}

func TestLineEndsAreNewLines(t *testing.T) {
	if got := parsed(t, "<a>one\rtwo\r\nthree</a>").Text(); got != "one\ntwo\nthree" {
		t.Errorf("text is %q", got)
	}
	if got := parsed(t, "<a>one\rtwo</a>").Text(); got != "one\ntwo" {
		t.Errorf("text is %q", got)
	}
}

func TestLookingThingsUpIsSafeOnNil(t *testing.T) {
	root := parsed(t, `<a><b n="1"><c>x</c></b><b n="2"/></a>`)
	if got := root.At("b", "c").Text() + root.At("x", "c").Text() + root.Child("x").Attr("n"); got != "x" {
		t.Errorf("found %q, want x", got)
	}
	if n := len(root.Children("b")); n != 2 {
		t.Errorf("%d children called b, want 2", n)
	}
	if root.Child("x").Children("") != nil || root.Child("x").Source([]byte("abc")) != nil {
		t.Error("an element that is not there has content")
	}
	if root.Source([]byte("<a>")) != nil {
		t.Error("an element has a source in another document")
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	deep := strings.Repeat("<a>", 9) + strings.Repeat("</a>", 9)
	wide := "<a>" + strings.Repeat("<b/>", 20) + "</a>"
	attrs := "<a"
	for i := range 257 {
		attrs += " a" + strings.Repeat("x", i) + `=""`
	}
	for _, tc := range []struct {
		name, doc string
		limits    xmltree.Limits
		want      error
	}{
		{"nothing", "", xmltree.Limits{}, xmltree.ErrEmpty},
		{"white space", " \n\t", xmltree.Limits{}, xmltree.ErrEmpty},
		{"a byte order mark alone", "\xef\xbb\xbf", xmltree.Limits{}, xmltree.ErrEmpty},
		{"JSON", `{"resourceType":"Patient"}`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"text before the root", `x<a/>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"text behind the root", `<a/>x`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"a second root", `<a/><b/>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"a broken tag behind the root", `<a/><b`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an end of something else", `<a></b>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an end of another prefix", `<x:a></y:a>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an end too many", `<a/></a>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"only a comment", `<!-- a -->`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an unknown entity", `<a>&nosuch;</a>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an attribute twice", `<a b="1" b="2"/>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an attribute twice by namespace", `<a xmlns:x="u" xmlns:y="u" x:b="1" y:b="2"/>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"a broken tag beside broken text", "<a>\xff</b>", xmltree.Limits{}, xmltree.ErrNotXML},
		{"bytes beyond once mended", "<a>\xff</a>", xmltree.Limits{Bytes: 9}, xmltree.ErrNotXML},
		{"an encoding that is not read", `<?xml version="1.0" encoding="EBCDIC-CP-UK"?><a/>`, xmltree.Limits{}, xmltree.ErrNotXML},
		{"an open element", `<a><b></b>`, xmltree.Limits{}, xmltree.ErrTruncated},
		{"half a tag", `<a><b`, xmltree.Limits{}, xmltree.ErrTruncated},
		{"half an attribute", `<a b="c`, xmltree.Limits{}, xmltree.ErrTruncated},
		{"half a character", "<a>\xe2\x82", xmltree.Limits{}, xmltree.ErrTruncated},
		{"half a comment", "<a><!-- b", xmltree.Limits{}, xmltree.ErrTruncated},
		{"a document type", `<!DOCTYPE a><a/>`, xmltree.Limits{}, xmltree.ErrForbidden},
		{"a web page", `<!doctype html><html></html>`, xmltree.Limits{}, xmltree.ErrForbidden},
		{"an entity", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, xmltree.Limits{}, xmltree.ErrForbidden},
		{"an outside entity", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, xmltree.Limits{}, xmltree.ErrForbidden},
		{"an entity within", `<a><!ENTITY b "c"></a>`, xmltree.Limits{}, xmltree.ErrForbidden},
		{"bytes beyond", wide, xmltree.Limits{Bytes: len(wide) - 1}, xmltree.ErrTooLarge},
		{"characters beyond", "\xff\xfe" + utf16le("<a>€€€€€€€€€€€€€€€€</a>"), xmltree.Limits{Bytes: 50}, xmltree.ErrTooLarge},
		{"depth beyond", deep, xmltree.Limits{Depth: 8}, xmltree.ErrTooLarge},
		{"elements beyond", wide, xmltree.Limits{Elements: 20}, xmltree.ErrTooLarge},
		{"attributes beyond", attrs + "/>", xmltree.Limits{}, xmltree.ErrTooLarge},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root, err := xmltree.Parse([]byte(tc.doc), tc.limits)
			if root != nil || !errors.Is(err, tc.want) || err.Error() != tc.want.Error() {
				t.Errorf("Parse gives %v, want %v", err, tc.want)
			}
		})
	}
}

func TestDocumentsAtTheirLimitsAreRead(t *testing.T) {
	doc := "<a>" + strings.Repeat("<b><c/></b>", 3) + "</a>"
	if _, err := xmltree.Parse([]byte(doc), xmltree.Limits{Bytes: len(doc), Depth: 3, Elements: 7}); err != nil {
		t.Errorf("Parse: %v", err)
	}
}

func TestSlabsDoNotRunIntoEachOther(t *testing.T) {
	var b strings.Builder
	b.WriteString("<r>")
	for range 9000 {
		b.WriteString(`<e a="1" b="2"><x/>t<y/></e>`)
	}
	b.WriteString("</r>")
	root := parsed(t, b.String())
	for _, e := range root.Children("e") {
		_ = append(e.Nodes, xmltree.Node{Text: "mine"})
		_ = append(e.Attrs, xmltree.Attr{})
	}
	for i, e := range root.Children("") {
		if e.Local != "e" || len(e.Nodes) != 3 || e.Attr("a")+e.Attr("b") != "12" || e.Text() != "t" || e.Child("y") == nil {
			t.Fatalf("element %d is %+v", i, e)
		}
	}
}
