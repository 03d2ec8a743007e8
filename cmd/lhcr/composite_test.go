package main

import (
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// Cheshire's data know nothing of this patient, its documents do: the region holds her,
// and what one system does not know is no verdict on her. Asked again, everything comes
// from the cache, also for sections that only the first system would have.
func TestARegionWhoseDocumentsAloneHoldThePatient(t *testing.T) {
	d := house(t, demo.Options{Regions: []string{"cheshire-merseyside"}})
	client := supplier(t, d)
	for name, sections := range map[string][]lhcrv1.Section{
		"everything":     nil,
		"what both give": {lhcrv1.Section_SECTION_ALLERGIES},
		"what one gives": {lhcrv1.Section_SECTION_FAMILY_HISTORY, lhcrv1.Section_SECTION_GP_PRACTICE},
	} {
		t.Run(name, func(t *testing.T) {
			query := everything(patient(t, "margaret"))
			query.Sections = sections
			first := mustLookup(t, client, query)
			for _, o := range first.Outcomes() {
				switch o.GetStatus() {
				case returned, asText, nothingRecorded, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
				default:
					t.Errorf("%v: %v (%s)", o.GetSection(), o.GetStatus(), o.GetMessage())
				}
			}
			mustComeFromTheCache(t, mustLookup(t, client, query))
		})
	}
}

func mustComeFromTheCache(t *testing.T, record *sdk.Record) {
	t.Helper()
	for _, o := range record.Outcomes() {
		if !o.GetFromCache() && o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED {
			t.Errorf("%v (%v) was asked for again", o.GetSection(), o.GetStatus())
		}
	}
}
