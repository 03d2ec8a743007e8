package lookup_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/wire"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

// An answer that is given over the desk has the bytes of the one that is returned, and
// tells of itself what stands in them: live, kept, and where a region fails.
func TestAnAnswerOverTheDeskIsTheAnswer(t *testing.T) {
	kept := newCache(t, cache.Options{Memory: 1 << 20, Now: fixedClock})
	l := newLookup(t, lookup.Options{Cache: kept, Now: fixedClock, Keep: lookup.Keep{Record: time.Hour, Held: time.Hour, NotHeld: time.Hour}},
		&fetchFunc{describe("dorset"), func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: header("p1", problems)}}}, outcome(problems, returned), outcome(allergies, nothing)), nil
		}},
		&fetchFunc{describe("chie"), func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return nil, status.Error(codes.Unavailable, "down")
		}})
	for _, name := range []string{"live", "kept"} {
		var desk wire.Desk
		res, err := l.Get(wire.Expecting(t.Context(), &desk), caller(), request(allergies, problems))
		settled, err := desk.Settle(res, err)
		if err != nil {
			t.Fatal(err)
		}
		answer := settled.(*wire.Answer)
		given := &lhcrv1.GetRecordResponse{}
		if err := proto.Unmarshal(bytes.Join(answer.Pieces, nil), given); err != nil {
			t.Fatal(err)
		}
		if from := given.GetOutcomes()[2].GetFromCache(); len(given.GetRecord().GetProblems()) != 1 || from != (name == "kept") {
			t.Errorf("%s: from the cache is %t: %v", name, from, given)
		}
		var told []wire.Outcome
		for _, o := range given.GetOutcomes() {
			told = append(told, wire.Outcome{Region: o.GetRegionId(), Section: o.GetSection(), Status: o.GetStatus()})
		}
		if diff := cmp.Diff(told, answer.Outcomes); diff != "" || answer.Completeness != given.GetCompleteness() {
			t.Errorf("%s: what it tells of itself, %v (-encoded +told):\n%s", name, answer.Completeness, diff)
		}
		if name == "kept" {
			if diff := cmp.Diff(get(t, l, request(allergies, problems)), given, protocmp.Transform()); diff != "" {
				t.Errorf("returned and given (-returned +given):\n%s", diff)
			}
		}
	}
}
