package main

import "go/types"

// carriesMessage says whether fmt, given a value of type t, would print a
// protobuf message: t itself, or what it contains.
func carriesMessage(t types.Type) bool {
	return walk{}.carries(t)
}

// walk remembers the types on the way down, since types may contain themselves.
type walk map[types.Type]bool

func (w walk) carries(t types.Type) bool {
	if t == nil || w[t] {
		return false
	}
	w[t] = true
	switch {
	case isMessage(t):
		return true
	case printsItself(t):
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return w.carries(u.Elem())
	case *types.Slice:
		return w.carries(u.Elem())
	case *types.Array:
		return w.carries(u.Elem())
	case *types.Map:
		return w.carries(u.Key()) || w.carries(u.Elem())
	case *types.Struct:
		return w.anyField(u)
	}
	return false
}

// anyField looks at exported fields only: fmt calls no method of the others,
// and prints a message's address.
func (w walk) anyField(s *types.Struct) bool {
	for field := range s.Fields() {
		if field.Exported() && w.carries(field.Type()) {
			return true
		}
	}
	return false
}

// isMessage says whether t, or a pointer to it, is a protobuf message.
func isMessage(t types.Type) bool {
	return hasMethod(t, "ProtoReflect")
}

// printsItself says whether t decides itself how it is shown.
func printsItself(t types.Type) bool {
	return hasMethod(t, "String") || hasMethod(t, "Error") || hasMethod(t, "Format") || hasMethod(t, "LogValue")
}

func hasMethod(t types.Type, name string) bool {
	if t == nil {
		return false
	}
	object, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
	_, ok := object.(*types.Func)
	return ok
}
