package lookup_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// How long something may be served is said by the deployment now, not by that of then.
func TestWhatIsKeptForLessByNowIsNotServed(t *testing.T) {
	long := lookup.Keep{Record: time.Hour, Held: time.Hour, NotHeld: time.Hour}
	nothingKept := lookup.Keep{}
	for name, test := range map[string]struct {
		holding adapterv1.Holding
		keep    lookup.Keep
		want    []string
	}{
		"all as long":             {held, long, nil},
		"records for less":        {held, lookup.Keep{Record: 9 * time.Minute, Held: time.Hour}, []string{"fetch h1"}},
		"records and places":      {held, lookup.Keep{Record: 9 * time.Minute, Held: 9 * time.Minute}, []string{"locate", "fetch h1"}},
		"nothing":                 {held, nothingKept, []string{"locate", "fetch h1"}},
		"not held, as long":       {heldNot, long, nil},
		"not held, for less":      {heldNot, lookup.Keep{Record: time.Hour, Held: time.Hour, NotHeld: 9 * time.Minute}, []string{"locate"}},
		"not held, is not kept":   {heldNot, lookup.Keep{Record: time.Hour, Held: time.Hour}, []string{"locate"}},
		"places for just as long": {held, lookup.Keep{Held: 9*time.Minute + 1}, []string{"fetch h1"}},
	} {
		at := newClock()
		m := newMoving(test.holding, "h1")
		opts := at.opts()
		opts.Keep = long
		l := cached(t, opts, m)
		get(t, l, request(problems))
		region, err := adapters.NewRegion(m)
		if err != nil {
			t.Fatal(err)
		}
		l.Replace(lookup.Deployment{Regions: []lookup.Fetcher{region}, Keep: test.keep})
		at.pass(9 * time.Minute)
		m.calls = nil
		get(t, l, request(problems))
		if diff := cmp.Diff(test.want, m.calls, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
}

// An age is that of the answer: a slow region makes what was kept of another older.
func TestAnAgeIsThatOfTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		quick := &counting{}
		slow := &fetchFunc{describe("yorkshire"), func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			time.Sleep(6 * time.Second)
			return fetched(nil, outcome(problems, unavailable)), nil
		}}
		l := bubble(t, lookup.Options{}, quick.adapter("dorset"), slow)
		getAs(t, l, caller(), request(problems))
		res := getAs(t, l, caller(), asFresh(within(7*time.Second)))
		o := outcomeOf(t, res.GetOutcomes(), "dorset", problems)
		if old := res.GetAssembledAt().AsTime().Sub(o.GetRetrievedAt().AsTime()); !o.GetFromCache() || o.GetAge().AsDuration() != old || old != 12*time.Second {
			t.Errorf("from the cache: %t; says %v, and is %v old", o.GetFromCache(), o.GetAge().AsDuration(), old)
		}
		err := l.Stream(t.Context(), caller(), request(problems), func(e *lhcrv1.StreamRecordResponse) error {
			for _, o := range onWire(t, e).GetPart().GetOutcomes() {
				if o.GetRegionId() == "dorset" && o.GetAge().AsDuration() != 12*time.Second {
					t.Errorf("streamed at once, it says %v", o.GetAge().AsDuration())
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
