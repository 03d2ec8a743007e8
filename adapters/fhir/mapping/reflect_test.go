package mapping_test

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// note keeps the full names of all fields that a message and the messages in it fill.
func note(seen map[string]bool, m proto.Message) { noteFields(seen, m.ProtoReflect()) }

func noteFields(seen map[string]bool, m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		seen[string(f.FullName())] = true
		switch {
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				noteFields(seen, v.List().Get(i).Message())
			}
		default:
			noteFields(seen, v.Message())
		}
		return true
	})
}
