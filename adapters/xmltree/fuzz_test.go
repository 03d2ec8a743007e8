package xmltree_test

import (
	"bytes"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`<?xml version="1.0" encoding="UTF-8"?><a xmlns="urn:one" x:k="1"><b/>t<c>u&amp;v</c></a>`,
		"<a>one<!-- x --> two<?p?><![CDATA[ <three> ]]>&#8364;\r\nfour<b/> five</a>",
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`,
		"\xff\xfe" + utf16le("<a>€<b/></a>"), utf16be("<a><b/></a>"),
		"<a>5\xb5g\x0b<b>\xa3&#xB;</b></a>",
		"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9<b>\xfc</b></a>",
	} {
		f.Add([]byte(seed))
	}
	limits := xmltree.Limits{Bytes: 1 << 16, Depth: 20, Elements: 500}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := xmltree.Parse(data, limits)
		if (root == nil) == (err == nil) {
			t.Fatal("neither a tree nor an error, or both")
		}
		if err == nil {
			within(t, root, data, 0, len(data), 1)
		}
	})
}

// within checks each element's place in the source: inside its parent's, behind its elder sister's, from "<" to ">".
func within(t *testing.T, e *xmltree.Element, data []byte, from, to, depth int) {
	if e.Start < from || e.End > to || e.Start >= e.End || depth > 20 {
		t.Fatalf("element at %d to %d, its parent leaves %d to %d", e.Start, e.End, from, to)
	}
	source := bytes.Trim(e.Source(data), "\x00")
	if source[0] != '<' || source[len(source)-1] != '>' {
		t.Fatalf("source is %q", source)
	}
	from = e.Start
	for i, n := range e.Nodes {
		if (n.Element == nil) == (n.Text == "") || i > 0 && n.Element == nil && e.Nodes[i-1].Element == nil {
			t.Fatal("a node is neither text nor element, or text was cut in two")
		}
		if n.Element != nil {
			within(t, n.Element, data, from, e.End, depth+1)
			from = n.Element.End
		}
	}
}
