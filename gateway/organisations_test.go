package gateway_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// pharmacies are rows of the public report: each in the area of a board.
func pharmacies(boards ...string) string {
	var rows strings.Builder
	for i, board := range boards {
		fmt.Fprintf(&rows, "FZZ0%d,A PHARMACY,Y58,%s%s\n", i+1, board, strings.Repeat(",", 23))
	}
	return rows.String()
}

// regionsOf are the regions of an organisation, as the directory says.
func (h *house) regionsOf(t *testing.T, code string) []string {
	t.Helper()
	res, err := lhcrv1.NewRegionServiceClient(h.conn(t)).ResolveRegions(h.as(t), &lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_OdsCode{OdsCode: code}})
	if err != nil {
		t.Fatal(err)
	}
	return res.GetRegionIds()
}

func TestThePublicDataOnOrganisationsIsReadAndTakenOver(t *testing.T) {
	serves := func(d *adapterv1.DescribeResponse) { d.Region.IntegratedCareBoards = []string{"QVV"} }
	h := prepare(t, &region{id: "dorset", fetch: answers(nil), about: serves})
	path := write(t, t.TempDir(), "edispensary.csv", pharmacies("QVV", "QWO"))
	h.config.Directory.ODSFiles = []string{path}
	if err := gateway.Check(h.opts); err != nil {
		t.Fatal(err)
	}
	h.open(t)
	if got := h.regionsOf(t, "FZZ01"); !slices.Equal(got, []string{"dorset"}) {
		t.Errorf("the one in its area belongs to %v", got)
	}
	if got := h.regionsOf(t, "FZZ02"); len(got) != 0 {
		t.Errorf("the one elsewhere belongs to %v", got)
	}
	const read = "organisations were read"
	h.mustReload(t)
	if got := strings.Count(h.log.String(), read); got != 1 {
		t.Errorf("it was read %d times, and has not changed", got)
	}
	if err := os.WriteFile(path, []byte(pharmacies("QWO", "QVV")), 0o600); err != nil {
		t.Fatal(err)
	}
	h.mustReload(t)
	if got := h.regionsOf(t, "FZZ02"); !slices.Equal(got, []string{"dorset"}) {
		t.Errorf("after it changed the other belongs to %v", got)
	}
	if err := os.WriteFile(path, []byte("\x00\x01"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "directory.ods_files") {
		t.Errorf("a file that is none: %v", err)
	}
	if err := gateway.Check(h.opts); err == nil || !strings.Contains(err.Error(), "directory.ods_files") {
		t.Errorf("checked, a file that is none: %v", err)
	}
	if got := h.regionsOf(t, "FZZ02"); !slices.Equal(got, []string{"dorset"}) {
		t.Errorf("after a refused reload it belongs to %v", got)
	}
}
