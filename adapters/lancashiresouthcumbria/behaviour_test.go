package lancashiresouthcumbria_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	allergies = lhcrv1.Section_SECTION_ALLERGIES
	letters   = lhcrv1.Section_SECTION_DOCUMENTS
)

func TestWhatIsReadOfEachPatient(t *testing.T) {
	const (
		other      = lhcrv1.GapKind_GAP_KIND_OTHER_PERSON
		missing    = lhcrv1.GapKind_GAP_KIND_ITEM_MISSING
		unreadable = lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE
		malformed  = lhcrv1.GapKind_GAP_KIND_MALFORMED
	)
	sys := lend.System(t, lancashiresouthcumbria.ID)
	a := adapter(t, sys)
	for name, c := range map[string]struct {
		patient adaptertest.Patient
		status  lhcrv1.OutcomeStatus
		gaps    []lhcrv1.GapKind
	}{
		"a whole list":                        {margaret, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, nil},
		"documents about others":              {farida, lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, []lhcrv1.GapKind{other, other}},
		"a document that was lost":            {brian, lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, []lhcrv1.GapKind{missing}},
		"one damaged and one that breaks off": {una, lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, []lhcrv1.GapKind{malformed, unreadable}},
		"one that was replaced":               {leonard, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, nil},
		"nobody":                              {carol, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, nil},
	} {
		t.Run(name, func(t *testing.T) {
			o := lend.Fetch(t, a, lend.Request(c.patient, allergies)).GetOutcomes()[0]
			var gaps []lhcrv1.GapKind
			for _, g := range o.GetGaps() {
				gaps = append(gaps, g.GetKind())
			}
			if o.GetStatus() != c.status {
				t.Errorf("%v (%s), want %v", o.GetStatus(), o.GetMessage(), c.status)
			}
			if diff := cmp.Diff(c.gaps, gaps); diff != "" {
				t.Errorf("gaps (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOriginatingUserIsPassedOn(t *testing.T) {
	sys := lend.System(t, lancashiresouthcumbria.ID)
	lend.Fetch(t, adapter(t, sys), lend.Request(margaret, letters))
	got := sys.LastCaller()
	want := sandbox.Caller{OrganisationODS: "FA001", Person: "555000111222", Role: "R1290", Purpose: "TREATMENT", RequestID: got.RequestID}
	if diff := cmp.Diff(want, got); diff != "" || len(got.RequestID) < 36 {
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
			sys := lend.System(t, lancashiresouthcumbria.ID)
			req := lend.Request(margaret, letters)
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

func TestFewCallsAreMade(t *testing.T) {
	sys := lend.System(t, lancashiresouthcumbria.ID)
	lend.Fetch(t, adapter(t, sys), lend.Request(una, allergies, letters, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PROBLEMS))
	want := map[string]int{"PRPA_IN201309UV02": 1, "AdhocQueryRequest": 1, "RetrieveDocumentSetRequest": 1}
	if diff := cmp.Diff(want, sys.Counts()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}
