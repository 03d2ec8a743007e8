package mapping

import (
	"bytes"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// leftover is an element of a resource that no struct of package model has a place
// for, with its path below the resource ("prediction.0.outcome") and its bytes.
type leftover struct {
	path string
	raw  []byte
}

// maxLeftovers bounds what is kept of one resource beyond its known elements; an
// imaging study can name thousands of images.
const maxLeftovers = 200

// shape says which elements of an object are read, as the tags of a struct name them.
type shape struct {
	elements map[string]*shape // nil for one that is read whole
	choices  []string          // the names of [x] elements, without the [x]
}

// shapes are those of all resource types. They are read only once made.
var shapes = sync.OnceValue(func() map[reflect.Type]*shape {
	out := map[reflect.Type]*shape{}
	for _, name := range model.Types() {
		shapeOf(out, reflect.TypeOf(model.New(name)).Elem())
	}
	shapeOf(out, reflect.TypeFor[model.General]())
	return out
})

func shapeOf(known map[reflect.Type]*shape, t reflect.Type) *shape {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || readWhole[t] {
		return nil
	}
	if s, ok := known[t]; ok {
		return s
	}
	s := &shape{elements: map[string]*shape{}}
	known[t] = s
	s.add(known, t)
	return s
}

func (s *shape) add(known map[reflect.Type]*shape, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			s.add(known, f.Type)
			continue
		}
		tag, _, _ := strings.Cut(f.Tag.Get("fhir"), ",")
		for name := range strings.SplitSeq(tag, "|") {
			if base, ok := strings.CutSuffix(name, "[x]"); ok {
				s.choices = append(s.choices, base)
			} else if name != "" {
				s.elements[name] = shapeOf(known, f.Type)
			}
		}
	}
}

// readWhole are the data types of which nothing is left over: what they carry beyond
// their elements is extensions, which the answer tells (see Entry.Unplaced).
var readWhole = map[reflect.Type]bool{
	reflect.TypeFor[model.Value](): true, reflect.TypeFor[model.Contained](): true, reflect.TypeFor[model.Extension](): true,
	reflect.TypeFor[model.Meta](): true, reflect.TypeFor[model.Narrative](): true, reflect.TypeFor[model.Concept](): true,
	reflect.TypeFor[model.Coding](): true, reflect.TypeFor[model.Reference](): true, reflect.TypeFor[model.Identifier](): true,
	reflect.TypeFor[model.Period](): true, reflect.TypeFor[model.Quantity](): true, reflect.TypeFor[model.Range](): true,
	reflect.TypeFor[model.Ratio](): true, reflect.TypeFor[model.Annotation](): true, reflect.TypeFor[model.HumanName](): true,
	reflect.TypeFor[model.Address](): true, reflect.TypeFor[model.ContactPoint](): true, reflect.TypeFor[model.Attachment](): true,
}

// reads reports whether an element is read, and if only its own elements say so, their shape.
func (s *shape) reads(name []byte) (inner *shape, read bool) {
	if inner, read = s.elements[string(name)]; read {
		return inner, true
	}
	for _, base := range s.choices {
		if len(name) > len(base) && string(name[:len(base)]) == base && name[len(base)] >= 'A' && name[len(base)] <= 'Z' {
			return nil, true
		}
	}
	return nil, isFrame(name)
}

// isFrame reports names that stand in any object and say nothing of the patient, and
// those of extensions, which have ways of their own.
func isFrame(name []byte) bool {
	switch string(name) {
	case "", "id", "resourceType", "language", "implicitRules", "fhir_comments", "extension", "modifierExtension":
		return true
	}
	return name[0] == '_'
}

// leftovers are the elements of a resource that no struct has a place for, as sent.
func leftovers(e *answer.Entry) []leftover {
	s := shapes()[reflect.TypeOf(e.Resource).Elem()]
	text := e.JSON()
	if s == nil || !e.Head().Unknown || text == nil {
		return nil
	}
	w := &leftoverWalk{dec: jsontext.NewDecoder(bytes.NewBuffer(text),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
	w.object(s)
	return w.found
}

// leftoverWalk goes over a resource that was read once already, so that an error is
// its end and nothing more.
type leftoverWalk struct {
	dec   *jsontext.Decoder
	path  []string
	found []leftover
}

func (w *leftoverWalk) object(s *shape) {
	if _, err := w.dec.ReadToken(); err != nil {
		return
	}
	for w.dec.PeekKind() == '"' {
		name, err := w.dec.ReadValue()
		if err != nil {
			return
		}
		name = name[1 : len(name)-1]
		inner, read := s.reads(name)
		if read && inner == nil {
			err = w.dec.SkipValue()
		} else {
			w.path = append(w.path, string(name))
			err = w.element(inner)
			w.path = w.path[:len(w.path)-1]
		}
		if err != nil {
			return
		}
	}
	_, _ = w.dec.ReadToken()
}

// element goes into an element that is read in part, or keeps one that is not read.
func (w *leftoverWalk) element(s *shape) error {
	switch k := w.dec.PeekKind(); {
	case s == nil:
		raw, err := w.dec.ReadValue()
		if err == nil && len(w.found) <= maxLeftovers {
			w.found = append(w.found, leftover{strings.Join(w.path, "."), bytes.Clone(raw)})
		}
		return err
	case k == '{':
		w.object(s)
		return nil
	case k == '[':
		return w.list(s)
	}
	return w.dec.SkipValue()
}

func (w *leftoverWalk) list(s *shape) error {
	if _, err := w.dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; w.dec.PeekKind() != ']'; i++ {
		w.path = append(w.path, strconv.Itoa(i))
		err := w.element(s)
		w.path = w.path[:len(w.path)-1]
		if err != nil {
			return err
		}
		if w.dec.PeekKind() == 0 {
			return nil
		}
	}
	_, err := w.dec.ReadToken()
	return err
}
