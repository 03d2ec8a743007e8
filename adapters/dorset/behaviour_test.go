package dorset_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var (
	gwen   = adaptertest.Patient{NHSNumber: "9990002061", DateOfBirth: "1930-02-14"} // has an archived record without a number
	tomasz = adaptertest.Patient{NHSNumber: "9990003467", DateOfBirth: "1941-01-30"} // has twenty years of results
)

func TestOriginatingUserIsPassedOn(t *testing.T) {
	sys := system(t)
	lend.Fetch(t, adapter(t, sys), lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES))
	want := sandbox.Caller{
		OrganisationODS: "FA001", Person: "555000111222", Role: "R1290", Purpose: "directcare",
		RequestID: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
	}
	if diff := cmp.Diff(want, sys.LastCaller()); diff != "" {
		t.Errorf("the region heard (-want +got):\n%s", diff)
	}
}

func TestNobodyIsAskedForAnUnknownUser(t *testing.T) {
	for name, change := range map[string]func(*adapterv1.Caller){
		"organisation": func(c *adapterv1.Caller) { c.OrganisationOdsCode = "" },
		"person":       func(c *adapterv1.Caller) { c.PersonId = "two\r\nlines" },
		"role":         func(c *adapterv1.Caller) { c.RoleCode = "" },
		"purpose":      func(c *adapterv1.Caller) { c.Access = nil },
	} {
		t.Run(name, func(t *testing.T) {
			sys := system(t)
			req := lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES)
			change(req.Caller)
			o := lend.Fetch(t, adapter(t, sys), req).GetOutcomes()[0]
			if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED || !strings.Contains(o.GetMessage(), name) {
				t.Errorf("%v: %s", o.GetStatus(), o.GetMessage())
			}
			if n := len(sys.Counts()); n != 0 {
				t.Errorf("the region was called: %v", sys.Counts())
			}
		})
	}
}

func TestRequestWithoutAnIDGetsOne(t *testing.T) {
	sys := system(t)
	req := lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES)
	req.Caller.RequestId = ""
	lend.Fetch(t, adapter(t, sys), req)
	if id := sys.LastCaller().RequestID; len(id) != 36 {
		t.Errorf("request id %q", id)
	}
}

func TestSearchIsMadeOnceHoweverManySectionsNeedIt(t *testing.T) {
	sys := system(t)
	lend.Fetch(t, adapter(t, sys), lend.Request(margaret,
		lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_RISKS, lhcrv1.Section_SECTION_SAFEGUARDING))
	want := map[string]int{"token": 1, "search Patient": 1, "search AllergyIntolerance": 1, "search Composition": 1, "search Flag": 1, "search List": 1}
	if diff := cmp.Diff(want, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestTokenIsReusedAndARevokedOneReplacedOnce(t *testing.T) {
	sys := system(t)
	a := adapter(t, sys)
	req := lend.Request(margaret, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS)
	for range 3 {
		lend.Fetch(t, a, req)
	}
	if n := sys.Counts()["token"]; n != 1 {
		t.Errorf("%d tokens for three calls", n)
	}
	sys.RevokeTokens()
	if o := lend.Fetch(t, a, req).GetOutcomes()[0]; o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
		t.Errorf("after the revocation: %v %s", o.GetStatus(), o.GetMessage())
	}
	if n := sys.Counts()["token"]; n != 2 {
		t.Errorf("%d tokens after the revocation, want 2", n)
	}
}

func TestRegionThatRefusesEveryTokenIsAskedTwiceOnly(t *testing.T) {
	sys := system(t)
	a := adapter(t, sys)
	sys.Fault(sandbox.Fault{Kind: fault.Unauthorized})
	lend.Fetch(t, a, lend.Request(margaret, lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS))
	want := map[string]int{"token": 2, "search Patient": 2, "refused 401": 2}
	if diff := cmp.Diff(want, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestRecordsThatTheRegionLinksAreAskedForToo(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(gwen, lhcrv1.Section_SECTION_ALLERGIES))
	if n := len(res.GetPatients()); n != 2 {
		t.Errorf("%d patients, want both records", n)
	}
	if n := sys.Counts()["search AllergyIntolerance"]; n != 2 {
		t.Errorf("%d searches for allergies, want one for each record", n)
	}
}

func TestVeryLargeRecordComesWhole(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(tomasz, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS))
	o := res.GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(o.GetGaps()) > 0 {
		t.Fatalf("%v, %v", o.GetStatus(), o.GetGaps())
	}
	pages := sys.Counts()["page"]
	if n := len(res.GetRecord().GetInvestigationResults()); pages < 10 || n <= 100*pages {
		t.Errorf("%d results in %d further pages", n, pages)
	}
}

func TestSupersededNumberIsNamed(t *testing.T) {
	o := lend.Fetch(t, adapter(t, system(t)), lend.Request(gwenOld, lhcrv1.Section_SECTION_ALLERGIES)).GetOutcomes()[0]
	if o.GetIdentityMismatchReason() != lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED || o.GetSupersededBy() != gwen.NHSNumber {
		t.Errorf("%v, superseded by %q", o.GetIdentityMismatchReason(), o.GetSupersededBy())
	}
}

func TestUnsupportedSectionsCostNoCall(t *testing.T) {
	sys := system(t)
	o := lend.Fetch(t, adapter(t, sys), lend.Request(margaret, lhcrv1.Section_SECTION_FORMULATION)).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED || o.GetMessage() == "" || o.GetRetrievedAt() != nil {
		t.Errorf("outcome %v", o)
	}
	if len(sys.Counts()) != 0 {
		t.Errorf("the region was called: %v", sys.Counts())
	}
}

func TestRefusedCertificateIsSaid(t *testing.T) {
	access := system(t).Access()
	for name, pair := range map[string]struct{ cert, key string }{
		"foreign": {access.ForeignClient.CertPEM, access.ForeignClient.KeyPEM},
		"expired": {access.ExpiredClient.CertPEM, access.ExpiredClient.KeyPEM},
	} {
		t.Run(name, func(t *testing.T) {
			access.ClientCertPEM, access.ClientKeyPEM = pair.cert, pair.key
			a, err := dorset.Entry().New(lend.Environment(t, access))
			if err != nil {
				t.Fatal(err)
			}
			o := lend.Fetch(t, a, lend.Request(margaret, lhcrv1.Section_SECTION_ALLERGIES)).GetOutcomes()[0]
			if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
				t.Errorf("%v: %s", o.GetStatus(), o.GetMessage())
			}
		})
	}
}

