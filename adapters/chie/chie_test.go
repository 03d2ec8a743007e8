package chie_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/chie"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	callum = adaptertest.Patient{NHSNumber: "9990004110", DateOfBirth: "1982-09-14"}
	dilys  = adaptertest.Patient{NHSNumber: "9990001766", DateOfBirth: "1944-11-11"}
	gwen   = adaptertest.Patient{NHSNumber: "9990002061", DateOfBirth: "1930-02-14"} // has an archived record without a number
	niall  = adaptertest.Patient{NHSNumber: "9990002819", DateOfBirth: "1983-03-17"} // has an allergy in a flag only
	edwin  = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	thea   = adaptertest.Patient{NHSNumber: "9990004013", DateOfBirth: "1955-06-21"} // is held elsewhere
)

const allergies = lhcrv1.Section_SECTION_ALLERGIES

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, chie.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, chie.Entry(), sys.Access())
}

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   callum, Another: dilys, NotHeld: thea,
		Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{
			allergies, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_DOCUMENTS,
		},
		Broken:   allergies,
		Fault:    lend.Fault(sys, callum.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Canaries: []string{"Itchenor", "ITCHENOR", "127.0.0.1"},
	})
}

func TestAccountOfThisDeploymentGetsTheToken(t *testing.T) {
	access := system(t).Access()
	for what, c := range map[string]struct {
		change func(*adapters.Environment)
		status lhcrv1.OutcomeStatus
	}{
		"right":          {func(*adapters.Environment) {}, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED},
		"wrong password": {func(e *adapters.Environment) { e.Settings.Secrets["password"] = "guess" }, lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED},
		"wrong key":      {func(e *adapters.Environment) { e.Settings.Secrets["subscription-key"] = "guess" }, lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED},
	} {
		env := lend.Environment(t, access)
		c.change(&env)
		a, err := chie.Entry().New(env)
		if err != nil {
			t.Fatal(err)
		}
		if o := lend.Fetch(t, a, lend.Request(callum, allergies)).GetOutcomes()[0]; o.GetStatus() != c.status {
			t.Errorf("%s: %v %s", what, o.GetStatus(), o.GetMessage())
		}
	}
}

func TestMissingSettingsAreNamed(t *testing.T) {
	access := system(t).Access()
	for want, change := range map[string]func(*adapters.Settings){
		"username":         func(s *adapters.Settings) { delete(s.Codes, "username") },
		"password":         func(s *adapters.Settings) { delete(s.Secrets, "password") },
		"subscription-key": func(s *adapters.Settings) { delete(s.Secrets, "subscription-key") },
	} {
		env := lend.Environment(t, access)
		change(&env.Settings)
		if _, err := chie.Entry().New(env); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to name %s", err, want)
		}
	}
}

// What the region never shares is told with it, and makes no answer partial.
func TestStandingOmissionsAreNotes(t *testing.T) {
	sys := system(t)
	notes := strings.ToLower(strings.Join(adapter(t, sys).Describe().GetRegion().GetNotes(), "\n"))
	for _, topic := range []string{"sexual health", "terminations", "abuse", "complaints", "general practitioners' own comments"} {
		if !strings.Contains(notes, topic) {
			t.Errorf("no note tells of %s", topic)
		}
	}
	o := lend.Fetch(t, adapter(t, sys), lend.Request(callum, lhcrv1.Section_SECTION_PROBLEMS)).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(o.GetGaps())+len(o.GetWarnings()) > 0 {
		t.Errorf("%v with gaps %v and warnings %v", o.GetStatus(), o.GetGaps(), o.GetWarnings())
	}
}

func TestEveryPageOfAShortPagedAnswerComes(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(callum,
		lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
		lhcrv1.Section_SECTION_ASSESSMENTS, lhcrv1.Section_SECTION_SOCIAL_CONTEXT))
	n := len(res.GetRecord().GetInvestigationResults()) + len(res.GetRecord().GetExaminationFindings()) +
		len(res.GetRecord().GetAssessments()) + len(res.GetRecord().GetSocialContext())
	if n != 45 || sys.Counts()["page"] != 2 {
		t.Errorf("%d readings in %d further pages, want 45 in 2", n, sys.Counts()["page"])
	}
}

func TestLinkedRecordWithoutANumberIsReadToo(t *testing.T) {
	sys := system(t)
	res := lend.Fetch(t, adapter(t, sys), lend.Request(gwen, allergies))
	if n := len(res.GetRecord().GetAllergies()); n != 2 || len(res.GetPatients()) != 2 {
		t.Errorf("%d allergies of %d records, want 2 of 2: %v", n, len(res.GetPatients()), res.GetOutcomes()[0].GetGaps())
	}
}

func TestAllergyThatStandsInAFlagIsShownBesideTheAssertion(t *testing.T) {
	res := lend.Fetch(t, adapter(t, system(t)), lend.Request(niall, allergies, lhcrv1.Section_SECTION_ALERTS))
	o := res.GetOutcomes()[0]
	if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE {
		t.Error("no known drug allergy is taken for no allergy at all, beside a flag of a peanut allergy")
	}
	if !slices.ContainsFunc(res.GetRecord().GetAlerts(), func(a *lhcrv1.Alert) bool {
		return strings.Contains(a.GetCode().GetText()+a.GetCode().GetDisplay(), "peanut")
	}) {
		t.Errorf("alerts %v", res.GetRecord().GetAlerts())
	}
}
