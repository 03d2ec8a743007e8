package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// variable is the environment variable of a key.
func variable(path string) string {
	return "LHCR_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(path))
}

// environment is the reading of variables over a configuration.
type environment struct {
	getenv   func(string) string
	problems Problems
	// known are the variables of every key.
	known []string
}

// over writes every variable that is set into what lies below path. A variable
// that is empty counts as not set.
func (e *environment) over(path string, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := keyOf(f)
		if key == "" {
			key = f.Tag.Get("env")
		}
		e.field(join(path, key), v.Field(i))
	}
}

func (e *environment) field(path string, v reflect.Value) {
	switch {
	case isLeaf(v.Type()):
		e.leaf(path, v)
	case v.Kind() == reflect.Struct:
		e.over(path, v)
	case v.Type() == reflect.TypeFor[map[string]Region]():
		e.regions(path, v.Interface().(map[string]Region))
	}
}

func (e *environment) leaf(path string, v reflect.Value) {
	name := variable(path)
	e.known = append(e.known, name)
	text := e.getenv(name)
	if text == "" {
		return
	}
	if err := set(v, text); err != nil {
		e.problems = append(e.problems, Problem{Key: path, Message: "the variable " + name + ": " + err.Error()})
	}
}

func (e *environment) regions(path string, regions map[string]Region) {
	for _, id := range slices.Sorted(maps.Keys(regions)) {
		r := regions[id]
		e.over(join(path, id), reflect.ValueOf(&r).Elem())
		regions[id] = r
	}
}
