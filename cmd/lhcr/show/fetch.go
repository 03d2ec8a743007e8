package show

import (
	"fmt"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// Account says what became of the source objects of a file.
type Account struct {
	// Resources is how many came: Items, Supporting and Reported together.
	Resources, Items, Supporting, Reported int
	// Reasons say why some were reported.
	Reasons []*lhcrv1.ReportedResources
}

// Fetched is what a pharmacist would get of one region's answer, and what of it was
// not understood.
func (v View) Fetched(regionID string, response *adapterv1.FetchResponse, account Account) string {
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{
		Record:   response.GetRecord(),
		Outcomes: response.GetOutcomes(),
		Links:    response.GetLinks(),
		Regions:  []*lhcrv1.RegionReport{{RegionId: regionID, Name: "as read from the file"}},
		// The SDK never takes this for better than what the outcomes allow.
		Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE,
	})
	return v.Record(record) + "\n" + v.account(account)
}

func (v View) account(a Account) string {
	var b strings.Builder
	b.WriteString(v.Paint.In(paint.Bold, "ACCOUNT") + "\n")
	fmt.Fprintf(&b, "%d resources: %d became items, %d support them, %d were not understood or not taken.\n",
		a.Resources, a.Items, a.Supporting, a.Reported)
	t := table.New("Not taken", "How many", "Why")
	for _, r := range a.Reasons {
		t.Add(table.Row{Cells: []string{r.GetSourceType(), fmt.Sprint(r.GetCount()), r.GetReason()}})
	}
	if !t.Empty() {
		b.WriteString(t.Render(v.Width, v.Paint))
	}
	return b.String()
}
