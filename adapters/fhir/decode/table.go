package decode

// table finds a plan's fields by element name. Names are looked up some thirty
// thousand times in a large record; a small open-addressed hash over five
// letters of the name takes a third of a map's time.
type table struct{ slots []*field }

func newTable(fields []*field) table {
	size := 8
	for size < 4*len(fields) {
		size *= 2
	}
	t := table{slots: make([]*field, size)}
	for _, f := range fields {
		t.place(f)
	}
	return t
}

// place puts a field in; one of the same name gives way.
func (t *table) place(f *field) {
	at := t.start([]byte(f.name))
	for t.slots[at] != nil && t.slots[at].name != f.name {
		at = (at + 1) & uint32(len(t.slots)-1)
	}
	t.slots[at] = f
}

func (t *table) start(name []byte) uint32 {
	n := len(name)
	h := uint32(n) | uint32(name[0])<<5 | uint32(name[n-1])<<13 | uint32(name[n/2])<<21
	h ^= uint32(name[n/3])<<9 | uint32(name[2*n/3])<<16
	h *= 0x9E3779B1
	return (h >> 12) & uint32(len(t.slots)-1)
}

func (t *table) find(name []byte) *field {
	if len(name) == 0 {
		return nil
	}
	for at := t.start(name); ; at = (at + 1) & uint32(len(t.slots)-1) {
		f := t.slots[at]
		if f == nil || f.name == string(name) {
			return f
		}
	}
}
