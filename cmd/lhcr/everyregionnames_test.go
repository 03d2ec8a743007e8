package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/sdk"
)

// Whoever asks for Wessex asks both of its systems, and what comes is what comes of
// asking each.
func TestWessexIsItsTwoSystems(t *testing.T) {
	d := house(t, live(demo.Options{Regions: []string{"chie", "dorset", "yorkshire"}}))
	client, query := supplier(t, d), everything(patient(t, "gwen"))
	query.Regions = sdk.OnlyRegions("wessex")
	record := mustLookup(t, client, query)
	var asked []string
	for _, o := range record.Outcomes() {
		asked = append(asked, o.GetRegionId())
	}
	slices.Sort(asked)
	if diff := cmp.Diff([]string{"chie", "dorset"}, slices.Compact(asked)); diff != "" {
		t.Errorf("regions asked (-want +got):\n%s", diff)
	}
	for _, id := range []string{"chie", "dorset"} {
		query.Regions = sdk.OnlyRegions(id)
		mustEqual(t, id, of(mustLookup(t, client, query), id), of(record, id))
		if got := outcomeAt(record, place{id, allergies}); got != returned {
			t.Errorf("allergies of %s: %v", id, got)
		}
	}
	if calls := clinical(d, "yorkshire"); len(calls) > 0 {
		t.Errorf("Yorkshire was called: %v", calls)
	}
}

func TestWessexIsAskedBesideItsOwnSystems(t *testing.T) {
	d := house(t, live(demo.Options{Regions: []string{"chie", "dorset"}}))
	got := lhcr(t, named(patient(t, "gwen")), connected(d, "record", "get", "--nhs-number-file", "-", "--region", "wessex", "--region", "dorset")...)
	if got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.err)
	}
	mustSay(t, got.out, "(chie)", "(dorset)", "Allergy to sticking plaster")
}

// resolving are what `regions resolve` is asked, and what it must answer.
func resolving() map[string]struct{ args, says []string } {
	own := sandboxissuer.Pharmacist().Organisation.ODSCode
	return map[string]struct{ args, says []string }{
		"a committee":                   {[]string{"Dorset LPC"}, []string{"dorset", "wessex"}},
		"a committee in other letters":  {[]string{"dorset lpc"}, []string{"dorset", "wessex"}},
		"a board by its code":           {[]string{"--icb", "QVV"}, []string{"dorset"}},
		"the caller's own organisation": {[]string{"--ods", own}, []string{"great-north", "lancashire-south-cumbria", "yorkshire"}},
		"one that nobody has heard of":  {[]string{"Atlantis LPC"}, []string{"no region is known", "Try another name"}},
		"an organisation nobody listed": {[]string{"--ods", "ZZ999"}, []string{"no region is known", "Ask whoever runs the gateway"}},
	}
}

func TestRegionsAreResolvedByNameAndByOrganisation(t *testing.T) {
	d := house(t, demo.Options{Regions: simulated(t)})
	for name, c := range resolving() {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, "", connected(d, append([]string{"regions", "resolve"}, c.args...)...)...)
			if got.code != exitDone {
				t.Errorf("exit code %d: %s", got.code, got.err)
			}
			mustSay(t, got.out, c.says...)
		})
	}
}
