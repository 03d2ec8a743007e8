package lookup_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func BenchmarkZImmediate(b *testing.B) {
	var list []adapters.Adapter
	var ids []string
	for i := range fanOutRegions {
		id := fmt.Sprintf("region-%d", i)
		answer := fanOutAnswer(b, id)
		ids = append(ids, id)
		list = append(list, &fetchFunc{describe(id), func(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return fresh(answer), nil
		}})
	}
	l := newLookup(b, lookup.Options{}, list...)
	req := request(medications, allergies)
	req.Regions = &lhcrv1.RegionSelection{RegionIds: ids}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := l.Get(b.Context(), caller(), req); err != nil {
			b.Error(err)
		}
	}
}
