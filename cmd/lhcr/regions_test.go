package main

import (
	"slices"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/encoding/protojson"
)

func TestTheHealthOfRegionsIsToldByAServer(t *testing.T) {
	d := house(t, leisurely())
	mustSay(t, lhcr(t, "", connected(d, "regions", "health")...).out, "dorset", "yorkshire", "not asked yet")
	if got := lhcr(t, named(patient(t, "maeve")), connected(d, "record", "get", "--nhs-number-file", "-")...); got.code != exitDone {
		t.Fatal(got.err)
	}
	mustSay(t, lhcr(t, "", connected(d, "regions", "health")...).out, "answers", "Last answered", "UTC")
	mustSay(t, lhcr(t, "", connected(d, "regions", "list")...).out, "Health", "answers")
	var got lhcrv1.ListRegionHealthResponse
	if err := protojson.Unmarshal([]byte(lhcr(t, "", connected(d, "regions", "health", "--format", "json")...).out), &got); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for _, h := range got.GetHealth() {
		if !slices.Contains([]string{"dorset", "yorkshire"}, h.GetRegionId()) {
			continue // switched off in the pair
		}
		asked++
		if h.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY || h.GetCalls() == 0 {
			t.Errorf("%s is %v after %d calls", h.GetRegionId(), h.GetStatus(), h.GetCalls())
		}
	}
	if asked != 2 {
		t.Errorf("the health of %d regions", asked)
	}
}

func TestOnlyAServerKnowsTheHealthOfRegions(t *testing.T) {
	got := lhcr(t, "", "regions", "health")
	if got.code != exitUsage {
		t.Errorf("exit code %d", got.code)
	}
	mustSay(t, got.err, "--target")
	mustNotSay(t, lhcr(t, "", "regions", "list").out, "not asked yet")
}

// Who asks for a name asks all that it stands for, and what is switched off says so.
func TestANameAsksAllThatItStandsFor(t *testing.T) {
	d := house(t, leisurely())
	query := everything(patient(t, "margaret"))
	query.Regions = sdk.OnlyRegions("wessex")
	record := mustLookup(t, supplier(t, d), query)
	found := map[string]lhcrv1.OutcomeStatus{}
	for _, o := range record.Outcomes() {
		if o.GetSection() == lhcrv1.Section_SECTION_ALLERGIES {
			found[o.GetRegionId()] = o.GetStatus()
		}
	}
	if len(found) != 2 || found["chie"] != lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED && found["chie"] != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
		t.Errorf("%v", found)
	}
	if found["dorset"] != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || record.Completeness() != lhcrv1.Completeness_COMPLETENESS_PARTIAL {
		t.Errorf("dorset is %v, and the whole %v", found["dorset"], record.Completeness())
	}
	mustSay(t, lhcr(t, "", connected(d, "regions", "list")...).out, "on in part: of what it stands for, chie is switched off and dorset is asked")
	mustSay(t, lhcr(t, "", connected(d, "regions", "resolve", "dorset lpc")...).out, "dorset, wessex", "chie and dorset")
}
