// Package protojson stands in for the real one.
package protojson

import "google.golang.org/protobuf/reflect/protoreflect"

func Format(m protoreflect.ProtoMessage) string { return "" }

func Marshal(m protoreflect.ProtoMessage) ([]byte, error) { return nil, nil }
