package composite_test

import (
	"slices"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// order is that of the rows and columns below.
var order = []lhcrv1.OutcomeStatus{
	returned, asText, assertedNone, nothing, notHeld, notSupported, withheld, refused, unavailable, invalid, mismatch,
}

// matrix is what comes of a section of which one system says the row's status and another the
// column's (contract rules 2 and 7). What stands left of the diagonal is what stands right of it.
var matrix = [][]lhcrv1.OutcomeStatus{
	/* returned */ {returned, returned, returned, returned, returned, returned, returned, returned, returned, returned, mismatch},
	/* asText */ {0, asText, returned, asText, asText, asText, asText, asText, asText, asText, mismatch},
	/* assertedNone */ {0, 0, assertedNone, assertedNone, assertedNone, assertedNone, returned, returned, returned, returned, mismatch},
	/* nothing */ {0, 0, 0, nothing, nothing, nothing, withheld, refused, unavailable, invalid, mismatch},
	/* notHeld */ {0, 0, 0, 0, notHeld, notHeld, withheld, refused, unavailable, invalid, mismatch},
	/* notSupported */ {0, 0, 0, 0, 0, notSupported, withheld, refused, unavailable, invalid, mismatch},
	/* withheld */ {0, 0, 0, 0, 0, 0, withheld, refused, unavailable, invalid, mismatch},
	/* refused */ {0, 0, 0, 0, 0, 0, 0, refused, unavailable, invalid, mismatch},
	/* unavailable */ {0, 0, 0, 0, 0, 0, 0, 0, unavailable, invalid, mismatch},
	/* invalid */ {0, 0, 0, 0, 0, 0, 0, 0, 0, invalid, mismatch},
	/* mismatch */ {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, mismatch},
}

func expected(a, b lhcrv1.OutcomeStatus) lhcrv1.OutcomeStatus {
	i, j := slices.Index(order, a), slices.Index(order, b)
	return matrix[min(i, j)][max(i, j)]
}

// saying is a system that says one status of every section of everybody.
func saying(s lhcrv1.OutcomeStatus, change func(*lhcrv1.SectionOutcome)) *fake {
	f := &fake{sections: []lhcrv1.Section{allergies, medications}}
	f.outcome = func(_ string, o *lhcrv1.SectionOutcome) {
		if o.Status = s; s == asText {
			o.Narratives = []*lhcrv1.Narrative{{Text: "words"}}
		}
		if change != nil {
			change(o)
		}
	}
	return f
}

// fetched is the answer of two systems about a section of Ann.
func fetched(t *testing.T, main, further *fake, sections ...lhcrv1.Section) *adapterv1.FetchResponse {
	t.Helper()
	res, err := made(t, main, further, connected()).Fetch(t.Context(), request(ann, nil, sections...))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func request(number string, handle []byte, sections ...lhcrv1.Section) *adapterv1.FetchRequest {
	return &adapterv1.FetchRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}, Sections: sections, Handle: handle}
}

func failing(s lhcrv1.OutcomeStatus) bool {
	return s == withheld || s == refused || s == unavailable || s == invalid
}

func TestOutcomesOfTwoSystems(t *testing.T) {
	for _, a := range order {
		for _, b := range order {
			t.Run(a.String()+" and "+b.String(), func(t *testing.T) {
				res := fetched(t, saying(a, nil), saying(b, nil), medications, allergies)
				want := expected(a, b)
				gaps := 0
				if failing(a) && want != mismatch {
					gaps++
				}
				if failing(b) && want != mismatch {
					gaps++
				}
				wantOutcome(t, res, medications, want, gaps)
				if gaps > 0 && (want == returned || want == asText) {
					want = invalid // rule 5: a partial allergy list
				}
				wantOutcome(t, res, allergies, want, gaps)
				if n := len(res.GetRecord().GetAllergies()); (want == mismatch) && n > 0 {
					t.Errorf("%d items of somebody else are delivered", n)
				}
			})
		}
	}
}

func wantOutcome(t *testing.T, res *adapterv1.FetchResponse, section lhcrv1.Section, want lhcrv1.OutcomeStatus, gaps int) {
	t.Helper()
	i := slices.IndexFunc(res.GetOutcomes(), func(o *lhcrv1.SectionOutcome) bool { return o.GetSection() == section })
	if i < 0 {
		t.Fatalf("no outcome of %v", section)
	}
	o := res.GetOutcomes()[i]
	if o.GetStatus() != want || len(o.GetGaps()) != gaps || o.GetRegionId() != "smallshire" {
		t.Errorf("%v of %q is %v with %d gaps, want %v with %d", section, o.GetRegionId(), o.GetStatus(), len(o.GetGaps()), want, gaps)
	}
}

