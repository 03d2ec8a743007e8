package fault_test

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

func TestFaultsBefallTheCallsThatTheyName(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault fault.Fault
		call  fault.Call
		want  bool
	}{
		{"any call", fault.Fault{Kind: fault.Hang}, fault.Call{NHSNumber: "1", ResourceType: "List"}, true},
		{"this patient", fault.Fault{Kind: fault.Hang, NHSNumber: "1"}, fault.Call{NHSNumber: "1"}, true},
		{"another patient", fault.Fault{Kind: fault.Hang, NHSNumber: "2"}, fault.Call{NHSNumber: "1"}, false},
		{"this type", fault.Fault{Kind: fault.Hang, ResourceType: "List"}, fault.Call{ResourceType: "List"}, true},
		{"another type", fault.Fault{Kind: fault.Hang, ResourceType: "Flag"}, fault.Call{ResourceType: "List"}, false},
		{"a FHIR fault spares tokens", fault.Fault{Kind: fault.Hang}, fault.Call{Token: true}, false},
		{"a token fault spares FHIR", fault.Fault{Kind: fault.TokenHang}, fault.Call{}, false},
		{"a token fault", fault.Fault{Kind: fault.TokenHang, NHSNumber: "1"}, fault.Call{Token: true}, true},
	} {
		var set fault.Set
		set.Add(c.fault)
		if _, got := set.Take(c.call); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTimesAreUsedUpInOrder(t *testing.T) {
	var set fault.Set
	set.Add(fault.Fault{Kind: fault.Hang, Times: 2})
	set.Add(fault.Fault{Kind: fault.Reset, Times: 1})
	set.Add(fault.Fault{Kind: fault.Garbage})
	var got []fault.Kind
	for range 5 {
		f, _ := set.Take(fault.Call{})
		got = append(got, f.Kind)
	}
	want := []fault.Kind{fault.Hang, fault.Hang, fault.Reset, fault.Garbage, fault.Garbage}
	if !slices.Equal(got, want) {
		t.Errorf("taken %v, want %v", got, want)
	}
	set.Clear()
	if _, ok := set.Take(fault.Call{}); ok {
		t.Error("a cleared set still breaks calls")
	}
}
