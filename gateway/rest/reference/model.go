package reference

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
)

// page is what the template shows.
type page struct {
	Title, Version string
	Intro          []paragraph
	Services       []*service
	Messages       []message
	Enums          []enum
}

type service struct {
	Name       string
	About      []paragraph
	Operations []operation
}

type operation struct {
	ID, Name, Method, Path string
	About                  []paragraph
	Parameters             []field
	Request, Response      *kind
	Streams                bool
}

type message struct {
	ID, Name string
	About    []paragraph
	Fields   []field
}

type field struct {
	Name  string
	Kind  kind
	About []paragraph
}

type enum struct {
	ID, Name string
	About    []paragraph
	Values   []value
}

type value struct {
	Name  string
	About []paragraph
}

// kind is the type of a field. Anchor leads to its definition; empty for a plain type.
type kind struct {
	Name, Anchor string
	List         bool
}

// reader turns a document into a page. It remembers which clauses have an anchor.
type reader struct {
	document openAPI
	clauses  map[string]bool
}

func read(document []byte) (*page, error) {
	r := reader{clauses: map[string]bool{}}
	if err := json.Unmarshal(document, &r.document); err != nil {
		return nil, err
	}
	p := &page{
		Title:    r.document.Info.Title,
		Version:  r.document.Info.Version,
		Intro:    r.prose(r.document.Info.Description),
		Services: r.services(),
	}
	if len(p.Services) == 0 {
		return nil, fmt.Errorf("it has no operation")
	}
	p.Messages, p.Enums = r.definitions()
	return p, nil
}

func (r *reader) services() []*service {
	byName := map[string]*service{}
	var out []*service
	for _, tag := range r.document.Tags {
		s := &service{Name: tag.Name, About: r.prose(tag.Description)}
		byName[tag.Name] = s
		out = append(out, s)
	}
	for _, path := range r.document.Paths {
		for _, method := range path.Value {
			if s := byName[strings.Join(method.Value.Tags, "")]; s != nil {
				s.Operations = append(s.Operations, r.operation(method.Name, path.Name, method.Value))
			}
		}
	}
	return out
}

func (r *reader) operation(method, path string, e endpoint) operation {
	_, name, _ := strings.Cut(e.OperationID, "_")
	op := operation{
		ID: e.OperationID, Name: name, Method: strings.ToUpper(method), Path: path,
		About: r.prose(strings.TrimSpace(e.Summary + "\n\n" + e.Description)),
	}
	for _, p := range e.Parameters {
		if p.In == "body" && p.Body != nil {
			k := kindOf(*p.Body)
			op.Request = &k
			continue
		}
		op.Parameters = append(op.Parameters, field{Name: p.Name, Kind: kindOf(p.schema), About: r.prose(p.Description)})
	}
	op.Response, op.Streams = response(e)
	return op
}

// response is what an operation answers. A stream's is an object whose result is
// the message.
func response(e endpoint) (answer *kind, streams bool) {
	s := e.Responses["200"].Schema
	if s == nil {
		return nil, false
	}
	for _, p := range s.Properties {
		if p.Name == "result" {
			k := kindOf(p.Value)
			return &k, true
		}
	}
	k := kindOf(*s)
	return &k, false
}

func (r *reader) definitions() (messages []message, enums []enum) {
	for _, d := range r.document.Definitions {
		if len(d.Value.Enum) > 0 {
			enums = append(enums, r.enum(d.Name, d.Value))
			continue
		}
		m := message{ID: d.Name, Name: short(d.Name), About: r.prose(d.Value.Description)}
		for _, p := range d.Value.Properties {
			m.Fields = append(m.Fields, field{Name: p.Name, Kind: kindOf(p.Value), About: r.prose(p.Value.Description)})
		}
		messages = append(messages, m)
	}
	return messages, enums
}

// enum takes the description apart: the comment, then a line " - NAME: comment" for each value.
func (r *reader) enum(name string, s schema) enum {
	about, list, _ := strings.Cut(s.Description, "\n - ")
	comments := map[string]string{}
	for _, line := range strings.Split(list, "\n - ") {
		value, comment, _ := strings.Cut(line, ": ")
		comments[value] = comment
	}
	e := enum{ID: name, Name: short(name), About: r.prose(about)}
	for _, v := range s.Enum {
		e.Values = append(e.Values, value{Name: v, About: r.prose(comments[v])})
	}
	return e
}

func kindOf(s schema) kind {
	switch {
	case s.Items != nil:
		k := kindOf(*s.Items)
		k.List = true
		return k
	case len(s.AllOf) == 1:
		return kindOf(s.AllOf[0])
	case s.Ref != "":
		name := strings.TrimPrefix(s.Ref, "#/definitions/")
		return kind{Name: short(name), Anchor: name}
	}
	return kind{Name: plain(s)}
}

// plain names a type of no definition as a reader of JSON knows it.
func plain(s schema) string {
	switch s.Format {
	case "byte":
		return "string (base64)"
	case "int64", "uint64":
		if s.Type == "string" {
			return "string (" + s.Format + ")"
		}
	case "date-time":
		return "string (date and time, RFC 3339)"
	}
	return cmp.Or(s.Type, "value")
}

func short(name string) string { return name[strings.LastIndex(name, ".")+1:] }
