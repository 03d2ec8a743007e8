package guard_test

import (
	"context"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// BenchmarkGuardedCall is what the guards add to a call when all is well.
func BenchmarkGuardedCall(b *testing.B) {
	res := &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{{Status: returned}}}
	inner := &regional{fetch: func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { return res, nil }}
	r, err := guard.New(inner, guard.DefaultPolicy(), guard.Options{})
	if err != nil {
		b.Fatal(err)
	}
	request := &adapterv1.FetchRequest{
		Caller:   &adapterv1.Caller{SupplierId: "example-pmr"},
		Patient:  &lhcrv1.PatientQuery{NhsNumber: "9990000018"},
		Sections: []lhcrv1.Section{1, 2, 3, 4, 5, 6, 7, 8},
		Handle:   []byte("a handle"),
	}
	ctx, cancel := context.WithTimeout(b.Context(), guard.DefaultPolicy().Timeout)
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Fetch(ctx, request); err != nil {
			b.Fatal(err)
		}
	}
}
