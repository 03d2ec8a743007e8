package decode

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// Payload is what a payload held.
type Payload struct {
	// Resources are the outermost resources: one, or more when the payload was
	// an array or newline-delimited. Bundles still hold their entries.
	Resources []model.Contained
	Problems  []Problem
}

// The errors of [JSON]; they carry nothing of the payload.
var (
	ErrNotJSON   = errors.New("fhir: the payload is not JSON")
	ErrTruncated = errors.New("fhir: the payload is cut short")
	ErrEmpty     = errors.New("fhir: the payload is empty")
	ErrTooLarge  = errors.New("fhir: the payload is larger than allowed")
)

// MaxDepth is how deep elements may nest before the rest is left out and
// reported.
const MaxDepth = 64

// DefaultMaxBytes bounds a payload when the caller sets no limit: twenty times
// the largest published record.
const DefaultMaxBytes = 64 << 20

// JSON reads a payload that stands alone, as [Reader.JSON] does.
func JSON(data []byte, maxBytes int) (*Payload, error) { return new(Reader).JSON(data, maxBytes) }

// Reader reads payloads one after the other. What they become shares memory, so one
// Reader is for payloads that are kept and let go together. The zero Reader is ready.
type Reader struct {
	arenas []*arena
	path   []string
}

// JSON reads a payload of at most maxBytes (0: [DefaultMaxBytes]).
//
// It takes ownership: the strings of the result are parts of data, which must
// not be changed afterwards. Invalid UTF-8 becomes U+FFFD, a byte order mark is
// passed over, and the last of two elements of one name is kept.
func (x *Reader) JSON(data []byte, maxBytes int) (*Payload, error) {
	if maxBytes <= 0 {
		maxBytes = DefaultMaxBytes
	}
	if len(data) > maxBytes {
		return nil, ErrTooLarge
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	payload, err := x.read(data, false, origins{})
	if errors.Is(err, ErrNotJSON) {
		// Perhaps only its text is broken; structure is what refuses a payload.
		return x.read(repaired(data), true, origins{})
	}
	return payload, err
}

func repaired(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	return bytes.ToValidUTF8(data, []byte("\uFFFD"))
}

func (x *Reader) read(data []byte, anyText bool, from origins) (*Payload, error) {
	r := &reader{out: &Payload{}, problems: problems{}, plans: compiled(), anyText: anyText, origins: from}
	if x.arenas == nil {
		x.arenas, x.path = make([]*arena, len(r.plans.byType)), make([]string, 0, MaxDepth/2)
	}
	r.arenas, r.path = x.arenas, x.path
	r.open(data)
	err := r.payload()
	r.out.Problems = r.problems.list()
	if err != nil {
		return nil, refusal(err)
	}
	return r.out, nil
}

func refusal(err error) error {
	switch {
	case errors.Is(err, ErrEmpty):
		return ErrEmpty
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return ErrTruncated
	}
	return ErrNotJSON
}

// reader walks one payload's tokens and fills structs by their plans.
type reader struct {
	dec      *jsontext.Decoder
	data     []byte
	out      *Payload
	problems problems
	plans    *plans
	arenas   []*arena
	path     []string    // names of the elements being read, outermost first
	base     int         // where the innermost resource's part of path begins
	head     *model.Head // of the innermost resource
	anyText  bool
	origins  origins // of text that was made of XML
}

func (r *reader) open(data []byte) {
	r.data = data
	r.dec = jsontext.NewDecoder(bytes.NewBuffer(data),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(r.anyText))
}

// payload reads every top-level value: one, or one a line.
func (r *reader) payload() error {
	for first := true; ; first = false {
		switch k := r.dec.PeekKind(); {
		case k == 0 && first && len(bytes.TrimSpace(r.data)) == 0:
			return ErrEmpty
		case k == 0:
			_, err := r.dec.ReadToken()
			if err == io.EOF && !first {
				return nil
			}
			return err
		}
		err := r.each(func() error {
			c, err := r.resource()
			if err == nil && c.Resource != nil {
				r.out.Resources = append(r.out.Resources, c)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
}

// each reads the next value with one; if it is an array, each of its elements.
func (r *reader) each(one func() error) error {
	if r.dec.PeekKind() != '[' {
		return one()
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != ']' {
		if err := one(); err != nil {
			return err
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// resource reads one resource; a nil Resource means that none stood there.
func (r *reader) resource() (model.Contained, error) {
	switch r.dec.PeekKind() {
	case 'n':
		return model.Contained{}, r.dec.SkipValue()
	case '{':
	default:
		r.report(ReasonNoElement)
		return r.untyped()
	}
	start := r.begin()
	name, ok := leadingType(r.data[start:])
	switch {
	case !ok:
		return r.resourceInside()
	case name == "":
		r.report(ReasonUntyped)
	}
	return r.typed(name, start)
}

// untyped passes over what is no resource but stands in a resource's place, so
// that it is still counted.
func (r *reader) untyped() (model.Contained, error) {
	raw, err := r.value()
	return model.Contained{Resource: new(model.Other), Source: raw}, err
}

func (r *reader) typed(name string, start int) (model.Contained, error) {
	if len(r.path) >= MaxDepth {
		r.report(ReasonDeep)
		return model.Contained{}, r.dec.SkipValue()
	}
	res := model.New(name)
	v := reflect.ValueOf(res).Elem()
	outer, base, head := r.path, r.base, r.head
	r.base, r.head = len(r.path), res.Header()
	r.path = append(r.path, TypeName(name))
	err := r.object(r.plans.byType[v.Type()], v)
	r.path, r.base, r.head = outer, base, head
	return r.contained(res, start), err
}

// contained gives a resource with the bytes that it was read from.
func (r *reader) contained(res model.Resource, start int) model.Contained {
	text := r.data[start:r.offset()]
	if r.origins.at == nil {
		return model.Contained{Resource: res, Source: text}
	}
	return model.Contained{Resource: res, Source: r.origins.at[start].Source(r.origins.data), JSON: text}
}

// resourceInside reads a resource whose type is not its first element: its
// bytes are read twice, first for the type.
func (r *reader) resourceInside() (model.Contained, error) {
	raw, err := r.value()
	if err != nil {
		return model.Contained{}, err
	}
	name := findType(raw)
	if name == "" {
		r.report(ReasonUntyped)
	}
	dec, data := r.dec, r.data
	defer func() { r.dec, r.data = dec, data }()
	r.open(raw)
	return r.typed(name, 0)
}

func (r *reader) offset() int { return int(r.dec.InputOffset()) }

// begin is where the next value starts: after the blanks, colon or comma that
// follow the last token.
func (r *reader) begin() int {
	at := r.offset()
	for at < len(r.data) {
		switch r.data[at] {
		case ' ', '\t', '\n', '\r', ',', ':':
			at++
		default:
			return at
		}
	}
	return at
}

// value gives the next value's own bytes of the payload.
func (r *reader) value() ([]byte, error) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		return nil, err
	}
	end := r.offset()
	return r.data[end-len(raw) : end : end], nil
}

func (r *reader) report(reason string) { r.problems.add(joined(r.path[r.base:]), reason) }
