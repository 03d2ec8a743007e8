package wessex_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/wessex"
)

func TestWessexStandsForTwoRecordsThatAreNotJoinedUp(t *testing.T) {
	entry := wessex.Entry()
	if entry.New != nil || entry.ID != wessex.ID {
		t.Errorf("%q is a system of its own: %t", entry.ID, entry.New != nil)
	}
	about := entry.Describe()
	region := about.GetRegion()
	if diff := cmp.Diff([]string{"chie", "dorset"}, region.GetExpandsTo()); diff != "" {
		t.Errorf("it stands for (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Dorset LPC", "Community Pharmacy South Central"}, region.GetPharmaceuticalCommittees()); diff != "" {
		t.Errorf("its committees (-want +got):\n%s", diff)
	}
	if len(region.GetSections())+len(about.GetEndpoints()) > 0 {
		t.Error("it gives sections or needs addresses of its own")
	}
}
