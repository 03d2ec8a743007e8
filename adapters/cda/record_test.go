package cda_test

import (
	"google.golang.org/protobuf/reflect/protoreflect"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// everyHeader is the header of every item of a record.
func everyHeader(r *lhcrv1.Record) []*lhcrv1.ItemHeader {
	var out []*lhcrv1.ItemHeader
	r.ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		for i := range v.List().Len() {
			if x, ok := v.List().Get(i).Message().Interface().(interface{ GetHeader() *lhcrv1.ItemHeader }); ok {
				out = append(out, x.GetHeader())
			}
		}
		return true
	})
	return out
}
