package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// set writes text into a field that holds one value or a list of texts. It is the
// one way in for the file and for the environment.
func set(field reflect.Value, text string) error {
	if u, ok := field.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Bool:
		return setBool(field, text)
	case reflect.Int:
		return setInt(field, text)
	case reflect.Slice:
		field.Set(reflect.ValueOf(split(text)))
	default:
		return fmt.Errorf("want further keys below it, not a value")
	}
	return nil
}

func setBool(field reflect.Value, text string) error {
	if text != "true" && text != "false" {
		return fmt.Errorf("want true or false")
	}
	field.SetBool(text == "true")
	return nil
}

func setInt(field reflect.Value, text string) error {
	v, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("want a whole number")
	}
	field.SetInt(int64(v))
	return nil
}

func split(text string) []string {
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// isLeaf says whether a field holds a value of its own rather than further keys.
func isLeaf(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) {
		return true
	}
	return t.Kind() != reflect.Struct && t.Kind() != reflect.Map
}

// fields are a struct's own and those of the structs whose keys stand among its own, but
// for what a further system alone can say.
func fields(t reflect.Type) []reflect.StructField {
	return slices.DeleteFunc(reflect.VisibleFields(t), func(f reflect.StructField) bool {
		return f.Anonymous || len(f.Index) > 1 && f.Tag.Get("of") == "further"
	})
}

// keyOf is the key of a struct's field in the file; empty when it has none.
func keyOf(f reflect.StructField) string {
	if key := f.Tag.Get("yaml"); key != "-" {
		return key
	}
	return ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
