package lookup_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// What BenchmarkFanOut asks: ten regions that answer 2 KB after 20 ms, twenty
// lookups at once.
const (
	fanOutRegions = 10
	fanOutCallers = 20
	fanOutWait    = 20 * time.Millisecond
	fanOutBytes   = 2 << 10
	fanOutRounds  = 15 // of one pair: enough for a 99th centile of 300 lookups
)

// BenchmarkFanOut compares lookups over ten regions with the same waits side by
// side and nothing else. Each iteration is a pair, measured in turns: the floor,
// then ours. The metric of-floor is the median over the pairs of the floor's 99th
// centile over ours: 1 would be a gateway that costs nothing.
func BenchmarkFanOut(b *testing.B) {
	l, ids := fanOutLookup(b)
	req := request(medications, allergies)
	req.Regions = &lhcrv1.RegionSelection{RegionIds: ids}
	ours := func() {
		if _, err := l.Get(b.Context(), caller(), req); err != nil {
			b.Error(err)
		}
	}
	var ratios, floors, own []float64
	for b.Loop() {
		floor, mine := p99(waitSideBySide), p99(ours)
		ratios = append(ratios, float64(floor)/float64(mine))
		floors, own = append(floors, float64(floor)), append(own, float64(mine))
	}
	b.ReportMetric(median(ratios), "of-floor")
	b.ReportMetric(median(floors)/1e6, "floor-p99-ms")
	b.ReportMetric(median(own)/1e6, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func fanOutLookup(b *testing.B) (*lookup.Lookup, []string) {
	b.Helper()
	var list []adapters.Adapter
	var ids []string
	for i := range fanOutRegions {
		id := fmt.Sprintf("region-%d", i)
		answer := fanOutAnswer(b, id)
		ids = append(ids, id)
		list = append(list, &fetchFunc{describe(id), func(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			select {
			case <-time.After(fanOutWait):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			return fresh(answer), nil
		}})
	}
	return newLookup(b, lookup.Options{}, list...), ids
}

// fresh is the answer as an adapter would give it anew: with messages of its own
// wherever the gateway writes into them. What else making it costs is the adapter's.
func fresh(answer *adapterv1.FetchResponse) *adapterv1.FetchResponse {
	return &adapterv1.FetchResponse{
		Record: answer.GetRecord(), Patients: answer.GetPatients(),
		Outcomes: []*lhcrv1.SectionOutcome{outcome(medications, returned), outcome(allergies, returned)},
	}
}

// fanOutAnswer is an answer of four items in two sections, 2 KB in all.
func fanOutAnswer(tb testing.TB, region string) *adapterv1.FetchResponse {
	tb.Helper()
	record := &lhcrv1.Record{
		Medications: []*lhcrv1.Medication{medication("m1"), medication("m2")},
		Allergies:   []*lhcrv1.Allergy{allergy("a1"), allergy("a2")},
	}
	for i, h := range []*lhcrv1.ItemHeader{
		record.Medications[0].Header, record.Medications[1].Header, record.Allergies[0].Header, record.Allergies[1].Header,
	} {
		h.RegionId = region
		h.SourceOrganisation = &lhcrv1.Organisation{OdsCode: "A81001", Name: "A practice"} // the first is of all regions
		if i > 0 {
			h.SourceOrganisation.OdsCode = region
		}
		h.Identifiers = []*lhcrv1.Identifier{{System: "https://practice.example/id", Value: fmt.Sprint(i)}}
		h.Recorded = born("2024-03-01")
		h.Notes = []*lhcrv1.Note{{Text: strings.Repeat("a note of the practice. ", 17)}}
	}
	res := fetched(record, outcome(medications, returned), outcome(allergies, returned))
	if size := proto.Size(res); size < fanOutBytes*9/10 || size > fanOutBytes*11/10 {
		tb.Fatalf("an answer has %d bytes, want about %d", size, fanOutBytes)
	}
	return res
}

// waitSideBySide is a lookup's waits without a lookup.
func waitSideBySide() {
	var wg sync.WaitGroup
	for range fanOutRegions {
		wg.Go(func() { <-time.After(fanOutWait) })
	}
	wg.Wait()
}

// p99 is the 99th centile of how long do takes, fanOutCallers at a time.
func p99(do func()) time.Duration {
	took := make([]time.Duration, fanOutRounds*fanOutCallers)
	for round := range fanOutRounds {
		var wg sync.WaitGroup
		for i := range fanOutCallers {
			wg.Go(func() {
				began := time.Now()
				do()
				took[round*fanOutCallers+i] = time.Since(began)
			})
		}
		wg.Wait()
	}
	slices.Sort(took)
	return took[len(took)*99/100]
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
