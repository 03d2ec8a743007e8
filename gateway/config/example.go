package config

import (
	"embed"
	"encoding"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// source is where the comments of the example come from: the fields' own.
//
//go:embed config.go region.go
var sources embed.FS

// Example is a commented configuration with every key, made of the fields'
// comments and the defaults. It loads and validates as it is; what it names are
// placeholders.
func Example() []byte {
	e := &example{comments: comments()}
	e.line(0, "# OpenLHCR: an example configuration. Every key is here; those with a default show it.")
	e.line(0, "# An environment variable can stand in for each: listen.grpc is LHCR_LISTEN_GRPC.")
	e.object(0, reflect.ValueOf(Default()).Elem())
	return []byte(e.text.String())
}

// comments are the comments of the structs' fields, by "Type.Field".
func comments() map[string]string {
	found := map[string]string{}
	for _, name := range []string{"config.go", "region.go"} {
		source, err := sources.ReadFile(name)
		if err != nil {
			panic("the source is not embedded: " + err.Error())
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil {
			panic("the embedded source does not parse: " + err.Error())
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if t, ok := n.(*ast.TypeSpec); ok {
				fieldComments(t, found)
			}
			return true
		})
	}
	return found
}

func fieldComments(t *ast.TypeSpec, found map[string]string) {
	s, ok := t.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range s.Fields.List {
		for _, name := range f.Names {
			found[t.Name.Name+"."+name.Name] = strings.TrimSpace(f.Doc.Text())
		}
	}
}

type example struct {
	text     strings.Builder
	comments map[string]string
}

func (e *example) line(depth int, text string) {
	e.text.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

func (e *example) object(depth int, v reflect.Value) {
	for _, f := range fields(v.Type()) {
		if keyOf(f) == "" {
			continue
		}
		if depth == 0 {
			e.text.WriteByte('\n')
		}
		for comment := range strings.SplitSeq(e.comments[declarer(v.Type(), f)+"."+f.Name], "\n") {
			e.line(depth, "# "+comment)
		}
		e.field(depth, keyOf(f), f, v.FieldByIndex(f.Index))
	}
}

// declarer is the name of the struct in which a field of a struct stands.
func declarer(t reflect.Type, f reflect.StructField) string {
	if within := f.Index[:len(f.Index)-1]; len(within) > 0 {
		t = t.FieldByIndex(within).Type
	}
	return t.Name()
}

func (e *example) field(depth int, key string, f reflect.StructField, v reflect.Value) {
	placeholder, has := f.Tag.Lookup("example")
	switch {
	case v.Type() == reflect.TypeFor[map[string]Region]():
		e.line(depth, key+":")
		e.line(depth+1, placeholder+":")
		e.object(depth+2, reflect.ValueOf(DefaultRegion()))
	case v.Kind() == reflect.Map && !has:
		e.line(depth, key+": {}")
	case v.Kind() == reflect.Map:
		e.line(depth, key+":")
		e.line(depth+1, placeholder)
	case !isLeaf(v.Type()):
		e.line(depth, key+":")
		e.object(depth+1, v)
	case has:
		e.line(depth, key+": "+placeholder)
	default:
		e.line(depth, key+": "+scalar(v))
	}
}

// scalar writes a default as YAML.
func scalar(v reflect.Value) string {
	if t, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := t.MarshalText()
		if err != nil {
			panic("a default cannot be written: " + err.Error())
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Slice:
		return "[]"
	}
	return fmt.Sprint(v.Interface())
}
