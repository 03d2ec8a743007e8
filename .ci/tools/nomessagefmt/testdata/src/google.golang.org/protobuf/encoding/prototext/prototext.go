// Package prototext stands in for the real one.
package prototext

import "google.golang.org/protobuf/reflect/protoreflect"

func Format(m protoreflect.ProtoMessage) string { return "" }

type MarshalOptions struct{ Multiline bool }

func (MarshalOptions) Marshal(m protoreflect.ProtoMessage) ([]byte, error) { return nil, nil }
