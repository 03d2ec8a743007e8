package lend

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Request asks for sections of a patient on behalf of [Pharmacist].
func Request(p adaptertest.Patient, sections ...lhcrv1.Section) *adapterv1.FetchRequest {
	return &adapterv1.FetchRequest{
		Caller: Pharmacist(), Sections: sections,
		Patient: &lhcrv1.PatientQuery{NhsNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth},
	}
}

// Fetch is a fetch that must not fail as a call.
func Fetch(t *testing.T, a adapters.Adapter, req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
	t.Helper()
	res, err := a.Fetch(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}
