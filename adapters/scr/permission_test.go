package scr_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/scr"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	relationship = lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP
	permission   = lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW
	override     = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE

	asText   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	withheld = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
)

// on asks for allergies on a footing.
func on(p adaptertest.Patient, basis lhcrv1.AccessBasis) *adapterv1.FetchRequest {
	req := lend.Request(p, allergies)
	req.Caller.Access.Basis = basis
	if basis == override {
		req.Caller.Access.OverrideReason = "Found unconscious"
	}
	return req
}

func TestThePatientsPermissionDecides(t *testing.T) {
	sys := lend.System(t, scr.ID)
	for name, tt := range map[string]struct {
		who    adaptertest.Patient
		basis  lhcrv1.AccessBasis
		want   lhcrv1.OutcomeStatus
		alerts int
	}{
		"yes, in care":               {margaret, relationship, asText, 0},
		"ask, in care":               {carol, relationship, withheld, 0},
		"ask, with permission":       {carol, permission, asText, 0},
		"no, with permission":        {maeve, permission, withheld, 0},
		"no, in an emergency":        {maeve, override, asText, 1},
		"yes, in an emergency alike": {margaret, override, asText, 1},
	} {
		t.Run(name, func(t *testing.T) {
			alerts, read := sys.Counts()["alert"], sys.Counts()["read Bundle"]
			res := lend.Fetch(t, lend.Adapter(t, scr.Entry(), sys.Access()), on(tt.who, tt.basis))
			o := res.GetOutcomes()[0]
			if o.GetStatus() != tt.want {
				t.Errorf("%v (%s), want %v", o.GetStatus(), o.GetMessage(), tt.want)
			}
			if got := sys.Counts()["alert"] - alerts; got != tt.alerts {
				t.Errorf("%d alerts, want %d", got, tt.alerts)
			}
			if tt.want == withheld && sys.Counts()["read Bundle"] != read {
				t.Error("the record was read and then withheld: want it left alone")
			}
		})
	}
}

func TestWithoutItsAlertAnOverrideReadsNothing(t *testing.T) {
	sys := lend.System(t, scr.ID)
	for _, kind := range []fault.Kind{fault.Forbidden, fault.ServerError, fault.Reset} {
		t.Run(string(kind), func(t *testing.T) {
			sys.Fault(sandbox.Fault{Kind: kind, ResourceType: "AuditEvent"})
			defer sys.ClearFaults()
			res := lend.Fetch(t, lend.Adapter(t, scr.Entry(), sys.Access()), on(margaret, override))
			o := res.GetOutcomes()[0]
			if o.GetStatus() == asText || len(res.GetRecord().GetAllergies()) > 0 || sys.Counts()["read Bundle"] > 0 {
				t.Errorf("%v, and the record was read %d times", o.GetStatus(), sys.Counts()["read Bundle"])
			}
			if !strings.Contains(o.GetMessage(), "alert") {
				t.Errorf("%q does not say that it is for want of the alert", o.GetMessage())
			}
		})
	}
}

// A text that says nothing but that nothing is there is text, and no assertion.
func TestAnEmptySummaryAssertsNothing(t *testing.T) {
	sys := lend.System(t, scr.ID)
	res := lend.Fetch(t, lend.Adapter(t, scr.Entry(), sys.Access()), on(carol, permission))
	o := res.GetOutcomes()[0]
	if o.GetStatus() != asText || len(o.GetNarratives()) == 0 || !strings.Contains(o.GetNarratives()[0].GetText(), "No relevant information") {
		t.Errorf("%v with %d narratives, want the text as it came", o.GetStatus(), len(o.GetNarratives()))
	}
}

func TestPermissionIsContributed(t *testing.T) {
	sys := lend.System(t, scr.ID)
	a := lend.Adapter(t, scr.Entry(), sys.Access()).(adapters.Contributor)
	req := contribution(carol, "Yes")
	for range 2 {
		res, err := a.Contribute(t.Context(), req)
		if err != nil || res.GetReceipt() != "permission Yes" {
			t.Fatalf("%v, %v", res, err)
		}
	}
	res := lend.Fetch(t, lend.Adapter(t, scr.Entry(), sys.Access()), on(carol, relationship))
	if got := res.GetOutcomes()[0].GetStatus(); got != asText {
		t.Errorf("after permission was given: %v", got)
	}
}

func contribution(p adaptertest.Patient, code string) *adapterv1.ContributeRequest {
	ask := lend.Request(p)
	return &adapterv1.ContributeRequest{Caller: ask.GetCaller(), Patient: ask.GetPatient(), Record: &lhcrv1.Record{
		LegalInformation: []*lhcrv1.Statement{{Code: &lhcrv1.Concept{Codings: []*lhcrv1.Coding{
			{System: "https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission", Code: code},
		}}}},
	}}
}

func TestNothingElseIsWritten(t *testing.T) {
	sys := lend.System(t, scr.ID)
	a := lend.Adapter(t, scr.Entry(), sys.Access()).(adapters.Contributor)
	more := contribution(carol, "Yes")
	more.Record.Allergies = []*lhcrv1.Allergy{{ClinicalStatus: "active"}}
	twice := contribution(carol, "Yes")
	twice.Record.LegalInformation = append(twice.Record.LegalInformation, twice.Record.LegalInformation[0])
	for name, req := range map[string]*adapterv1.ContributeRequest{
		"nothing":            {Caller: more.Caller, Patient: more.Patient},
		"an allergy as well": more, "two statements": twice, "an unknown code": contribution(carol, "Perhaps"),
	} {
		if _, err := a.Contribute(t.Context(), req); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v, want INVALID_ARGUMENT", name, err)
		}
	}
	for name, n := range sys.Counts() {
		if strings.HasPrefix(name, "permission") {
			t.Errorf("%s was written %d times", name, n)
		}
	}
}

func TestItIsOffAndSaysWhy(t *testing.T) {
	region := scr.Entry().Describe().GetRegion()
	if !strings.Contains(region.GetDisabledReason(), "general practice") {
		t.Errorf("disabled reason %q", region.GetDisabledReason())
	}
}
