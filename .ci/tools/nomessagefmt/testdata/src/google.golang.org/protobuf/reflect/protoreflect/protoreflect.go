// Package protoreflect stands in for the real one.
package protoreflect

type Message interface{ IsValid() bool }

type ProtoMessage interface{ ProtoReflect() Message }
