package fhirsearch_test

import (
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Each case is the pages of a search for allergies and what must come of them.
func TestPaging(t *testing.T) {
	const (
		returned = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
		invalid  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
		missing  = lhcrv1.GapKind_GAP_KIND_PAGE_MISSING
		bad      = lhcrv1.GapKind_GAP_KIND_MALFORMED
		none     = lhcrv1.GapKind_GAP_KIND_UNSPECIFIED
	)
	next := func(page string) string { return link("next", "{base}/AllergyIntolerance?page="+page) }
	self := func(page string) string { return link("self", "{base}/AllergyIntolerance?page="+page) }
	outcome := `{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational"}]}}`
	for name, c := range map[string]struct {
		pages  []string
		items  int
		status lhcrv1.OutcomeStatus
		gap    lhcrv1.GapKind
		says   string
	}{
		"one page":                     {[]string{bundle(1, "", allergy("a"))}, 1, returned, none, ""},
		"two pages":                    {[]string{bundle(2, next("1"), allergy("a")), bundle(2, "", allergy("b"))}, 2, returned, none, ""},
		"a relative link":              {[]string{bundle(2, link("next", "?page=1"), allergy("a")), bundle(2, "", allergy("b"))}, 2, returned, none, ""},
		"no entry":                     {[]string{`{"resourceType":"Bundle","type":"searchset"}`}, 0, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED, none, ""},
		"one entry, not an array":      {[]string{`{"resourceType":"Bundle","link":` + self("0") + `,"entry":` + allergy("a") + `}`}, 1, returned, none, ""},
		"next leads to itself":         {[]string{bundle(1, self("0")+","+next("0"), allergy("a"))}, 1, returned, none, ""},
		"the last leads to itself":     {[]string{bundle(2, next("1"), allergy("a")), bundle(2, self("1")+","+next("1"), allergy("b"))}, 2, returned, none, ""},
		"an empty last page":           {[]string{bundle(1, next("1"), allergy("a")), bundle(1, next("2"))}, 1, returned, none, ""},
		"a page of failures only":      {[]string{bundle(2, next("1"), allergy("a")), bundle(2, next("2"), outcome), bundle(2, "", allergy("b"))}, 2, returned, none, ""},
		"back to the first, all there": {[]string{bundle(2, self("0")+","+next("1"), allergy("a")), bundle(2, self("1")+","+next("0"), allergy("b"))}, 2, returned, none, ""},
		"back to the first, not all":   {[]string{bundle(3, self("0")+","+next("1"), allergy("a")), bundle(3, self("1")+","+next("0"), allergy("b"))}, 2, invalid, missing, "lead back"},
		"back to the first":            {[]string{bundle(3, next("1"), allergy("a")), bundle(3, next("0"), allergy("b"))}, 2, invalid, missing, "repeat"},
		"the same page again":          {[]string{bundle(2, next("1"), allergy("a")), bundle(2, next("2"), allergy("a"))}, 1, invalid, missing, "repeat"},
		"fewer than counted":           {[]string{bundle(3, "", allergy("a"))}, 1, invalid, missing, "counted more"},
		"a second page that fails":     {[]string{bundle(2, next("7"), allergy("a"))}, 1, invalid, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, "404"},
		"a second page cut short":      {[]string{bundle(2, next("1"), allergy("a")), bundle(2, "", allergy("b"))[:60]}, 1, invalid, bad, "not JSON"},
		"a second page of HTML":        {[]string{bundle(2, next("1"), allergy("a")), "<html>" + number + "</html>"}, 1, invalid, bad, "not FHIR XML"},
		"a link elsewhere":             {[]string{bundle(2, link("next", "https://elsewhere.invalid/page"), allergy("a"))}, 1, invalid, missing, "not the region's"},
		"a link in plain text":         {[]string{bundle(2, link("next", strings.Replace("{base}", "{base}", "http://127.0.0.1/", 1)), allergy("a"))}, 1, invalid, missing, "not the region's"},
		"a link with a user":           {[]string{bundle(2, link("next", "//user@elsewhere.invalid/x"), allergy("a"))}, 1, invalid, missing, "not the region's"},
		"links that are none":          {[]string{bundle(2, `7`, allergy("a"))}, 1, invalid, missing, "cannot be read"},
		"a next without address":       {[]string{bundle(2, `{"relation":"next"}`, allergy("a"))}, 1, invalid, missing, "cannot be read"},
		"an array":                     {[]string{`[1]`}, 0, invalid, bad, "not a bundle"},
		"a failure for a bundle":       {[]string{`{"resourceType":"OperationOutcome","issue":[{"code":"processing","diagnostics":"` + number + `"}]}`}, 0, invalid, bad, "not a bundle"},
		"endless": {[]string{
			bundle(99, next("1"), allergy("a")), bundle(99, next("2"), allergy("b")), bundle(99, next("3"), allergy("c")),
			bundle(99, next("4"), allergy("d")), bundle(99, next("5"), allergy("e")), bundle(99, next("6"), allergy("f")),
		}, 5, invalid, missing, "more pages than are read"},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": c.pages, "MedicationRequest": {bundle(1, "", medicine("m"))}})
			res := fetch(t, region(t, s, client), allergies, medications)
			o := res.GetOutcomes()[0]
			if o.GetStatus() != c.status || len(res.GetRecord().GetAllergies()) != c.items {
				t.Errorf("%v with %d items, want %v with %d (%v)", o.GetStatus(), len(res.GetRecord().GetAllergies()), c.status, c.items, o)
			}
			checkGap(t, o, c.gap, c.says)
			if m := res.GetOutcomes()[1]; m.GetStatus() != returned || len(m.GetGaps()) > 0 || len(res.GetRecord().GetMedications()) != 1 {
				t.Errorf("medications changed: %v", m)
			}
		})
	}
}

