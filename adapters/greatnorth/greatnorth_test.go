package greatnorth_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/greatnorth"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	nora    = adaptertest.Patient{NHSNumber: "9990004617", DateOfBirth: "1938-10-04"}
	leonard = adaptertest.Patient{NHSNumber: "9990002657", DateOfBirth: "1946-06-06"}
	rowan   = adaptertest.Patient{NHSNumber: "9990003203", DateOfBirth: "1986-08-18"} // has opted out
	edwin   = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	lola    = adaptertest.Patient{NHSNumber: "9990004412", DateOfBirth: "1977-02-11"} // is held elsewhere
)

const (
	allergies = lhcrv1.Section_SECTION_ALLERGIES
	withheld  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
)

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, greatnorth.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, greatnorth.Entry(), sys.Access())
}

// agreed is a consent that is in force.
func agreed() *lhcrv1.PeriodOfCareConsent {
	return &lhcrv1.PeriodOfCareConsent{RegionId: greatnorth.ID, Reference: "consent-17", From: "2020-01-01", Until: "2099-12-31"}
}

// asked is a caller who brings these consents.
func asked(consents ...*lhcrv1.PeriodOfCareConsent) *adapterv1.Caller {
	caller := lend.Pharmacist()
	caller.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_CONSENT_FOR_PERIOD_OF_CARE
	caller.Access.Consents = consents
	return caller
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: asked(agreed()),
		Held:   nora, Another: leonard, NotHeld: lola,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, nora.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Canaries: []string{"Tynewell", "TYNEWELL", "127.0.0.1", "consent-17"},
	})
}

func TestConsentOfThePeriodOfCare(t *testing.T) {
	change := func(f func(*lhcrv1.PeriodOfCareConsent)) *lhcrv1.PeriodOfCareConsent {
		c := agreed()
		f(c)
		return c
	}
	ended := change(func(c *lhcrv1.PeriodOfCareConsent) { c.Until = "2021-01-01" })
	for name, c := range map[string]struct {
		consents []*lhcrv1.PeriodOfCareConsent
		given    bool
	}{
		"in force":               {[]*lhcrv1.PeriodOfCareConsent{agreed()}, true},
		"open":                   {[]*lhcrv1.PeriodOfCareConsent{change(func(c *lhcrv1.PeriodOfCareConsent) { c.Until = "" })}, true},
		"beside an ended one":    {[]*lhcrv1.PeriodOfCareConsent{ended, agreed()}, true},
		"none":                   {nil, false},
		"ended":                  {[]*lhcrv1.PeriodOfCareConsent{ended}, false},
		"not begun":              {[]*lhcrv1.PeriodOfCareConsent{change(func(c *lhcrv1.PeriodOfCareConsent) { c.From = "2099-01-01" })}, false},
		"of another region":      {[]*lhcrv1.PeriodOfCareConsent{change(func(c *lhcrv1.PeriodOfCareConsent) { c.RegionId = "dorset" })}, false},
		"without a reference":    {[]*lhcrv1.PeriodOfCareConsent{change(func(c *lhcrv1.PeriodOfCareConsent) { c.Reference = "" })}, false},
		"reference of two lines": {[]*lhcrv1.PeriodOfCareConsent{change(func(c *lhcrv1.PeriodOfCareConsent) { c.Reference = "a\r\nX: b" })}, false},
	} {
		t.Run(name, func(t *testing.T) {
			sys := system(t)
			req := lend.Request(nora, allergies, lhcrv1.Section_SECTION_MEDICATIONS)
			req.Caller = asked(c.consents...)
			res := lend.Fetch(t, adapter(t, sys), req)
			for _, o := range res.GetOutcomes() {
				if (o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED) != c.given || (o.GetStatus() == withheld) == c.given {
					t.Errorf("%v: %v %s", o.GetSection(), o.GetStatus(), o.GetMessage())
				}
			}
			if calls := sys.Counts(); !c.given && len(calls) > 0 {
				t.Errorf("the region was called without consent: %v", calls)
			}
		})
	}
}

func TestNobodyIsLocatedWithoutConsent(t *testing.T) {
	sys := system(t)
	l, ok := adapter(t, sys).(adapters.Locator)
	if !ok {
		t.Fatal("it cannot locate")
	}
	res, err := l.Locate(t.Context(), &adapterv1.LocateRequest{Caller: asked(), Patient: lend.Request(nora).GetPatient()})
	if err != nil || res.GetHolding() != adapterv1.Holding_HOLDING_UNKNOWN || !strings.Contains(res.GetMessage(), "consent") {
		t.Errorf("%v, %v", res, err)
	}
	if len(sys.Counts()) > 0 {
		t.Errorf("the region was called: %v", sys.Counts())
	}
}

// What the region suppresses it withholds: a consent that was taken back, and whoever opted out.
func TestWhatTheRegionSuppressesIsWithheld(t *testing.T) {
	sys := system(t)
	takenBack := agreed()
	takenBack.Reference = "withdrawn-17"
	for name, c := range map[string]struct {
		patient adaptertest.Patient
		consent *lhcrv1.PeriodOfCareConsent
	}{"withdrawn": {nora, takenBack}, "opted out": {rowan, agreed()}} {
		req := lend.Request(c.patient, allergies, lhcrv1.Section_SECTION_MEDICATIONS)
		req.Caller = asked(c.consent)
		res := lend.Fetch(t, adapter(t, sys), req)
		for _, o := range res.GetOutcomes() {
			if o.GetStatus() != withheld || strings.Contains(o.GetMessage(), c.patient.NHSNumber) {
				t.Errorf("%s: %v is %v: %s", name, o.GetSection(), o.GetStatus(), o.GetMessage())
			}
		}
		if len(res.GetRecord().GetAllergies()) > 0 {
			t.Errorf("%s: allergies came", name)
		}
	}
}

func TestRegionSaysThatItAsksForConsent(t *testing.T) {
	about := adapter(t, system(t)).Describe().GetRegion()
	if !about.GetConsentPerPeriodOfCare() {
		t.Error("consent_per_period_of_care is not set: its answers could be kept")
	}
}
