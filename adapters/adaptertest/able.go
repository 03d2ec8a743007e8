package adaptertest

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// able makes the adapter as the optional interface A, which it must be if it declares the
// capability. A capability that it declares not to have skips the test with its reason.
func able[A any](t *testing.T, s Subject, c lhcrv1.Capability) A {
	t.Helper()
	adapter := s.New(t)
	for _, support := range adapter.Describe().GetRegion().GetCapabilities() {
		if support.GetCapability() != c || !support.GetSupported() {
			continue
		}
		a, ok := adapter.(A)
		if !ok {
			t.Fatalf("it declares %v and has no method for it: want the method, or the capability described as not supported with a reason", c)
		}
		return a
	}
	t.Skipf("it does not declare %v", c)
	panic("unreachable")
}

// locating is an adapter that can locate.
type locating interface {
	adapters.Adapter
	adapters.Locator
}

// documenting is an adapter that can fetch documents.
type documenting interface {
	adapters.Adapter
	adapters.DocumentFetcher
}

// checking is an adapter that can check its region.
type checking interface {
	adapters.Adapter
	adapters.Checker
}
