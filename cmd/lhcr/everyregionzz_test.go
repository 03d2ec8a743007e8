package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

func TestZZDump(t *testing.T) {
	d := all(t)
	client := supplier(t, d)
	ids := simulated(t)
	var b strings.Builder
	for _, id := range ids {
		if slices.Contains(demo.Pair(), id) {
			continue
		}
		for _, p := range everybody(t) {
			q := everything(p)
			q.Regions = sdk.OnlyRegions(id)
			q.Access.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "great-north", Reference: "c-1", From: "2026-11-01"}}
			r := mustLookup(t, client, q)
			kinds := map[string][]string{}
			for _, o := range r.Outcomes() {
				kinds[o.GetStatus().String()] = append(kinds[o.GetStatus().String()], strings.TrimPrefix(o.GetSection().String(), "SECTION_"))
			}
			if len(kinds["OUTCOME_STATUS_NOT_HELD"]) > 0 && len(kinds) <= 2 {
				fmt.Fprintf(&b, "##### %s / %s not held\n", id, p.Slug)
				continue
			}
			fmt.Fprintf(&b, "##### %s / %s %v\n%v\n", id, p.Slug, r.Completeness(), kinds)
			for _, o := range r.Outcomes() {
				for _, g := range o.GetGaps() {
					fmt.Fprintf(&b, "   gap %v %v\n", o.GetSection(), g)
				}
			}
			b.WriteString(show.View{Width: 2000}.Record(r) + "\n")
		}
	}
	os.WriteFile("/tmp/plan/dumpE.txt", []byte(b.String()), 0o600)
}
