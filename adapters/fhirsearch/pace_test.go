package fhirsearch_test

import (
	"context"
	"testing"
	"time"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// With one request a second, the first search takes the turn, and no other's comes within
// the caller's time: it fails at once instead of waiting for it.
func TestRequestsThatTheRegionDoesNotAllowInTime(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	r, err := configured(t, s, client, asIs, "max_pages: 5", "max_pages: 5\n  per_second: 1")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	query := &lhcrv1.PatientQuery{NhsNumber: number}
	located, err := r.Locate(ctx, &adapterv1.LocateRequest{Patient: query})
	if err != nil || located.GetHolding() != adapterv1.Holding_HOLDING_HELD {
		t.Fatalf("%v, %v", located, err)
	}
	res, err := r.Fetch(ctx, &adapterv1.FetchRequest{Patient: query, Sections: []lhcrv1.Section{allergies}, Handle: located.GetHandle()})
	if err != nil {
		t.Fatal(err)
	}
	o := res.GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE || len(o.GetGaps()) == 0 || !o.GetGaps()[0].GetRetryable() {
		t.Errorf("outcome %v", o)
	}
	if n := s.calls("POST"); n != 1 {
		t.Errorf("%d requests, want the first only", n)
	}
}

func TestWithinTheLimitNothingIsRefused(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy("a"))}})
	r, err := configured(t, s, client, asIs, "max_pages: 5", "max_pages: 5\n  per_second: 1000")
	if err != nil {
		t.Fatal(err)
	}
	if o := fetch(t, r, allergies).GetOutcomes()[0]; o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
		t.Errorf("outcome %v", o)
	}
}
