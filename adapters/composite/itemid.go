package composite

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// ownID is the id of a further system's item within the region: the system's name and the id
// that it has there.
func ownID(system, id string) string {
	if id == "" {
		return ""
	}
	return system + "." + id
}

// ofSystem takes an item's id apart for the system of that name.
func ofSystem(system, id string) (string, bool) {
	if system == "" {
		return id, true
	}
	return strings.CutPrefix(id, system+".")
}

// namesItem says that a field holds ids of items, or of courses.
func namesItem(f protoreflect.FieldDescriptor) bool {
	name := string(f.Name())
	return f.Kind() == protoreflect.StringKind &&
		(name == "item_id" || name == "course_id" || strings.HasSuffix(name, "_item_id") || strings.HasSuffix(name, "_item_ids"))
}

// rename changes every item's id in a message, wherever it stands.
func rename(m protoreflect.Message, change func(string) string) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case namesItem(f) && f.IsList():
			for i := range v.List().Len() {
				v.List().Set(i, protoreflect.ValueOfString(change(v.List().Get(i).String())))
			}
		case namesItem(f):
			m.Set(f, protoreflect.ValueOfString(change(v.String())))
		case f.Message() == nil || f.IsMap():
		case f.IsList():
			for i := range v.List().Len() {
				rename(v.List().Get(i).Message(), change)
			}
		default:
			rename(v.Message(), change)
		}
		return true
	})
}
