package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// flavorWords are why something has no value (HL7 v3 NullFlavor), in words. Read only.
var flavorWords = map[string]string{
	"NI": "no information", "INV": "invalid", "OTH": "other", "NINF": "negative infinity", "PINF": "positive infinity",
	"UNC": "un-encoded", "DER": "derived", "UNK": "unknown", "ASKU": "asked but unknown", "NAV": "temporarily unavailable",
	"NASK": "not asked", "QS": "sufficient quantity", "TRC": "trace", "MSK": "masked", "NA": "not applicable", "NP": "not present",
}

// flavor is why an element has no value, as it was sent; nil when it does not say.
func flavor(e *xmltree.Element) *model.Concept {
	return flavorOf(e.Attr("nullFlavor"))
}

func flavorOf(code string) *model.Concept {
	if code == "" {
		return nil
	}
	return &model.Concept{Coding: []model.Coding{{System: nullFlavors, Code: code, Display: flavorWords[code]}}}
}

// concept is a coded element (CD, CE, CV, CS) with its translations and the words behind it; nil when it has none of
// these, whatever it says about why.
func (r *reader) concept(e *xmltree.Element) *model.Concept {
	if e == nil {
		return nil
	}
	c := &model.Concept{Text: r.words.original(e)}
	c.Coding = codings(c.Coding, e, 0)
	r.qualify(c, e)
	if c.IsEmpty() {
		return nil
	}
	return c
}

// conceptOrFlavor is concept, else why there is none.
func (r *reader) conceptOrFlavor(e *xmltree.Element) *model.Concept {
	if c := r.concept(e); c != nil {
		return c
	}
	return flavor(e)
}

// mostCodings bounds the codings of one concept; translations can nest.
const mostCodings = 50

func codings(out []model.Coding, e *xmltree.Element, depth int) []model.Coding {
	code, display := strings.TrimSpace(e.Attr("code")), e.Attr("displayName")
	if code != "" || display != "" {
		out = append(out, model.Coding{System: system(e), Code: code, Display: display, Version: e.Attr("codeSystemVersion")})
	}
	for i := range e.Nodes {
		if t := e.Nodes[i].Element; t != nil && t.Local == "translation" && depth < 4 && len(out) < mostCodings {
			out = codings(out, t, depth+1)
		}
	}
	return out
}

// qualify puts what qualifies a code (its laterality, its context) behind the words that are shown: a code alone would
// say something else.
func (r *reader) qualify(c *model.Concept, e *xmltree.Element) {
	var said []string
	for i := range e.Nodes {
		if q := e.Nodes[i].Element; q != nil && q.Local == "qualifier" {
			said = append(said, strings.Trim(r.concept(q.Child("name")).Show()+": "+r.concept(q.Child("value")).Show(), ": "))
		}
	}
	if len(said) > 0 {
		c.Text = strings.TrimSpace(c.Show() + " (" + strings.Join(said, ", ") + ")")
	}
}

// coded takes a coded child; why it has no code is a note.
func (s *statement) coded(local string) *model.Concept {
	e := s.one(local)
	c := s.concept(e)
	if f := flavor(e); c == nil && f != nil && f.Code() != "NI" && f.Code() != "NA" {
		s.note(local, f.Show())
	}
	return c
}

// concepts are those of several elements.
func (r *reader) concepts(list []*xmltree.Element) []model.Concept {
	var out []model.Concept
	for _, e := range list {
		if c := r.concept(e); c != nil {
			out = append(out, *c)
		}
	}
	return out
}

// is reports an element with one of these codes, itself or in a translation.
func is(e *xmltree.Element, codes ...string) bool {
	if e == nil {
		return false
	}
	for _, code := range codes {
		if strings.TrimSpace(e.Attr("code")) == code {
			return true
		}
	}
	for i := range e.Nodes {
		if t := e.Nodes[i].Element; t != nil && t.Local == "translation" && is(t, codes...) {
			return true
		}
	}
	return false
}

// kindOf is the data type that an element names (xsi:type), without its prefix: "PQ" of "hl7:PQ".
func kindOf(e *xmltree.Element) string {
	if e == nil {
		return ""
	}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.Local == "type" && (a.Space == spaceXSI || a.Space == "xsi") {
			return a.Value[strings.IndexByte(a.Value, ':')+1:]
		}
	}
	return ""
}

// attr is an attribute by its local name: the standard's own, else that of an extension (sdtc), which attributes move to
// and from. One of another namespace is none.
func attr(e *xmltree.Element, local string) string {
	if e == nil {
		return ""
	}
	found := ""
	for i := range e.Attrs {
		a := &e.Attrs[i]
		switch {
		case a.Local != local:
		case a.Space == "":
			return a.Value
		case isExtension(a.Space):
			found = strings.TrimSpace(a.Value)
		}
	}
	return found
}