// TestNoneIsAssertedOnlyAlone goes through what can stand beside an assertion (rule 3).
func TestNoneIsAssertedOnlyAlone(t *testing.T) {
	for name, tc := range map[string]struct {
		beside   *fake
		want     lhcrv1.OutcomeStatus
		warnings []lhcrv1.WarningCode
	}{
		"nothing recorded":  {saying(nothing, nil), assertedNone, nil},
		"another assertion": {saying(assertedNone, nil), assertedNone, nil},
		"an allergy":        {saying(returned, nil), returned, []lhcrv1.WarningCode{lhcrv1.WarningCode_WARNING_CODE_ASSERTION_CONTRADICTED}},
		"an empty list with a warning": {saying(nothing, func(o *lhcrv1.SectionOutcome) {
			o.Warnings = []*lhcrv1.Warning{{Code: lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT}}
		}), returned, []lhcrv1.WarningCode{lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT}},
		"an empty list with a narrative": {saying(nothing, func(o *lhcrv1.SectionOutcome) {
			o.Narratives = []*lhcrv1.Narrative{{Text: "allergic to penicillin"}}
		}), returned, nil},
		"an empty list with a gap": {saying(nothing, func(o *lhcrv1.SectionOutcome) {
			o.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_OTHER_PERSON}}
		}), invalid, nil},
		"a list that was cut": {saying(nothing, func(o *lhcrv1.SectionOutcome) { o.Truncated = true }), invalid, nil},
		"entries that lead nowhere": {saying(nothing, func(o *lhcrv1.SectionOutcome) {
			o.Counts = &lhcrv1.ListCounts{Listed: 1, Unresolved: 1}
		}), invalid, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for _, res := range []*adapterv1.FetchResponse{
				fetched(t, saying(assertedNone, nil), tc.beside, allergies), fetched(t, tc.beside, saying(assertedNone, nil), allergies),
			} {
				o := res.GetOutcomes()[0]
				var codes []lhcrv1.WarningCode
				for _, w := range o.GetWarnings() {
					codes = append(codes, w.GetCode())
				}
				if o.GetStatus() != tc.want || !slices.Equal(codes, tc.warnings) {
					t.Errorf("%v with the warnings %v, want %v with %v", o.GetStatus(), codes, tc.want, tc.warnings)
				}
			}
		})
	}
}

// TestWhatContradictsAnAssertion: what a document says of "none", for one, does not.
func TestWhatContradictsAnAssertion(t *testing.T) {
	for name, tc := range map[string]struct {
		change       func(*lhcrv1.Record)
		contradicted bool
	}{
		"an allergy": {func(*lhcrv1.Record) {}, true},
		"no known allergy": {func(r *lhcrv1.Record) {
			r.Allergies[0].Absence = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY
		}, false},
		"a retracted allergy":  {func(r *lhcrv1.Record) { r.Allergies[0].Header.Retracted = true }, false},
		"an allergy denied":    {func(r *lhcrv1.Record) { r.Allergies[0].Header.Negated = true }, false},
		"an allergy of once":   {func(r *lhcrv1.Record) { r.Allergies[0].Ended = &lhcrv1.AllergyEnd{} }, false},
		"a problem that names": {func(r *lhcrv1.Record) { r.Allergies, r.Problems = nil, problemUnder(allergies) }, true},
		"a problem apart":      {func(r *lhcrv1.Record) { r.Allergies, r.Problems = nil, problemUnder(documents) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			further := saying(returned, nil)
			further.touch = func(res *adapterv1.FetchResponse) { tc.change(res.GetRecord()) }
			o := fetched(t, saying(assertedNone, nil), further, allergies).GetOutcomes()[0]
			if o.GetStatus() != returned || len(o.GetWarnings()) > 0 != tc.contradicted {
				t.Errorf("%v with %d warnings", o.GetStatus(), len(o.GetWarnings()))
			}
		})
	}
}

// problemUnder is a problem that stands under another section too.
func problemUnder(section lhcrv1.Section) []*lhcrv1.Problem {
	return []*lhcrv1.Problem{{Header: &lhcrv1.ItemHeader{
		ItemId: "p", Section: lhcrv1.Section_SECTION_PROBLEMS, AlsoUnder: []lhcrv1.Section{section},
	}}}
}

// TestReturnedIsBelieved: courses, or what this house does not count, may be all that came.
func TestReturnedIsBelieved(t *testing.T) {
	main := saying(returned, nil)
	main.touch = func(res *adapterv1.FetchResponse) { res.Record = nil }
	wantOutcome(t, fetched(t, main, saying(nothing, nil), medications), medications, returned, 0)
}
