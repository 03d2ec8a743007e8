package telemetry

import (
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// shownTexts are the fields whose text a log may show: they name regions, requests,
// organisations, kinds and versions. Every other text may hold what somebody wrote
// of a patient, whether the contract marks it or not.
var shownTexts = []protoreflect.Name{
	"region_id", "region_ids", "request_id", "supplier_id", "organisation_ods_code", "role_code",
	"provider_ods_code", "version", "reader_version", "contract_version", "source_type", "source_types",
}

// maxElements is how many elements of a list of messages are shown.
const maxElements = 16

// Redacted is a message as a log may show it: without the fields that the contract
// marks debug_redact, without any text but the names of regions and the like,
// without bytes, and of a record only how many items of each kind it holds. What is
// left is what was asked of whom and how it went.
func Redacted(m proto.Message) slog.Value {
	if m == nil || !m.ProtoReflect().IsValid() {
		return slog.StringValue("[none]")
	}
	return message(m.ProtoReflect())
}

func group(m protoreflect.Message) slog.Value {
	var attrs []slog.Attr
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		attrs = append(attrs, slog.Attr{Key: string(f.Name()), Value: field(f, v)})
		return true
	})
	if n := len(m.GetUnknown()); n > 0 {
		attrs = append(attrs, slog.Int("unread_bytes", n))
	}
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return strings.Compare(a.Key, b.Key) })
	return slog.GroupValue(attrs...)
}

func field(f protoreflect.FieldDescriptor, v protoreflect.Value) slog.Value {
	switch {
	case marked(f):
		return slog.StringValue("[redacted]")
	case f.IsMap():
		return slog.StringValue(fmt.Sprintf("[%d entries]", v.Map().Len()))
	case f.IsList():
		return list(f, v.List())
	case f.Message() != nil:
		return message(v.Message())
	}
	return single(f, v)
}

// marked says whether the contract marks a field as not to be shown.
func marked(f protoreflect.FieldDescriptor) bool {
	options, ok := f.Options().(*descriptorpb.FieldOptions)
	return ok && options.GetDebugRedact()
}

func message(m protoreflect.Message) slog.Value {
	switch {
	case m.Descriptor().FullName() == "lhcr.v1.Record":
		return counts(m)
	case m.Descriptor().FullName() == "lhcr.v1.When":
		return slog.StringValue("[date]")
	case isItem(m.Descriptor()):
		return slog.StringValue("[item]")
	}
	return group(m)
}

// isItem says whether a message is an item of a record: all of it is clinical.
func isItem(d protoreflect.MessageDescriptor) bool {
	header := d.Fields().ByName("header")
	return header != nil && header.Message() != nil && header.Message().FullName() == "lhcr.v1.ItemHeader"
}

// counts shows of a record how many items of each kind it holds, and nothing of them.
func counts(m protoreflect.Message) slog.Value {
	var attrs []slog.Attr
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if f.IsList() {
			attrs = append(attrs, slog.Int(string(f.Name()), v.List().Len()))
		}
		return true
	})
	slices.SortFunc(attrs, func(a, b slog.Attr) int { return strings.Compare(a.Key, b.Key) })
	return slog.GroupValue(attrs...)
}

func list(f protoreflect.FieldDescriptor, l protoreflect.List) slog.Value {
	var attrs []slog.Attr
	for i := range min(l.Len(), maxElements) {
		attrs = append(attrs, slog.Attr{Key: strconv.Itoa(i), Value: element(f, l.Get(i))})
	}
	if rest := l.Len() - maxElements; rest > 0 {
		attrs = append(attrs, slog.Int("more", rest))
	}
	return slog.GroupValue(attrs...)
}

func element(f protoreflect.FieldDescriptor, v protoreflect.Value) slog.Value {
	if f.Message() != nil {
		return message(v.Message())
	}
	return single(f, v)
}

func single(f protoreflect.FieldDescriptor, v protoreflect.Value) slog.Value {
	switch f.Kind() {
	case protoreflect.StringKind:
		if !slices.Contains(shownTexts, f.Name()) {
			return slog.StringValue("[text]")
		}
		return slog.StringValue(mask(v.String()))
	case protoreflect.BytesKind:
		return slog.StringValue("[bytes]")
	case protoreflect.EnumKind:
		return enum(f, v.Enum())
	}
	return slog.AnyValue(v.Interface())
}

func enum(f protoreflect.FieldDescriptor, n protoreflect.EnumNumber) slog.Value {
	if value := f.Enum().Values().ByNumber(n); value != nil {
		return slog.StringValue(string(value.Name()))
	}
	return slog.Int64Value(int64(n))
}
