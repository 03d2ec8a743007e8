package decode

import (
	"reflect"
	"unsafe"
)

// arena hands out structs of one type from chunks, because a large record is
// made of tens of thousands of small ones.
type arena struct {
	chunk reflect.Value
	used  int
	size  int
}

const largestChunk = 64

// arena is that of a plan's structs. Few of all types come in one answer.
func (r *reader) arena(p *plan) *arena {
	a := r.arenas[p.id]
	if a == nil {
		a = new(arena)
		r.arenas[p.id] = a
	}
	return a
}

// room makes sure that n more structs follow each other.
func (a *arena) room(p *plan, n int) {
	if a.used+n <= a.size {
		return
	}
	a.size = max(n, min(largestChunk, 2*a.size), 1)
	a.chunk, a.used = reflect.MakeSlice(p.slice, a.size, a.size), 0
}

// one gives a new struct.
func (a *arena) one(p *plan) reflect.Value {
	a.room(p, 1)
	a.used++
	return a.chunk.Index(a.used - 1)
}

// extend adds one more struct to the list and gives it: in place when the list
// ends where the free part begins, else the list moves.
func (a *arena) extend(p *plan, list reflect.Value) reflect.Value {
	n := list.Len()
	if n == 0 || a.used == a.size || list.Index(n-1).Addr().UnsafePointer() != a.chunk.Index(a.used-1).Addr().UnsafePointer() {
		a.move(p, list, n)
	}
	list.Set(a.chunk.Slice3(a.used-n, a.used+1, a.used+1))
	a.used++
	return list.Index(n)
}

// move copies a list of n to where it can grow.
func (a *arena) move(p *plan, list reflect.Value, n int) {
	if a.used+n+1 > a.size {
		a.room(p, 2*n+1) // doubling: a list of n costs n, not n², to build
	}
	if n > 0 {
		reflect.Copy(a.chunk.Slice(a.used, a.used+n), list)
	}
	a.used += n
}

// alias makes a string of the payload's own bytes, without a copy. [JSON] owns
// the payload from the moment it is called, and never changes it; copying each
// string instead costs a third of the whole reading time.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
