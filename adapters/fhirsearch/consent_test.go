package fhirsearch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const withheld = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD

// asksConsent makes the region ask for a consent.
var asksConsent = []string{"limits:\n", "consent: {header: X-Consent, period: X-Period}\nlimits:\n"}

func consent(region, reference, from, until string) *lhcrv1.PeriodOfCareConsent {
	return &lhcrv1.PeriodOfCareConsent{RegionId: region, Reference: reference, From: from, Until: until}
}

func consenting(t *testing.T, now time.Time) (*fhirsearch.Region, *[]*http.Request) {
	t.Helper()
	s, client := newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "Patient") {
			_, _ = io.WriteString(w, held()[0])
			return
		}
		_, _ = io.WriteString(w, bundle(1, "", allergy("a")))
	})
	r, err := configured(t, s, client, func(e *adapters.Environment) { e.Now = func() time.Time { return now } }, asksConsent...)
	if err != nil {
		t.Fatal(err)
	}
	return r, seen
}

func TestConsentForThePeriodOfCare(t *testing.T) {
	summer := time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC) // half past midnight of the second, in London
	for name, c := range map[string]struct {
		now      time.Time
		consents []*lhcrv1.PeriodOfCareConsent
		sends    string // reference and period; empty: nothing is asked
		says     string
	}{
		"none":                         {noon, nil, "", "names none"},
		"another region's":             {noon, []*lhcrv1.PeriodOfCareConsent{consent("othershire", "c1", "2026-02-01", "")}, "", "names none"},
		"open":                         {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-02-01", "")}, "c1 2026-02-01/", ""},
		"on its first and last day":    {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-03-01", "2026-03-01")}, "c1 2026-03-01/2026-03-01", ""},
		"from tomorrow":                {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-03-02", "")}, "", "not begun"},
		"until yesterday":              {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-02-01", "2026-02-28")}, "", "has ended"},
		"in London's summer":           {summer, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-07-02", "")}, "c1 2026-07-02/", ""},
		"over in London's summer":      {summer, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-06-01", "2026-07-01")}, "", "has ended"},
		"of no day":                    {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2026-02-31", "")}, "", "cannot be read"},
		"without a reference":          {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "", "2026-02-01", "")}, "", "names none"},
		"of words that no header has":  {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c\r\n1", "2026-02-01", "")}, "", "cannot be passed on"},
		"an ended one and an open one": {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c1", "2025-01-01", "2025-02-01"), consent("smallshire", "c2", "2026-02-01", "")}, "c2 2026-02-01/", ""},
		"two, of which one is newer":   {noon, []*lhcrv1.PeriodOfCareConsent{consent("smallshire", "c2", "2026-02-01", ""), consent("smallshire", "c1", "2026-01-01", "")}, "c2 2026-02-01/", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, seen := consenting(t, c.now)
			sections := []lhcrv1.Section{allergies, medications, lhcrv1.Section_SECTION_GOALS}
			outcomes := ask(t, r, sections, c.consents...).GetOutcomes()
			for _, req := range *seen {
				if got := req.Header.Get("X-Consent") + " " + req.Header.Get("X-Period"); got != c.sends {
					t.Errorf("%s sends %q, want %q", req.URL.Path, got, c.sends)
				}
			}
			if c.sends != "" {
				if len(*seen) == 0 || outcomes[0].GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
					t.Errorf("%d requests, %v", len(*seen), outcomes[0])
				}
				return
			}
			if len(*seen) != 0 {
				t.Errorf("%d requests without a consent", len(*seen))
			}
			for _, o := range outcomes[:2] {
				if o.GetStatus() != withheld || !strings.Contains(o.GetMessage(), c.says) || o.GetRetrievedAt() != nil || o.GetApplied() != nil {
					t.Errorf("outcome %v, want WITHHELD because of %q", o, c.says)
				}
			}
			if s := outcomes[2].GetStatus(); s != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED {
				t.Errorf("a section that is never given is %v", s)
			}
		})
	}
}

// The gateway takes an error of Locate for the region's refusal of us; of UNKNOWN it asks
// Fetch, which says that it is withheld.
func TestLocateWithoutConsentLeavesItToFetch(t *testing.T) {
	r, seen := consenting(t, noon)
	query := &lhcrv1.PatientQuery{NhsNumber: number}
	located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: query})
	if err != nil || located.GetHolding() != adapterv1.Holding_HOLDING_UNKNOWN || located.GetMessage() == "" {
		t.Errorf("located %v, %v", located, err)
	}
	if _, err := r.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{Patient: query, ItemId: "x"}); status.Code(err) != codes.PermissionDenied {
		t.Errorf("the document: %v", err)
	}
	if len(*seen) != 0 {
		t.Errorf("%d requests without a consent", len(*seen))
	}
}

// A consent can be withdrawn at the region: its refusal for that reason is no refusal of us.
func TestRefusalThatSpeaksOfConsent(t *testing.T) {
	outcome := func(issue string) string {
		return `{"resourceType":"OperationOutcome","issue":[{"severity":"error",` + issue + `}]}`
	}
	for name, c := range map[string]struct {
		code     int
		body     string
		status   lhcrv1.OutcomeStatus
		consents bool
	}{
		"suppressed":                       {403, outcome(`"code":"suppressed"`), withheld, false},
		"suppressed, in XML":               {403, `<OperationOutcome xmlns="http://hl7.org/fhir"><issue><severity value="error"/><code value="suppressed"/></issue></OperationOutcome>`, withheld, false},
		"suppressed, said second":          {403, `{"resourceType":"OperationOutcome","issue":[{"code":"informational"},{"code":"suppressed"}]}`, withheld, false},
		"no consent, by its code":          {403, outcome(`"code":"forbidden","details":{"coding":[{"code":"NO_PATIENT_CONSENT"}]}`), withheld, false},
		"no consent, in words":             {403, outcome(`"code":"forbidden","diagnostics":"Consent was withdrawn by Jane"`), withheld, true},
		"words where none is asked for":    {403, outcome(`"code":"forbidden","diagnostics":"no consent screen"`), lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, false},
		"nothing of the kind":              {403, outcome(`"code":"forbidden"`), lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, true},
		"a page of HTML":                   {403, "<html>consent</html>", lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, true},
		"not authorised, whatever it says": {401, outcome(`"code":"suppressed"`), lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := newServer(t, nil)
			s.serve = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			}
			var replacements []string
			if c.consents {
				replacements = asksConsent
			}
			r, err := configured(t, s, client, asIs, replacements...)
			if err != nil {
				t.Fatal(err)
			}
			given := consent("smallshire", "c1", "2026-01-01", "")
			o := ask(t, r, []lhcrv1.Section{allergies}, given).GetOutcomes()[0]
			if o.GetStatus() != c.status || strings.Contains(o.String(), "Jane") {
				t.Errorf("outcome %v, want %v", o, c.status)
			}
			located, err := r.Locate(t.Context(), &adapterv1.LocateRequest{
				Patient: &lhcrv1.PatientQuery{NhsNumber: number},
				Caller:  &adapterv1.Caller{Access: &lhcrv1.AccessContext{Consents: []*lhcrv1.PeriodOfCareConsent{given}}},
			})
			if unknown := located.GetHolding() == adapterv1.Holding_HOLDING_UNKNOWN; unknown != (c.status == withheld) || unknown == (err != nil) {
				t.Errorf("located %v, %v", located, err)
			}
		})
	}
}
