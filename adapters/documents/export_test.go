package documents

import (
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Admit opens the check of whom a document is about to its tests.
func Admit(body []byte, who *lhcrv1.PatientQuery, now time.Time) *lhcrv1.Gap {
	_, gap := admit(fhir.Payload{Body: body}, who, now)
	return gap
}
