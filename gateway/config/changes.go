package config

import (
	"maps"
	"reflect"
	"slices"
)

// Changes are the keys in which two configurations differ, sorted. What only one of
// them has, such as a region, is named once and not by each key below it. No value
// is told: some are secret.
func Changes(a, b *Config) []string {
	d := &differences{}
	d.between("", reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
	slices.Sort(d.keys)
	return d.keys
}

type differences struct {
	keys []string
}

func (d *differences) between(path string, a, b reflect.Value) {
	switch {
	case isLeaf(a.Type()):
		d.leaf(path, a, b)
	case a.Kind() == reflect.Map:
		d.tables(path, a, b)
	default:
		for _, f := range fields(a.Type()) {
			d.between(join(path, nameOf(f)), a.FieldByIndex(f.Index), b.FieldByIndex(f.Index))
		}
	}
}

// leaf takes an empty list and none for the same: a file can say either.
func (d *differences) leaf(path string, a, b reflect.Value) {
	if a.Kind() == reflect.Slice && a.Len()+b.Len() == 0 {
		return
	}
	if !reflect.DeepEqual(a.Interface(), b.Interface()) {
		d.keys = append(d.keys, path)
	}
}

func (d *differences) tables(path string, a, b reflect.Value) {
	names := map[string]bool{}
	for _, key := range slices.Concat(a.MapKeys(), b.MapKeys()) {
		names[key.String()] = true
	}
	for name := range maps.Keys(names) {
		one, other := a.MapIndex(reflect.ValueOf(name)), b.MapIndex(reflect.ValueOf(name))
		if one.IsValid() && other.IsValid() {
			d.between(join(path, name), one, other)
		} else {
			d.keys = append(d.keys, join(path, name))
		}
	}
}

// nameOf is the key of a field, or what its variable ends with where the file has none.
func nameOf(f reflect.StructField) string {
	if key := keyOf(f); key != "" {
		return key
	}
	return f.Tag.Get("env")
}