func checkGap(t *testing.T, o *lhcrv1.SectionOutcome, kind lhcrv1.GapKind, says string) {
	t.Helper()
	if kind == lhcrv1.GapKind_GAP_KIND_UNSPECIFIED {
		if len(o.GetGaps()) > 0 {
			t.Errorf("gaps %v, want none", o.GetGaps())
		}
		return
	}
	for _, g := range o.GetGaps() {
		if g.GetKind() == kind && strings.Contains(g.GetMessage(), says) {
			if strings.Contains(o.String(), number) || strings.Contains(o.String(), "://") {
				t.Errorf("the outcome names the patient or an address: %v", o)
			}
			return
		}
	}
	t.Errorf("gaps %v, want %v with %q", o.GetGaps(), kind, says)
}

func TestMorePagesThanAreReadIsTruncated(t *testing.T) {
	next := link("next", "{base}/AllergyIntolerance?page=0&x=1")
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(99, next, allergy("a"))}})
	o := fetch(t, region(t, s, client, "max_pages: 5", "max_pages: 1"), allergies).GetOutcomes()[0]
	if !o.GetTruncated() || s.calls("GET /fhir/AllergyIntolerance") != 0 {
		t.Errorf("truncated %v after %d further pages", o.GetTruncated(), s.calls("GET /fhir/AllergyIntolerance"))
	}
}

func TestTotalIsTrustedOnlyWhereTheDefinitionSaysSo(t *testing.T) {
	s, client := newServer(t, map[string][]string{"Patient": held(), "AllergyIntolerance": {bundle(3, "", allergy("a"))}})
	o := fetch(t, region(t, s, client, "total_counts_matches: true", "total_counts_matches: false"), allergies).GetOutcomes()[0]
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(o.GetGaps()) > 0 {
		t.Errorf("outcome %v", o)
	}
}

func TestAnswerThatIsTooLargeLeavesRoomForTheOthers(t *testing.T) {
	s, client := newServer(t, map[string][]string{
		"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy(strings.Repeat("a", 5000)))},
		"MedicationRequest": {bundle(1, "", medicine("m"), `{"padding":"`+strings.Repeat("x", 1750)+`"}`)},
	})
	r := region(t, s, client, "max_bytes: 1048576", "max_bytes: 4096", "max_page_bytes: 524288", "max_page_bytes: 2048", "parallel: 4", "parallel: 1",
		"total_counts_matches: true", "total_counts_matches: false")
	res := fetch(t, r, allergies, medications)
	checkGap(t, res.GetOutcomes()[0], lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "larger than is read")
	if o := res.GetOutcomes()[1]; o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
		t.Errorf("medications are %v: %s", o.GetStatus(), o.GetMessage())
	}
}

func TestAnswersTooLargeTogetherAreAGap(t *testing.T) {
	padding := `{"padding":"` + strings.Repeat("x", 1500) + `"}`
	s, client := newServer(t, map[string][]string{
		"Patient": held(), "AllergyIntolerance": {bundle(1, "", allergy("a"), padding)}, "MedicationRequest": {bundle(1, "", medicine("m"), padding)},
	})
	r := region(t, s, client, "max_bytes: 1048576", "max_bytes: 3072", "max_page_bytes: 524288", "max_page_bytes: 2048", "parallel: 4", "parallel: 1",
		"total_counts_matches: true", "total_counts_matches: false")
	o := fetch(t, r, allergies, medications).GetOutcomes()[1]
	checkGap(t, o, lhcrv1.GapKind_GAP_KIND_TOO_LARGE, "larger than is read")
}
