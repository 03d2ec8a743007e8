package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// rest keeps as notes what of a statement nobody has read.
func (s *statement) rest() {
	for i := range s.e.Nodes {
		c := s.e.Nodes[i].Element
		if c == nil || s.taken[i] || isFrame(c.Local) {
			continue
		}
		s.taken[i] = true
		if c.Local == "reference" {
			s.note("refers to", outside(c))
			continue
		}
		s.note(c.Local, s.inWords(c))
	}
}

// outside says that an entry names something that is not in the document; what exactly, its identifiers tell machines.
func outside(e *xmltree.Element) string {
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil && strings.HasPrefix(c.Local, "external") {
			return "something outside of this document (" + c.Local + ")"
		}
	}
	return "something outside of this document"
}

// inWords says in words what an element holds, whatever it is.
func (r *reader) inWords(e *xmltree.Element) string {
	w := &elementWords{r: r}
	w.element(e, 0)
	return shortened(strings.Join(w.parts, ", "))
}

// elementWords collects the words of an element and of those inside of it.
type elementWords struct {
	r     *reader
	parts []string
	size  int
}

func (w *elementWords) say(words string) {
	words = strings.TrimSpace(words)
	if words == "" || w.size > mostWords {
		return
	}
	w.size += len(words)
	w.parts = append(w.parts, words)
}

func (w *elementWords) element(e *xmltree.Element, depth int) {
	switch {
	case isFrame(e.Local), e.Local == "statusCode" && e.Attr("code") == "completed", e.Local == "id", e.Local == "addr", e.Local == "telecom",
		e.Local == "signatureCode", e.Local == "signatureText", e.Local == "thumbnail", depth > 24:
		return
	case e.Attr("code") != "" || e.Attr("displayName") != "" || e.Child("originalText") != nil:
		w.say(w.r.concept(e).Show())
		return
	case e.Attr("value") != "":
		w.value(e)
		return
	case e.Local == "text" || e.Local == "originalText":
		w.say(w.r.words.text(e))
		return
	}
	w.inside(e, depth)
}

// value says an amount or a time.
func (w *elementWords) value(e *xmltree.Element) {
	v := e.Attr("value")
	switch e.Local {
	case "time", "effectiveTime", "low", "high", "center", "birthTime", "expirationTime":
		if e.Attr("unit") == "" {
			v = instant(v).String()
		}
	}
	w.say(label(e.Local) + strings.TrimSpace(v+" "+e.Attr("unit")))
}

// label names the parts of an interval.
func label(local string) string {
	switch local {
	case "low":
		return "from "
	case "high":
		return "to "
	}
	return ""
}

func (w *elementWords) inside(e *xmltree.Element, depth int) {
	if f := flavor(e); f != nil {
		w.say("[" + f.Show() + "]")
	}
	if attr(e, "negationInd") == "true" {
		w.say("NOT:")
	}
	for i := range e.Nodes {
		if c := e.Nodes[i].Element; c != nil {
			w.element(c, depth+1)
			continue
		}
		w.say(squeeze(e.Nodes[i].Text))
	}
}
