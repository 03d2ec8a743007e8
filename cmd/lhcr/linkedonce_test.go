package main

import (
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A record that a region links to the person, and that carries another NHS number, is one
// gap: the adapter's word and the gateway's are of the same record.
func TestALinkedRecordOfAnotherNumberIsOneGap(t *testing.T) {
	d := house(t, live(demo.Options{Regions: simulated(t), CallTimeout: 2 * time.Minute, RegionTimeouts: hurry(t, time.Minute)}))
	client, told := supplier(t, d), 0
	for _, p := range everybody(t) {
		for _, o := range mustLookup(t, client, everything(p)).Outcomes() {
			n := 0
			for _, g := range o.GetGaps() {
				if g.GetKind() == lhcrv1.GapKind_GAP_KIND_LINKED_RECORD {
					n++
				}
			}
			told += n
			if n > 1 {
				t.Errorf("%s, %s, %v: %v", p.Slug, o.GetRegionId(), o.GetSection(), o.GetGaps())
			}
		}
	}
	if told == 0 {
		t.Error("nobody has a linked record of another number: nothing was counted")
	}
}
