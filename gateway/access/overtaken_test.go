package access

import "testing"

// A token whose signature was checked by keys that were replaced meanwhile, and which
// is remembered only then, is not taken.
func TestATokenThatAReloadOvertookIsNotTaken(t *testing.T) {
	k, name := newKept(4), digest{1}
	before, after := &keySet{}, &keySet{}
	k.forget()
	k.put(name, &opened{keys: before})
	if k.get(name, before) == nil {
		t.Error("it is not remembered at all")
	}
	if k.get(name, after) != nil {
		t.Error("it is taken under other keys")
	}
	for i := range byte(3) {
		k.put(digest{2, i}, &opened{keys: after})
	}
	if k.get(name, after) != nil {
		t.Error("it is taken under other keys once it is old")
	}
}
