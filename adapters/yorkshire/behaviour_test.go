package yorkshire_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/yorkshire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var dennis = adaptertest.Patient{NHSNumber: "9990001413", DateOfBirth: "1962-12-02"} // his practice never answers

func TestEverythingIsAskedInOneGo(t *testing.T) {
	sys := system(t)
	lend.Fetch(t, adapter(t, sys), lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS))
	want := map[string]int{"token": 1, "search Patient": 1, "search AllergyIntolerance": 1, "search Flag": 1, "search MedicationRequest": 1}
	if diff := cmp.Diff(want, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestProviderThatFailedWithinASuccessIsAGap(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(dennis, lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS))
	for _, o := range res.GetOutcomes() {
		found := false
		for _, g := range o.GetGaps() {
			found = found || g.GetKind() == lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED && g.GetProviderOdsCode() == "B99901" && g.GetSourceRequestId() != ""
		}
		if !found {
			t.Errorf("%v does not say that the practice failed: %v", o.GetSection(), o.GetGaps())
		}
	}
	if o := res.GetOutcomes()[0]; o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID {
		t.Errorf("allergies with a provider missing are %v", o.GetStatus())
	}
}

func TestMedicinesCarryTheirNames(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(margaret, lhcrv1.Section_SECTION_MEDICATIONS))
	if len(res.GetRecord().GetMedications()) == 0 {
		t.Fatal("no medicine came")
	}
	for _, m := range res.GetRecord().GetMedications() {
		if m.GetProduct().GetCode().GetDisplay() == "" {
			t.Errorf("a medicine without a name: its Medication was not included")
		}
	}
}

func TestVaccinationsAreNotSupported(t *testing.T) {
	sys := system(t)
	o := lend.Fetch(t, adapter(t, sys), lend.Request(margaret, lhcrv1.Section_SECTION_VACCINATIONS)).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED || o.GetMessage() == "" || len(sys.Counts()) != 0 {
		t.Errorf("%v %q after %v", o.GetStatus(), o.GetMessage(), sys.Counts())
	}
}

func TestRoleWithoutACodeIsRefusedAndSaid(t *testing.T) {
	sys := system(t)
	req := lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES)
	req.Caller.RoleCode = "R0011"
	o := lend.Fetch(t, adapter(t, sys), req).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED || !strings.Contains(o.GetMessage(), `"role.R0011"`) {
		t.Errorf("%v: %s", o.GetStatus(), o.GetMessage())
	}
	if len(sys.Counts()) != 0 {
		t.Errorf("the region was called: %v", sys.Counts())
	}
}

func TestOriginatingUserIsInTheToken(t *testing.T) {
	sys := system(t)
	a := adapter(t, sys)
	for _, person := range []string{"555000111222", "555000111333", "555000111222"} {
		req := lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES)
		req.Caller.PersonId = person
		lend.Fetch(t, a, req)
		got := sys.LastCaller()
		if got.Person != person || got.OrganisationODS != "FA001" || got.Role != sys.Access().RoleCode || got.Purpose != sys.Access().ReasonCode {
			t.Errorf("the region heard %+v of person %s", got, person)
		}
	}
	if n := sys.Counts()["token"]; n != 2 {
		t.Errorf("%d tokens for two people, want one each", n)
	}
}

func TestServerErrorIsTriedOnceMoreWithANewToken(t *testing.T) {
	sys := system(t)
	sys.Fault(sandbox.Fault{Kind: fault.ServerError, ResourceType: "Flag", Times: 1})
	o := lend.Fetch(t, adapter(t, sys), lend.Request(margaret, lhcrv1.Section_SECTION_ALERTS)).GetOutcomes()[0]
	if len(o.GetGaps()) != 0 || sys.Counts()["search Flag"] != 2 || sys.Counts()["token"] != 2 {
		t.Errorf("%v, gaps %v after %v", o.GetStatus(), o.GetGaps(), sys.Counts())
	}
}

func TestOverrideNeedsItsOwnReasonCode(t *testing.T) {
	req := lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES)
	req.Caller.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
	o := lend.Fetch(t, adapter(t, system(t)), req).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED || !strings.Contains(o.GetMessage(), `"reason.emergency-override"`) {
		t.Errorf("%v: %s", o.GetStatus(), o.GetMessage())
	}
}

func TestSigningKeyIsRequired(t *testing.T) {
	env := lend.Environment(t, system(t).Access())
	env.Settings.SigningKey = nil
	if _, err := yorkshire.Entry().New(env); err == nil || !strings.Contains(err.Error(), "signing key") {
		t.Errorf("error %v", err)
	}
}
