package mapping

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// objectKinds tell FHIR's data types by their elements: an object is of the first type
// of which it has a telling element and none that is not of it.
var objectKinds = []struct {
	kind    string
	telling []string
	further []string
}{
	{"Quantity", []string{"value"}, []string{"unit", "code", "system", "comparator", "currency"}},
	{"Identifier", []string{"value", "assigner"}, []string{"system", "use", "type", "period"}},
	{"CodeableConcept", []string{"coding", "text"}, nil},
	{"Reference", []string{"reference", "identifier"}, []string{"display", "type"}},
	{"Coding", []string{"code", "display"}, []string{"system", "version", "userSelected"}},
	{"Period", []string{"start", "end"}, nil},
	{"Range", []string{"low", "high"}, nil},
	{"Ratio", []string{"numerator", "denominator"}, nil},
	{"Timing", []string{"repeat", "event"}, []string{"code"}},
	{"Attachment", []string{"contentType", "data", "url"}, []string{"title", "language", "size", "hash", "creation"}},
	{"Annotation", []string{"text"}, []string{"time", "authorString", "authorReference"}},
}

// kindOfObject is the data type of an object, as far as its elements tell; empty for
// another object.
func kindOfObject(raw jsontext.Value) string {
	list := parts(raw)
	for i := range objectKinds {
		k := &objectKinds[i]
		if !fits(list, k.telling, k.further) {
			continue
		}
		if k.kind == "Quantity" && !numberNamed(list) || k.kind == "Coding" && !simple(list) {
			continue
		}
		return k.kind
	}
	return ""
}

// numberNamed reports a value that is a number: what else has a value is an identifier.
func numberNamed(list []part) bool {
	for i := range list {
		if list[i].name == "value" {
			return list[i].raw.Kind() == '0'
		}
	}
	return false
}

// simple reports an object whose values are simple: a part of a resource can have a
// code that is a whole concept.
func simple(list []part) bool {
	for i := range list {
		if k := list[i].raw.Kind(); list[i].name != "extension" && (k == '{' || k == '[') {
			return false
		}
	}
	return true
}

func fits(list []part, telling, further []string) bool {
	tells := false
	for i := range list {
		switch name := list[i].name; {
		case slices.Contains(telling, name):
			tells = true
		case name == "id" || name == "extension" || slices.Contains(further, name):
		default:
			return false
		}
	}
	return tells
}
