package edge_test

import (
	"fmt"
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/status"
)

// A consent is recorded under a reference of its own: the number of the patient is none,
// and the refusal does not repeat it.
func TestAConsentsReferenceIsNoNHSNumber(t *testing.T) {
	for reference, broken := range map[string]bool{
		"9990001006": true, "999 000 1006": true, "999-000-1006": true, " 9990001006 ": true, "99 900 01006": true, "999\u2013000\u20111006": true,
		"9990001007": false, "C-9990001006": false, "99900010061": false, "f2a7": false, "": false,
	} {
		query := goodQuery()
		query.Access.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "great-north", Reference: reference, From: "2026-11-01"}}
		s := newSetting(t)
		_, err := s.records().GetRecord(s.as(t, t.Context()), query)
		if broken {
			s.wantViolations(t, err, "", []string{"access.consents[0].reference consent.reference"})
		}
		everything := fmt.Sprint(err, status.Convert(err).Proto(), s.log.String())
		if !broken && strings.Contains(everything, "consent.reference") {
			t.Errorf("%q: %v", reference, err)
		}
		if broken && strings.Contains(everything, reference) {
			t.Errorf("it is repeated: %s", everything)
		}
	}
}
