package composite_test

import (
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// That one system does not know a patient is no verdict on the region, unless all say so.
func TestNotHeldIsTheWordOfTheWholeRegion(t *testing.T) {
	for name, tt := range map[string]struct {
		main, further lhcrv1.OutcomeStatus
		want          lhcrv1.OutcomeStatus // of a section that the further system alone gives
	}{
		"both do not know":        {notHeld, notHeld, notHeld},
		"the other knows":         {returned, notHeld, nothing},
		"the other has nothing":   {nothing, notHeld, nothing},
		"the other fails":         {unavailable, notHeld, nothing},
		"the other withholds":     {withheld, notHeld, nothing},
		"the further fails alone": {notHeld, unavailable, unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			main, further := saying(tt.main, nil), saying(tt.further, nil)
			main.sections, further.sections = []lhcrv1.Section{medications}, []lhcrv1.Section{documents}
			res, err := made(t, main, further, connected()).Fetch(t.Context(), request(ann, nil, medications, documents))
			if err != nil {
				t.Fatal(err)
			}
			if got := res.GetOutcomes()[1].GetStatus(); got != tt.want {
				t.Errorf("documents are %v, want %v", got, tt.want)
			}
		})
	}
}
