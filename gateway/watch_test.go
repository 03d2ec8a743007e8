package gateway

import (
	"slices"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// alive notes which regions answered.
type alive []string

func (a *alive) Answered(id string) { *a = append(*a, id) }

// A call that was answered, be it in part, spares the region a try; no other does.
func TestAnAnsweredCallIsASignOfLife(t *testing.T) {
	failed := map[lhcrv1.OutcomeStatus]int{lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE: 1}
	var signs alive
	w := &watch{metrics: telemetry.NewMetrics("1"), probes: newProbes(directory.NewHealth(time.Now), nil, false), vitals: &signs}
	for id, o := range map[string]lookup.Observation{
		"answered": {}, "in-part": {Outcomes: failed}, "lists-none": {Code: codes.NotFound},
		"down": {Code: codes.Unavailable}, "refusing": {Code: codes.PermissionDenied}, "given-up": {Code: codes.Canceled},
		"guarded": {Code: codes.Unavailable, Refused: "breaker_open"},
	} {
		o.RegionID, o.Method = id, lookup.MethodFetch
		w.observe(o)
	}
	slices.Sort(signs)
	if want := []string{"answered", "in-part", "lists-none"}; !slices.Equal(signs, want) {
		t.Errorf("signs of life of %v, want %v", signs, want)
	}
}
