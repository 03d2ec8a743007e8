package adaptertest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

func describeIsStable(_ context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	first := adapter.Describe()
	if _, err := adapters.NewRegion(adapter); err != nil {
		t.Fatal(err)
	}
	checkSections(t, first.GetRegion())
	checkCapabilities(t, first.GetRegion())
	if first.GetReaderVersion() == "" || len(first.GetEndpoints()) == 0 || len(first.GetRegion().GetVariesBy()) == 0 {
		t.Error("reader_version, endpoints and varies_by must be said")
	}
	first.Region.Name = "changed by a caller"
	if second := adapter.Describe(); second.GetRegion().GetName() == first.GetRegion().GetName() {
		t.Error("a caller can change the description of the next: want a message of its own for each call")
	}
	if diff := cmp.Diff(adapter.Describe(), adapter.Describe(), protocmp.Transform()); diff != "" {
		t.Errorf("two descriptions differ:\n%s", diff)
	}
}

// checkSections wants every section of the contract once, and a reason where it is not given.
func checkSections(t *testing.T, about *lhcrv1.Region) {
	t.Helper()
	seen := map[lhcrv1.Section]int{}
	for _, s := range about.GetSections() {
		seen[s.GetSection()]++
		if s.GetSupported() == (s.GetReason() != "") {
			t.Errorf("%v: supported %v with the reason %q, want a reason exactly where it is not supported", s.GetSection(), s.GetSupported(), s.GetReason())
		}
	}
	for n := range lhcrv1.Section_name {
		if s := lhcrv1.Section(n); s != lhcrv1.Section_SECTION_UNSPECIFIED && seen[s] != 1 {
			t.Errorf("%v is described %d times, want once: each is there or not, with the reason why not", s, seen[s])
		}
	}
}

func checkCapabilities(t *testing.T, about *lhcrv1.Region) {
	t.Helper()
	seen := map[lhcrv1.Capability]int{}
	for _, c := range about.GetCapabilities() {
		seen[c.GetCapability()]++
		if c.GetSupported() == (c.GetReason() != "") {
			t.Errorf("%v: supported %v with the reason %q, want a reason exactly where it is not supported", c.GetCapability(), c.GetSupported(), c.GetReason())
		}
	}
	for n := range lhcrv1.Capability_name {
		if c := lhcrv1.Capability(n); c != lhcrv1.Capability_CAPABILITY_UNSPECIFIED && seen[c] != 1 {
			t.Errorf("%v is described %d times, want once: each is there or not, with the reason why not", c, seen[c])
		}
	}
}

// describeNeedsNothing describes while every call of the region fails, if it can be made to.
func describeNeedsNothing(_ context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	if e, ok := s.expected(Hang); ok && s.Fault != nil {
		e.Whole = true
		s.Fault(t, e)
	}
	done := make(chan *adapterv1.DescribeResponse, 1)
	go func() { done <- adapter.Describe() }()
	if about := within(t, done); about.GetRegion().GetRegionId() == "" {
		t.Error("it describes no region, want region with region_id")
	}
}

// undeclaredIsUnimplemented calls, through the gateway's own wrapper, what is not declared.
func undeclaredIsUnimplemented(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	region, err := adapters.NewRegion(adapter)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[lhcrv1.Capability]func() error{
		lhcrv1.Capability_CAPABILITY_LOCATE:    func() error { _, err := region.Locate(ctx, s.locate(s.Held)); return err },
		lhcrv1.Capability_CAPABILITY_DOCUMENTS: func() error { _, err := region.FetchDocument(ctx, s.document(s.Held, "x", "")); return err },
		lhcrv1.Capability_CAPABILITY_CONTRIBUTE: func() error {
			_, err := region.Contribute(ctx, &adapterv1.ContributeRequest{Caller: s.Caller, Patient: s.Held.query()})
			return err
		},
		lhcrv1.Capability_CAPABILITY_CHECK: func() error { _, err := region.Check(ctx, &adapterv1.CheckRequest{}); return err },
	}
	for _, c := range adapter.Describe().GetRegion().GetCapabilities() {
		call := calls[c.GetCapability()]
		if call == nil || c.GetSupported() {
			continue
		}
		if err := call(); status.Code(err) != codes.Unimplemented {
			t.Errorf("%v is not declared and answers %v, want UNIMPLEMENTED", c.GetCapability(), err)
		}
	}
}
