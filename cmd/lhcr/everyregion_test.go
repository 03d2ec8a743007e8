package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// all is a house of every simulated region, in which nothing is cut off before the
// caller's own deadline.
func all(t testing.TB) *demo.Demo {
	t.Helper()
	return house(t, live(demo.Options{Regions: simulated(t), CallTimeout: 2 * time.Minute, RegionTimeouts: hurry(t, time.Minute)}))
}

// troubled has two regions of the house fail: one hangs, one is out of order. It gives
// the others.
func troubled(d *demo.Demo, hanging, failing string) (good []string) {
	for _, system := range d.Sandbox.Systems() {
		switch id := system.Access().RegionID; id {
		case hanging:
			system.Fault(sandbox.Fault{Kind: fault.Hang})
		case failing:
			system.Fault(sandbox.Fault{Kind: fault.Unavailable})
		default:
			good = append(good, id)
		}
	}
	return good
}

func calm(d *demo.Demo) {
	for _, system := range d.Sandbox.Systems() {
		system.ClearFaults()
	}
}

// landed reads a stream until the regions named have landed, and says how long that
// took. What hangs is left behind.
func landed(t testing.TB, client *sdk.Client, q sdk.Query, wanted []string) (map[string]*sdk.Record, time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	came, began := map[string]*sdk.Record{}, time.Now()
	for region, err := range client.StreamRecord(ctx, q).Regions() {
		if err != nil {
			t.Fatalf("%d of %d regions landed before the deadline: %v", len(came), len(wanted), err)
		}
		if id := region.Outcomes()[0].GetRegionId(); slices.Contains(wanted, id) {
			came[id] = region
		}
		if len(came) == len(wanted) {
			break
		}
	}
	return came, time.Since(began)
}

func TestOneRegionThatHangsAndOneThatFailsTouchNoOther(t *testing.T) {
	d := all(t)
	client, query := supplier(t, d), everything(patient(t, "margaret"))
	whole := mustLookup(t, client, query)
	ids := simulated(t)
	for i, hanging := range ids {
		failing := ids[(i+1)%len(ids)]
		t.Run(hanging+" hangs, "+failing+" fails", func(t *testing.T) {
			good := troubled(d, hanging, failing)
			defer calm(d)
			came, _ := landed(t, client, query, good)
			for _, id := range good {
				mustEqual(t, id, of(whole, id), of(came[id], id))
			}
		})
	}
}

func TestGetRecordAnswersWithWhatThereIsWhenOneRegionHangs(t *testing.T) {
	d := all(t)
	client, query := supplier(t, d), everything(patient(t, "margaret"))
	whole, ids := mustLookup(t, client, query), simulated(t)
	good := troubled(d, ids[0], ids[1])
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	record, err := client.GetRecord(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range record.Outcomes() {
		if slices.Contains(ids[:2], o.GetRegionId()) && o.GetStatus() != unavailable && o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED {
			t.Errorf("%s, which gives no answer: %v", o.GetRegionId(), o.GetStatus())
		}
	}
	for _, id := range good {
		mustEqual(t, id, of(whole, id), of(record, id))
	}
}

// BenchmarkEveryRegion looks a patient up in every simulated region while one hangs and
// one fails. of-slowest-good is the time until a stream has delivered every good region,
// as a share of the time that these take when they alone are asked: at most 1.1. The
// summary (scr) is asked and not timed: its pace makes one lookup wait for the last.
// early-ms is how long before its deadline of a second GetRecord answers: at least 50.
func BenchmarkEveryRegion(b *testing.B) {
	d := all(b)
	client, query := supplier(b, d), everything(patient(b, "margaret"))
	ids := simulated(b)
	mustLookup(b, client, query) // is connected, and has its tokens
	var shares, early []float64
	for i := 0; b.Loop(); i++ {
		good := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			return id == ids[i%len(ids)] || id == ids[(i+1)%len(ids)] || id == "scr"
		})
		alone := query
		alone.Regions = sdk.OnlyRegions(good...)
		_, floor := landed(b, client, alone, good)
		troubled(d, ids[i%len(ids)], ids[(i+1)%len(ids)])
		_, own := landed(b, client, query, good)
		shares = append(shares, float64(own)/float64(floor))
		early = append(early, beforeDeadline(b, client, query))
		calm(d)
	}
	b.ReportMetric(middle(shares), "of-slowest-good")
	b.ReportMetric(middle(early), "early-ms")
	b.ReportMetric(0, "ns/op")
}

func beforeDeadline(b *testing.B, client *sdk.Client, q sdk.Query) float64 {
	b.Helper()
	deadline := time.Now().Add(time.Second)
	ctx, cancel := context.WithDeadline(b.Context(), deadline)
	defer cancel()
	if _, err := client.GetRecord(ctx, q); err != nil {
		b.Fatal(err)
	}
	return float64(time.Until(deadline)) / float64(time.Millisecond)
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
