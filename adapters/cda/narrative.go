package cda

import (
	"html"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// narratives writes a section's text block (CDA R2, section 4.3.5), or several one below the other, as XHTML, for package xhtml to make safe. Pictures are
// named and not fetched; addresses of links are left out, their words are not. It never claims to say only what the
// entries say: documents mark their entries as its source (typeCode DRIV) as a matter of course.
func (w *wordings) narratives(section *xmltree.Element) *model.Narrative {
	n := &narrator{words: w}
	n.out.WriteString("<div>")
	said := false
	for i := range section.Nodes {
		text := section.Nodes[i].Element
		if text == nil || text.Local != "text" || len(text.Nodes) == 0 {
			continue
		}
		if said {
			n.out.WriteString("<br/>")
		}
		said = true
		n.inside(text)
	}
	if !said {
		return nil
	}
	n.out.WriteString("</div>")
	return &model.Narrative{Status: "additional", Div: n.out.String()}
}

type narrator struct {
	words *wordings
	out   strings.Builder
}

// markup are the elements of XHTML that stand for those of a text block. Read only.
var markup = map[string]string{
	"paragraph": "p", "content": "span", "item": "li", "linkHtml": "span", "sub": "sub", "sup": "sup",
	"table": "table", "thead": "thead", "tbody": "tbody", "tfoot": "tfoot", "tr": "tr", "th": "th", "td": "td",
}

// skipped hold no words that anybody would have read.
func skipped(local string) bool {
	return local == "col" || local == "colgroup" || local == "script" || local == "style"
}

func (n *narrator) inside(e *xmltree.Element) {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			n.element(c)
			continue
		}
		n.text(e.Nodes[i].Text)
	}
}

func (n *narrator) text(s string) {
	if strings.ContainsAny(s, `<>&"'`) {
		s = html.EscapeString(s)
	}
	n.out.WriteString(s)
}

func (n *narrator) element(e *xmltree.Element) {
	if isDeleted(e) && !skipped(e.Local) {
		n.deleted(e)
		return
	}
	n.shown(e)
}

// deleted writes what was struck out. Cells and lines of a list stay what they are, so that a table keeps its columns.
func (n *narrator) deleted(e *xmltree.Element) {
	switch e.Local {
	case "td", "th", "item":
		n.out.WriteString("<" + markup[e.Local] + ">")
		n.wrap("del", e)
		n.out.WriteString("</" + markup[e.Local] + ">")
	case "content", "paragraph", "linkHtml", "tr":
		n.wrap("del", e)
	default:
		n.out.WriteString("<del>")
		n.shown(e)
		n.out.WriteString("</del>")
	}
}

// isDeleted reports words that were taken back: revised, or struck through.
func isDeleted(e *xmltree.Element) bool {
	return e.Attr("revised") == "delete" || strings.Contains(strings.ToLower(e.Attr("styleCode")), "strike")
}

func (n *narrator) shown(e *xmltree.Element) {
	switch {
	case skipped(e.Local):
	case e.Local == "br":
		n.out.WriteString("<br/>")
	case e.Local == "list":
		n.wrap(listKind(e), e)
	case e.Local == "caption":
		n.wrap("b", e)
	case e.Local == "footnote":
		n.bracketed("", e)
	case e.Local == "footnoteRef":
		n.bracketed("", n.words.at("#"+e.Attr("IDREF")))
	case e.Local == "renderMultiMedia":
		n.bracketed("picture, not shown here", e.Child("caption"))
	case e.Attr("revised") == "insert":
		n.wrap("ins", e)
	default:
		n.plainElement(e)
	}
}

func (n *narrator) plainElement(e *xmltree.Element) {
	name, ok := markup[e.Local]
	if !ok {
		n.out.WriteByte(' ')
		n.inside(e)
		n.out.WriteByte(' ')
		return
	}
	n.wrap(name, e)
}

func (n *narrator) wrap(name string, e *xmltree.Element) {
	n.out.WriteString("<" + name)
	for _, span := range [...]string{"colspan", "rowspan"} {
		if v := e.Attr(span); v != "" && digits(v) == len(v) {
			n.out.WriteString(" " + span + `="` + v + `"`)
		}
	}
	n.out.WriteByte('>')
	n.inside(e)
	n.out.WriteString("</" + name + ">")
}

func (n *narrator) bracketed(what string, e *xmltree.Element) {
	n.out.WriteString(" [" + what)
	if e != nil {
		if what != "" {
			n.out.WriteString(": ")
		}
		n.text(plain(e))
	}
	n.out.WriteString("] ")
}

func listKind(e *xmltree.Element) string {
	if e.Attr("listType") == "ordered" {
		return "ol"
	}
	return "ul"
}
