package main

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/encoding/protojson"
)

// unmet are consents on which the Great North must not be asked.
func unmet() map[string][]*lhcrv1.PeriodOfCareConsent {
	of := func(change func(*lhcrv1.PeriodOfCareConsent)) []*lhcrv1.PeriodOfCareConsent {
		return []*lhcrv1.PeriodOfCareConsent{consent(change)}
	}
	return map[string][]*lhcrv1.PeriodOfCareConsent{
		"none":              nil,
		"ended yesterday":   of(func(c *lhcrv1.PeriodOfCareConsent) { c.Until = "2026-11-20" }),
		"begins tomorrow":   of(func(c *lhcrv1.PeriodOfCareConsent) { c.From = "2026-11-22" }),
		"of another region": of(func(c *lhcrv1.PeriodOfCareConsent) { c.RegionId = "dorset" }),
	}
}

// asking are the ways to ask for a record.
func asking(t *testing.T, d *demo.Demo) map[string]func(*testing.T, sdk.Query) *lhcrv1.GetRecordResponse {
	t.Helper()
	client := supplier(t, d)
	return map[string]func(*testing.T, sdk.Query) *lhcrv1.GetRecordResponse{
		"gRPC": func(t *testing.T, q sdk.Query) *lhcrv1.GetRecordResponse { return mustLookup(t, client, q).Unguarded() },
		"stream": func(t *testing.T, q sdk.Query) *lhcrv1.GetRecordResponse {
			record, err := client.StreamRecord(t.Context(), q).Record()
			if err != nil {
				t.Fatal(err)
			}
			return record.Unguarded()
		},
		"REST": func(t *testing.T, q sdk.Query) *lhcrv1.GetRecordResponse { return overREST(t, d, q) },
	}
}

// overREST asks as a supplier's browser would, for one region.
func overREST(t *testing.T, d *demo.Demo, q sdk.Query) *lhcrv1.GetRecordResponse {
	t.Helper()
	body, err := protojson.Marshal(&lhcrv1.GetRecordRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: q.Patient.NHSNumber, DateOfBirth: q.Patient.DateOfBirth},
		Access:  &lhcrv1.AccessContext{Purpose: q.Access.Purpose, Basis: q.Access.Basis, Consents: q.Access.Consents},
		Regions: &lhcrv1.RegionSelection{RegionIds: []string{"great-north"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	code, answer := postStatus(t, d.Files.CA, d.Files.Token, "https://"+d.REST+"/v1/record:get", body)
	if code != http.StatusOK {
		t.Fatalf("status %d: %s", code, answer)
	}
	var record lhcrv1.GetRecordResponse
	if err := protojson.Unmarshal(answer, &record); err != nil {
		t.Fatal(err)
	}
	return &record
}

// gave judges an answer of the Great North: given says whether it gave the record.
func gave(t *testing.T, answer *lhcrv1.GetRecordResponse, given bool) {
	t.Helper()
	if len(answer.GetOutcomes()) == 0 {
		t.Fatal("no outcome")
	}
	for _, o := range answer.GetOutcomes() {
		if o.GetFromCache() {
			t.Errorf("%s comes from the cache", o.GetSection())
		}
		if o.GetStatus() != withheld && o.GetStatus() != notSupported && !given {
			t.Errorf("%s: %v without consent", o.GetSection(), o.GetStatus())
		}
		if o.GetSection() == allergies && given && o.GetStatus() != returned {
			t.Errorf("allergies: %v with consent (%s)", o.GetStatus(), o.GetMessage())
		}
		if o.GetStatus() == withheld && o.GetMessage() == "" {
			t.Errorf("%s: it does not say why it is withheld", o.GetSection())
		}
	}
	if items := len(answer.GetRecord().GetAllergies()); (items > 0) != given {
		t.Errorf("%d allergies", items)
	}
}

// clinical are the calls of a region that could tell something of a patient: not its
// tokens, nor the checks of its health, which name nobody.
func clinical(d *demo.Demo, region string) map[string]int {
	calls := d.Sandbox.System(region).Counts()
	maps.DeleteFunc(calls, func(call string, _ int) bool {
		return !strings.HasPrefix(call, "search ") && !strings.HasPrefix(call, "read ") && call != "page"
	})
	return calls
}

func TestTheGreatNorthIsAskedOnlyWithConsent(t *testing.T) {
	d := house(t, demo.Options{Regions: []string{"great-north"}})
	query := agreeing(patient(t, "nora"), "great-north")
	for way, ask := range asking(t, d) {
		for name, consents := range unmet() {
			t.Run(way+", "+name, func(t *testing.T) {
				query.Access.Consents = consents
				gave(t, ask(t, query), false)
				if calls := clinical(d, "great-north"); len(calls) > 0 {
					t.Errorf("the region was called: %v", calls)
				}
			})
		}
	}
}

// What was given a moment ago is asked for again, in every call that it took, and not
// given once the region says that the consent was withdrawn.
func TestWhatConsentGaveIsNeverKept(t *testing.T) {
	d := house(t, demo.Options{Regions: []string{"great-north"}})
	query := agreeing(patient(t, "nora"), "great-north")
	query.Freshness = sdk.AtMost(time.Hour)
	for way, ask := range asking(t, d) {
		t.Run(way, func(t *testing.T) {
			query.Access.Consents = []*lhcrv1.PeriodOfCareConsent{consent(nil)}
			before := clinical(d, "great-north")
			gave(t, ask(t, query), true)
			first := more(before, clinical(d, "great-north"))
			gave(t, ask(t, query), true)
			if second := more(before, clinical(d, "great-north")); len(first) == 0 || !maps.Equal(second, twice(first)) {
				t.Errorf("asked twice, the region was called %v, and once %v", second, first)
			}
			for name, consents := range unmet() {
				query.Access.Consents = consents
				t.Run(name, func(t *testing.T) { gave(t, ask(t, query), false) })
			}
			query.Access.Consents = []*lhcrv1.PeriodOfCareConsent{consent(func(c *lhcrv1.PeriodOfCareConsent) { c.Reference = "withdrawn-17" })}
			gave(t, ask(t, query), false)
		})
	}
}

// more is how many calls came since.
func more(before, after map[string]int) map[string]int {
	since := map[string]int{}
	for call, n := range after {
		if n > before[call] {
			since[call] = n - before[call]
		}
	}
	return since
}

func twice(calls map[string]int) map[string]int {
	doubled := map[string]int{}
	for call, n := range calls {
		doubled[call] = 2 * n
	}
	return doubled
}

// Without a consent to name, the command line is told why it gets nothing, and the
// region is not asked.
func TestTheCommandLineIsToldWhichConsentIsMissing(t *testing.T) {
	d := house(t, demo.Options{Regions: []string{"great-north"}})
	got := lhcr(t, named(patient(t, "nora")), connected(d, "record", "get", "--nhs-number-file", "-", "--region", "great-north",
		"--basis", "consent-for-period-of-care")...)
	if got.code != exitIncomplete || len(clinical(d, "great-north")) > 0 {
		t.Errorf("exit code %d, calls %v", got.code, clinical(d, "great-north"))
	}
	mustSay(t, got.out, "withheld", "consent")
}
