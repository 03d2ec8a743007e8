// Package contract stands in for generated messages.
package contract

import "google.golang.org/protobuf/reflect/protoreflect"

type Patient struct{ NhsNumber string }

func (*Patient) ProtoReflect() protoreflect.Message { return nil }
func (*Patient) String() string                     { return "" }
func (p *Patient) GetNhsNumber() string             { return p.NhsNumber }

type Status int32

func (Status) String() string { return "" }
