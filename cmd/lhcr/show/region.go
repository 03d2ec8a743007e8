package show

import (
	"fmt"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Regions lists regional systems. Whether they are switched on is shown of a
// deployment only: a definition alone is neither.
func (v View) Regions(regions []*lhcrv1.Region, deployed bool) string {
	t := table.New("Region", "Name", "Speaks", "How sure", "Sections", "State")
	for _, r := range regions {
		state := ""
		if deployed {
			state = regionState(r)
		}
		t.Add(table.Row{
			Cells: []string{r.GetRegionId(), r.GetName(), r.GetProtocol(), certainty(r.GetCertainty()), coverage(r), state},
			Notes: r.GetNotes(),
		})
	}
	return t.Render(v.Width, v.Paint)
}

func regionState(r *lhcrv1.Region) string {
	if r.GetConfigured() {
		return "on"
	}
	return joined(": ", "off", r.GetDisabledReason())
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
