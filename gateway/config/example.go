package config

import (
	_ "embed"
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
//go:embed config.go
var source string

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
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", source, parser.ParseComments)
	if err != nil {
		panic("the embedded source does not parse: " + err.Error())
	}
	found := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		if t, ok := n.(*ast.TypeSpec); ok {
			fieldComments(t, found)
		}
		return true
	})
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
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if keyOf(f) == "" {
			continue
		}
		if depth == 0 {
			e.text.WriteByte('\n')
		}
		for comment := range strings.SplitSeq(e.comments[v.Type().Name()+"."+f.Name], "\n") {
			e.line(depth, "# "+comment)
		}
		e.field(depth, keyOf(f), f, v.Field(i))
	}
}

func (e *example) field(depth int, key string, f reflect.StructField, v reflect.Value) {
	placeholder, has := f.Tag.Lookup("example")
	switch {
	case v.Type() == reflect.TypeFor[map[string]Region]():
		e.line(depth, key+":")
		e.line(depth+1, placeholder+":")
		e.object(depth+2, reflect.ValueOf(DefaultRegion()))
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
