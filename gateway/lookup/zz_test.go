package lookup_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

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

func TestZDist(t *testing.T) {
	b := &testing.B{}
	_ = b
	for _, mode := range []string{"floor", "ours"} {
		var list []adapters.Adapter
		var ids []string
		for i := range fanOutRegions {
			id := fmt.Sprintf("region-%d", i)
			answer := fanOutAnswer(t, id)
			ids = append(ids, id)
			list = append(list, &fetchFunc{describe(id), func(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
				<-time.After(fanOutWait)
				return fresh(answer), nil
			}})
		}
		l := newLookup(t, lookup.Options{}, list...)
		req := request(medications, allergies)
		req.Regions = &lhcrv1.RegionSelection{RegionIds: ids}
		do := waitSideBySide
		if mode == "ours" {
			do = func() { l.Get(t.Context(), caller(), req) }
		}
		var mu sync.Mutex
		var took []time.Duration
		for range 100 {
			var wg sync.WaitGroup
			for range fanOutCallers {
				wg.Go(func() {
					began := time.Now()
					do()
					d := time.Since(began)
					mu.Lock()
					took = append(took, d)
					mu.Unlock()
				})
			}
			wg.Wait()
		}
		slices.Sort(took)
		n := len(took)
		t.Log(mode, took[n/2], took[n*9/10], took[n*95/100], took[n*99/100], took[n-1])
	}
}
