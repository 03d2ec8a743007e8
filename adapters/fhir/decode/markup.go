package decode

import (
	"html"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// markup writes a narrative as FHIR JSON carries it: the div as text, in XHTML's own
// namespace whatever prefix it had.
func markup(div *xmltree.Element) string {
	var b strings.Builder
	writeMarkup(&b, div, ` xmlns="`+xhtmlSpace+`"`)
	return b.String()
}

func writeMarkup(b *strings.Builder, e *xmltree.Element, declaration string) {
	b.WriteString("<" + e.Local + declaration)
	for i := range e.Attrs {
		b.WriteString(" " + e.Attrs[i].Local + `="` + html.EscapeString(e.Attrs[i].Value) + `"`)
	}
	if len(e.Nodes) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			writeMarkup(b, c, "")
			continue
		}
		b.WriteString(html.EscapeString(e.Nodes[i].Text))
	}
	b.WriteString("</" + e.Local + ">")
}
