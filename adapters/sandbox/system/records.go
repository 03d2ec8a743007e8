package system

import (
	"fmt"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

// Store indexes what the patients have in one region, and what they share there.
func Store(region string, all []patients.Patient) (*fhirserver.Store, error) {
	shared, err := patients.Shared(region)
	if err != nil {
		return nil, err
	}
	common, err := fhirserver.ReadRecord("", shared)
	if err != nil {
		return nil, err
	}
	records := []*fhirserver.Record{common}
	for _, p := range all {
		if p.Bundle(region) == nil {
			continue
		}
		record, err := fhirserver.ReadRecord(p.NHSNumber, p.Bundle(region))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Slug, err)
		}
		record.Alongside = p.Alongside[region]
		records = append(records, record)
	}
	return fhirserver.NewStore(records)
}
