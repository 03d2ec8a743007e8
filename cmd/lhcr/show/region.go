package show

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Undeployed is the reason for which a region is off that is only a definition.
const Undeployed = "this is the definition, not a deployment"

// Definitions lists regional systems as they are defined, switched on nowhere. One that is
// off for a reason of its own says so.
func (v View) Definitions(regions []*lhcrv1.Region) string {
	t := table.New("Region", "Name", "Speaks", "How sure", "Sections")
	for _, r := range regions {
		notes := slices.Clone(r.GetNotes())
		if reason := r.GetDisabledReason(); reason != "" && reason != Undeployed {
			notes = append(notes, "Off unless a deployment configures it: "+reason)
		}
		t.Add(table.Row{Cells: definition(r), Notes: notes})
	}
	return t.Render(v.Width, v.Paint)
}

// Regions lists the regional systems of a deployment: whether they are switched on,
// and how those fare that are.
func (v View) Regions(regions []*lhcrv1.Region, health []*lhcrv1.RegionHealth) string {
	byID := map[string]*lhcrv1.RegionHealth{}
	for _, h := range health {
		byID[h.GetRegionId()] = h
	}
	t := table.New("Region", "Name", "Speaks", "How sure", "Sections", "State", "Health")
	for _, r := range regions {
		fares := ""
		if h := byID[r.GetRegionId()]; h != nil && r.GetConfigured() {
			fares = healthWords(h)
		}
		t.Add(table.Row{Cells: append(definition(r), nameState(r, regions), fares), Notes: r.GetNotes()})
	}
	return t.Render(v.Width, v.Paint)
}

func definition(r *lhcrv1.Region) []string {
	return []string{r.GetRegionId(), r.GetName(), r.GetProtocol(), certainty(r.GetCertainty()), coverage(r)}
}

func regionState(r *lhcrv1.Region) string {
	if r.GetConfigured() {
		return "on"
	}
	return joined(": ", "off", r.GetDisabledReason())
}

// nameState is the state of a name that stands for several regions: it is asked in part
// where only some of them are on.
func nameState(name *lhcrv1.Region, regions []*lhcrv1.Region) string {
	for _, r := range regions {
		if !name.GetConfigured() && r.GetConfigured() && slices.Contains(name.GetExpandsTo(), r.GetRegionId()) {
			return joined(": ", "on in part", name.GetDisabledReason())
		}
	}
	return regionState(name)
}

func certainty(c lhcrv1.Certainty) string {
	return strings.ToLower(strings.TrimPrefix(c.String(), "CERTAINTY_"))
}

func coverage(r *lhcrv1.Region) string {
	if to := strings.Join(r.GetExpandsTo(), ", "); to != "" {
		return "stands for " + to
	}
	supported := 0
	for _, s := range r.GetSections() {
		if s.GetSupported() {
			supported++
		}
	}
	return fmt.Sprintf("%d of %d", supported, len(r.GetSections()))
}