func TestWindowIsReportedAsNotApplied(t *testing.T) {
	req := lend.Request(margaret, lhcrv1.Section_SECTION_MEDICATIONS)
	req.Window = &lhcrv1.TimeWindow{}
	applied := lend.Fetch(t, adapter(t, system(t)), req).GetOutcomes()[0].GetApplied()
	if !applied.GetWindowNotApplied() || !applied.GetIssuesIncluded() || len(applied.GetSourceTypes()) != 6 {
		t.Errorf("applied %v", applied)
	}
}

func TestCheckTellsRefusalFromOutage(t *testing.T) {
	sys := system(t)
	a, ok := adapter(t, sys).(adapters.Checker)
	if !ok {
		t.Fatal("it cannot check")
	}
	sys.Fault(sandbox.Fault{Kind: fault.TokenUnauthorized})
	res, err := a.Check(t.Context(), &adapterv1.CheckRequest{})
	if err != nil || res.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING {
		t.Errorf("refused: %v, %v", res, err)
	}
	sys.ClearFaults()
	sys.Fault(sandbox.Fault{Kind: fault.TokenGarbage})
	res, err = a.Check(t.Context(), &adapterv1.CheckRequest{})
	if err != nil || res.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_DOWN {
		t.Errorf("out of order: %v, %v", res, err)
	}
}

func TestLocateOfAFailingRegionIsAnError(t *testing.T) {
	for kind, want := range map[fault.Kind]codes.Code{
		fault.Forbidden: codes.PermissionDenied, fault.ServerError: codes.Unavailable, fault.Garbage: codes.DataLoss,
	} {
		sys := system(t)
		l, ok := adapter(t, sys).(adapters.Locator)
		if !ok {
			t.Fatal("it cannot locate")
		}
		sys.Fault(sandbox.Fault{Kind: kind})
		_, err := l.Locate(t.Context(), &adapterv1.LocateRequest{Caller: lend.Pharmacist(), Patient: lend.Request(margaret).GetPatient()})
		if status.Code(err) != want {
			t.Errorf("%s: %v, want %v", kind, err, want)
		}
	}
}

func TestLocateOfAPartialAnswerIsUnknown(t *testing.T) {
	sys := system(t)
	l, ok := adapter(t, sys).(adapters.Locator)
	if !ok {
		t.Fatal("it cannot locate")
	}
	sys.Fault(sandbox.Fault{Kind: fault.ErrorIn200})
	res, err := l.Locate(t.Context(), &adapterv1.LocateRequest{Caller: lend.Pharmacist(), Patient: lend.Request(margaret).GetPatient()})
	if err != nil || res.GetHolding() != adapterv1.Holding_HOLDING_UNKNOWN || res.GetMessage() == "" {
		t.Errorf("%v, %v", res, err)
	}
}

func TestMissingSettingsAreNamed(t *testing.T) {
	for want, change := range map[string]func(*adapters.Settings){
		"base URL":         func(s *adapters.Settings) { s.BaseURL = "" },
		"no https address": func(s *adapters.Settings) { s.BaseURL = "http://record.example/fhir" },
		"path only":        func(s *adapters.Settings) { s.BaseURL += "?a=b" },
		"token URL":        func(s *adapters.Settings) { s.TokenURL = "" },
		"client id":        func(s *adapters.Settings) { s.ClientID = "" },
		"client secret":    func(s *adapters.Settings) { s.ClientSecret = "" },
	} {
		env := lend.Environment(t, system(t).Access())
		change(&env.Settings)
		if _, err := dorset.Entry().New(env); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "dorset") {
			t.Errorf("error %v, want it to name the %s", err, want)
		}
	}
}
