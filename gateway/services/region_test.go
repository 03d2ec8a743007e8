package services_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/services"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

// leftAlone are guards that leave every region alone.
type leftAlone struct{}

func (leftAlone) Report(health *lhcrv1.RegionHealth) {
	health.Breaker, health.RetryAfter = lhcrv1.BreakerState_BREAKER_STATE_OPEN, durationpb.New(8*time.Second)
	health.CallsInFlight, health.CallsWaiting = 3, 2
}

func TestRegionHealthTellsHowTheGuardsStand(t *testing.T) {
	known, err := directory.New(directory.Options{Entries: []directory.Entry{
		{About: &adapterv1.DescribeResponse{Region: &lhcrv1.Region{RegionId: "dorset"}}},
		{About: &adapterv1.DescribeResponse{Region: &lhcrv1.Region{RegionId: "wessex", ExpandsTo: []string{"dorset"}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	health := directory.NewHealth(time.Now)
	health.Guarded(leftAlone{})
	service := services.NewRegion(known, health)
	want := &lhcrv1.RegionHealth{
		RegionId: "dorset", Status: lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, Breaker: lhcrv1.BreakerState_BREAKER_STATE_OPEN,
		RetryAfter: durationpb.New(8 * time.Second), CallsInFlight: 3, CallsWaiting: 2,
	}
	one, err := service.GetRegion(t.Context(), &lhcrv1.GetRegionRequest{RegionId: "dorset"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, one.GetHealth(), protocmp.Transform()); diff != "" {
		t.Errorf("of one region (-want +got):\n%s", diff)
	}
	all, err := service.ListRegionHealth(t.Context(), &lhcrv1.ListRegionHealthRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*lhcrv1.RegionHealth{want}, all.GetHealth(), protocmp.Transform()); diff != "" {
		t.Errorf("of all regions (-want +got):\n%s", diff)
	}
	several, err := service.GetRegion(t.Context(), &lhcrv1.GetRegionRequest{RegionId: "wessex"})
	if err != nil || several.GetHealth() != nil {
		t.Errorf("a name for several has the health %v (%v)", several.GetHealth(), err)
	}
}
