package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"github.com/openlhcr/openlhcr/sdk/sdktest"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

// What a vendor's tests see of the fake must be what the gateway says, also where
// only some sections or one region are asked for.
func TestTheSDKsFakeAnswersAsTheGateway(t *testing.T) {
	d := house(t, leisurely())
	real, places := supplier(t, d), placeless(d)
	gateway := sdktest.Start(sdktest.WithClock(testDay))
	t.Cleanup(gateway.Close)
	fake, err := gateway.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fake.Close() })
	queries := map[string]func(*sdk.Query){
		"one section":     func(q *sdk.Query) { q.Sections = []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES} },
		"another section": func(q *sdk.Query) { q.Sections = []lhcrv1.Section{lhcrv1.Section_SECTION_ALERTS} },
		"medicines and more": func(q *sdk.Query) {
			q.Sections = []lhcrv1.Section{lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PROBLEMS}
		},
		"one region":       func(q *sdk.Query) { q.Regions = sdk.OnlyRegions("yorkshire") },
		"another birthday": func(q *sdk.Query) { q.Patient.DateOfBirth = "1901-01-01" },
	}
	for _, p := range everybody(t) {
		if p.Slug == "tomasz" {
			continue // the fixtures leave his originals out, and his record takes a stream
		}
		for name, change := range queries {
			t.Run(p.Slug+" "+name, func(t *testing.T) {
				q := everything(p)
				q.Freshness = sdk.PastCache()
				change(&q)
				want, got := settledAnswer(t, real, q, places), settledAnswer(t, fake, q, places)
				if !proto.Equal(want, got) {
					t.Errorf("the fake answers otherwise (-gateway +fake):\n%s", cmp.Diff(want, got, protocmp.Transform()))
				}
			})
		}
	}
}

// settledAnswer is an answer without what differs from run to run.
func settledAnswer(t *testing.T, client *sdk.Client, q sdk.Query, places *strings.Replacer) *lhcrv1.GetRecordResponse {
	t.Helper()
	answer := settled(timeless(mustLookup(t, client, q).Unguarded()), places)
	for _, r := range answer.GetRegions() {
		r.Reported = nil // of the whole record: the fixtures do not tell to which section it belongs
	}
	return answer
}
