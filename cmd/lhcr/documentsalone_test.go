package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// A document that is read for its entries stays the one document that is listed: what the
// section of documents holds does not depend on what else is asked for.
func TestDocumentsAskedAloneAreThoseOfTheWhole(t *testing.T) {
	d := house(t, live(demo.Options{Regions: simulated(t), CallTimeout: 2 * time.Minute, RegionTimeouts: hurry(t, time.Minute)}))
	client, regions := supplier(t, d), map[string]bool{}
	for _, p := range everybody(t) {
		query := everything(p)
		whole := documentsOf(mustLookup(t, client, query))
		query.Sections = []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS}
		alone := documentsOf(mustLookup(t, client, query))
		if diff := cmp.Diff(alone, whole); diff != "" {
			t.Errorf("%s (-alone +whole):\n%s", p.Slug, diff)
		}
		for id := range alone {
			regions[id] = true
		}
	}
	for _, id := range []string{"cheshire-merseyside", "greater-manchester", "lancashire-south-cumbria", "london"} {
		if !regions[id] {
			t.Errorf("nobody has a document in %s: nothing was compared", id)
		}
	}
}

// documentsOf are the ids of the documents of a record, by region.
func documentsOf(r *sdk.Record) map[string][]string {
	out := map[string][]string{}
	for _, d := range r.Unguarded().GetRecord().GetDocuments() {
		h := d.GetHeader()
		out[h.GetRegionId()] = append(out[h.GetRegionId()], h.GetItemId())
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}
