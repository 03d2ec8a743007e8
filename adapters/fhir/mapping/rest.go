package mapping

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// What a resource says in elements that the contract and the structs have no place for
// is kept all the same, so that nothing recorded is lost silently: as properties of a
// statement, or as notes "element: words" beside another item.

// cutShort stands where there was more than is kept.
const cutShort = "there is more: see the source"

// maxRestDepth bounds how deep unknown elements are gone into.
const maxRestDepth = 16

// maxWords bounds the words of one unknown element, in bytes.
const maxWords = 16 << 10

// rest keeps as notes what nobody read: elements without a place, extensions of
// the resource whose address holds none of the words in read, those of its parts, and
// why simple elements have no value.
func (m *Mapper) rest(h *lhcrv1.ItemHeader, e *answer.Entry, read ...string) {
	keep := func(name string, v *lhcrv1.Value) { remark(h, name, valueWords(v)) }
	list := e.Head().Extension
	for i := range list {
		if x := &list[i]; !holdsAny(x.Tail(), read) && !holdsAny(x.Tail(), alwaysRead) {
			m.remarks(h, e, x)
		}
	}
	m.unplaced(h, e, keep)
}

// alwaysRead are words in the addresses of extensions that are read of any resource.
var alwaysRead = []string{"ssociatedEncounter"}

func holdsAny(tail string, words []string) bool {
	for _, w := range words {
		if strings.Contains(tail, w) {
			return true
		}
	}
	return false
}

// rest keeps as properties what nobody read, the resource's own extensions among it.
func (b builder) rest() {
	b.extensions(b.e.Head().Extension)
	b.m.unplaced(b.s.GetHeader(), b.e, b.add)
}

// unplaced hands out what a resource says without a place for it.
func (m *Mapper) unplaced(h *lhcrv1.ItemHeader, e *answer.Entry, keep func(string, *lhcrv1.Value)) {
	r := &restReader{m: m, h: h, e: e, keep: keep}
	for _, l := range leftovers(e) {
		r.value(l.path, l.raw, 0)
	}
	for _, x := range e.Unplaced() {
		for _, a := range m.attributes(e, x.Path+"."+plainName(x.Extension.Tail()), &x.Extension) {
			r.give(a.GetName(), a.GetValue())
		}
	}
	for _, a := range e.Absent() {
		r.give(a.Path, textValue("[no value: "+a.Reason+"]"))
	}
}

func textValue(words string) *lhcrv1.Value {
	return &lhcrv1.Value{Kind: &lhcrv1.Value_Text{Text: words}}
}

// restReader reads elements of which nothing but their JSON is known.
type restReader struct {
	m     *Mapper
	h     *lhcrv1.ItemHeader
	e     *answer.Entry
	keep  func(name string, v *lhcrv1.Value)
	given int
}

func (r *restReader) give(name string, v *lhcrv1.Value) {
	if v == nil || r.given > maxLeftovers {
		return
	}
	if r.given++; r.given > maxLeftovers {
		name, v = "…", textValue(cutShort)
	}
	r.keep(name, v)
}

func (r *restReader) value(path string, raw jsontext.Value, depth int) {
	switch raw.Kind() {
	case '{':
		r.object(path, raw, depth)
	case '[':
		r.list(path, raw, depth)
	case '"':
		r.words(path, raw)
	case '0':
		kind := "Decimal"
		if !strings.ContainsAny(string(raw), ".eE") {
			kind = "Integer"
		}
		r.give(path, r.m.value(r.e, model.TextValue(kind, string(raw))))
	case 't', 'f':
		r.give(path, r.m.value(r.e, model.TextValue("Boolean", string(raw))))
	}
}

// words keeps a string: a date as one, anything else as text.
func (r *restReader) words(path string, raw jsontext.Value) {
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil && len(text) == 0 {
		return
	}
	words := strings.ToValidUTF8(string(text), "\uFFFD")
	switch {
	case words == "" || isNHSNumber(words):
		return
	case isDay(words):
		r.give(path, r.m.value(r.e, model.TextValue("DateTime", words)))
		return
	case len(words) > maxWords:
		words = strings.ToValidUTF8(words[:maxWords], "") + " … [" + cutShort + "]"
	}
	r.give(path, textValue(words))
}

