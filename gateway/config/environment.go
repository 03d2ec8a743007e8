package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
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
	for _, f := range fields(v.Type()) {
		e.field(join(path, nameOf(f)), v.FieldByIndex(f.Index))
	}
	switch of := v.Addr().Interface().(type) {
	case *Region:
		e.secrets(join(path, "secrets"), &of.System)
	case *System:
		e.secrets(join(path, "secrets"), of)
	}
}

func (e *environment) field(path string, v reflect.Value) {
	switch {
	case isLeaf(v.Type()):
		e.leaf(path, v)
	case v.Kind() == reflect.Struct:
		e.over(path, v)
	case v.Type().Elem().Kind() != reflect.Slice: // organisations and suppliers stand in the file alone
		e.table(path, v)
	}
}

// table goes over the names that stand in the file.
func (e *environment) table(path string, v reflect.Value) {
	for _, name := range slices.SortedFunc(slices.Values(v.MapKeys()), func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) }) {
		element := reflect.New(v.Type().Elem()).Elem()
		element.Set(v.MapIndex(name))
		e.field(join(path, name.String()), element)
		v.SetMapIndex(name, element)
	}
}

// secrets takes those that are named under secret_files.
func (e *environment) secrets(path string, s *System) {
	for _, name := range slices.Sorted(maps.Keys(s.SecretFiles)) {
		var secret adapters.Secret
		if e.leaf(join(path, name), reflect.ValueOf(&secret).Elem()); secret == "" {
			continue
		}
		if s.Secrets == nil {
			s.Secrets = map[string]adapters.Secret{}
		}
		s.Secrets[name] = secret
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
