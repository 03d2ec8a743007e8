package guard_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// dorsetOnly knows one region.
type dorsetOnly struct{}

func (dorsetOnly) Expand(ids []string) ([]string, error) { return ids, nil }
func (dorsetOnly) RegionsOf(*adapterv1.Caller) []string  { return []string{"dorset"} }
func (dorsetOnly) All() []string                         { return []string{"dorset"} }

// giving is a regional system that gives every section.
type giving struct{ *regional }

func (giving) Supports(lhcrv1.Section) (bool, string) { return true, "" }

// A region that hangs costs each call all its time until it is left alone; from then
// on a call is answered at once, and says when to ask again.
func TestALookupDoesNotWaitForARegionThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := guarded(t, giving{&regional{fetch: hangs()}}, guard.DefaultPolicy())
		var seen sync.Map
		l := lookup.New([]lookup.Fetcher{r}, lookup.Options{
			Directory: dorsetOnly{},
			Observe:   func(o lookup.Observation) { seen.Store(o.Refused, true) },
		})
		get := func(number int) (*lhcrv1.SectionOutcome, time.Duration) { return got(t, l, number) }
		var group sync.WaitGroup
		for number := range 12 {
			group.Go(func() {
				if o, took := get(number); o.GetStatus() != unavailable || took < 7*time.Second || took > 8*time.Second {
					t.Errorf("%v after %v, want UNAVAILABLE after the region's time", o.GetStatus(), took)
				}
			})
		}
		group.Wait()
		wantBreaker(t, r, open)
		o, took := get(0)
		if o.GetStatus() != unavailable || took != 0 || o.GetRetryAfter().AsDuration() <= 0 {
			t.Errorf("%v after %v, to be asked again in %v", o.GetStatus(), took, o.GetRetryAfter().AsDuration())
		}
		if _, ok := seen.Load("breaker_open"); !ok {
			t.Error("the refusal was not observed as one")
		}
	})
}

// got is the outcome of the allergies, and how long it took.
func got(t *testing.T, l *lookup.Lookup, number int) (*lhcrv1.SectionOutcome, time.Duration) {
	t.Helper()
	began := time.Now()
	record, err := l.Get(t.Context(), &adapterv1.Caller{SupplierId: "example-pmr"}, &lhcrv1.GetRecordRequest{
		Patient:  someone(number),
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES},
		Access:   &lhcrv1.AccessContext{},
	})
	if err != nil {
		t.Error(err)
		return nil, 0
	}
	encoded, err := proto.Marshal(record)
	if err != nil {
		t.Error(err)
	}
	read := &lhcrv1.GetRecordResponse{}
	if err := proto.Unmarshal(encoded, read); err != nil || len(read.GetOutcomes()) != 1 {
		t.Errorf("%d outcomes (%v)", len(read.GetOutcomes()), err)
		return nil, 0
	}
	return read.GetOutcomes()[0], time.Since(began)
}