func isDay(words string) bool {
	switch model.When(words).Parse().Precision {
	case model.PrecisionDay, model.PrecisionMinute, model.PrecisionSecond, model.PrecisionFraction:
		return true
	}
	return false
}

// list keeps a list's values under one name, its objects under their places. XML does not
// tell a list of one from a lone object, so neither has a place.
func (r *restReader) list(path string, raw jsontext.Value, depth int) {
	list := parts(raw)
	for i, item := range list {
		here := path
		if len(list) > 1 && item.raw.Kind() == '{' && kindOfObject(item.raw) == "" {
			here += "." + strconv.Itoa(i)
		}
		r.value(here, item.raw, depth+1)
	}
}

// object keeps an object of a known data type as its value, another by its elements.
func (r *restReader) object(path string, raw jsontext.Value, depth int) {
	if kind := kindOfObject(raw); kind != "" {
		r.typed(path, readAs(kind, raw))
		return
	}
	if depth >= maxRestDepth {
		r.give(path, textValue(cutShort))
		return
	}
	for _, p := range parts(raw) {
		switch {
		case p.name == "extension" || p.name == "modifierExtension":
			r.extensions(path, p.raw)
		case p.name == "id" || p.name == "fhir_comments":
		case strings.HasPrefix(p.name, "_"):
			r.beside(path+"."+p.name[1:], p.raw)
		default:
			r.value(path+"."+p.name, p.raw, depth+1)
		}
	}
}

// beside keeps the extensions of a simple element, such as why it has no value.
func (r *restReader) beside(path string, raw jsontext.Value) {
	for _, p := range parts(raw) {
		if p.name == "extension" {
			r.extensions(path, p.raw)
		}
	}
}

func (r *restReader) extensions(path string, raw jsontext.Value) {
	for _, p := range parts(raw) {
		if x := model.Of[model.Extension](readAs("Extension", p.raw)); x != nil {
			for _, a := range r.m.attributes(r.e, path+"."+plainName(x.Tail()), x) {
				r.give(a.GetName(), a.GetValue())
			}
		}
	}
}

func (r *restReader) typed(path string, v model.Value) {
	if ref := model.Of[model.Reference](v); ref != nil {
		r.m.labelled(r.e, toUnnamed, ref, path)
	}
	if a := model.Of[model.Attachment](v); a != nil {
		if words := attachmentWords(r.m.attachment(r.h, r.e, a)); words != "" {
			r.give(path, textValue(words))
		}
		return
	}
	r.give(path, r.m.value(r.e, v))
}

// readAs reads JSON as one of FHIR's data types, as leniently as the rest of a payload.
func readAs(kind string, raw jsontext.Value) model.Value {
	frame := append([]byte(`{"resourceType":"Parameters","parameter":[{"value`+kind+`":`), raw...)
	payload, err := decode.JSON(append(frame, "}]}"...), 0)
	if err != nil || len(payload.Resources) != 1 {
		return model.Value{}
	}
	p, ok := payload.Resources[0].Resource.(*model.Parameters)
	if !ok || len(p.Parameter) != 1 {
		return model.Value{}
	}
	return p.Parameter[0].Value
}

// part is one value of an object or a list.
type part struct {
	name string
	raw  jsontext.Value
}

func parts(raw jsontext.Value) []part {
	dec := jsontext.NewDecoder(strings.NewReader(string(raw)), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if k := dec.PeekKind(); k != '{' && k != '[' {
		return []part{{raw: raw}}
	}
	var out []part
	start, err := dec.ReadToken()
	for err == nil && dec.PeekKind() != '}' && dec.PeekKind() != ']' && dec.PeekKind() != 0 {
		var p part
		if start.Kind() == '{' {
			var name jsontext.Token
			if name, err = dec.ReadToken(); err != nil {
				break
			}
			p.name = name.String()
		}
		var value jsontext.Value
		if value, err = dec.ReadValue(); err == nil {
			p.raw = value.Clone()
			out = append(out, p)
		}
	}
	return out
}
