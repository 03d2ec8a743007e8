package adaptertest

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Hang is the fault of a region that accepts a call and never answers.
const Hang = "hang"

// Expectations are what must come of the ways in which regions fail, by their usual names. A
// subject takes those that its test system can show, for a Broken section of allergies; where
// a region's protocol differs, it changes what it must.
//
// A fault of one section makes it REFUSED, UNAVAILABLE or INVALID as the contract has it
// (rule 2); allergies of which anything is missing are INVALID (rule 5).
func Expectations() []Expectation {
	return append(transportFaults(), contentFaults()...)
}

func transportFaults() []Expectation {
	const (
		refused     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
		unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
		timedOut    = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
		failed      = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
		notUs       = lhcrv1.GapKind_GAP_KIND_REFUSED
	)
	return []Expectation{
		{Name: Hang, Status: unavailable, Gap: timedOut, Slow: true},
		{Name: "slow-drip", Status: unavailable, Gap: timedOut, Slow: true},
		{Name: "reset", Status: unavailable, Gap: failed},
		{Name: "401", Status: refused, Gap: notUs},
		{Name: "403", Status: refused, Gap: notUs},
		{Name: "429", Status: refused, Gap: notUs, RetryAfter: true},
		{Name: "500", Status: unavailable, Gap: failed},
		{Name: "503", Status: unavailable, Gap: failed, RetryAfter: true},
		{Name: "redirect", Status: unavailable},
		{Name: "reset", Whole: true, Status: unavailable, Gap: failed},
		{Name: "403", Whole: true, Status: refused, Gap: notUs},
		{Name: Hang, Whole: true, Status: unavailable, Gap: timedOut, Slow: true},
		{Name: "token-401", Whole: true, Status: refused, Gap: notUs},
		{Name: "token-hang", Whole: true, Status: unavailable, Gap: timedOut, Slow: true},
		{Name: "token-no-expiry", Whole: true, Harmless: true},
	}
}

func contentFaults() []Expectation {
	const (
		invalid   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
		malformed = lhcrv1.GapKind_GAP_KIND_MALFORMED
		failed    = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
		missing   = lhcrv1.GapKind_GAP_KIND_PAGE_MISSING
		tooLarge  = lhcrv1.GapKind_GAP_KIND_TOO_LARGE
		other     = lhcrv1.GapKind_GAP_KIND_OTHER_PERSON
	)
	return []Expectation{
		{Name: "truncated", Status: invalid, Gap: malformed},
		{Name: "broken-json", Status: invalid, Gap: malformed},
		{Name: "garbage", Status: invalid, Gap: malformed},
		{Name: "giant-body", Status: invalid, Gap: tooLarge},
		{Name: "wrong-patient", Status: invalid, Gap: other},
		{Name: "error-in-200", Status: invalid, Gap: failed},
		{Name: "partial-in-200", Status: invalid, Gap: failed},
		{Name: "endless-paging", Status: invalid, Gap: missing},
		{Name: "garbage", Whole: true, Status: invalid, Gap: malformed},
		{Name: "error-in-200", Whole: true, Status: invalid, Gap: failed},
		{Name: "wrong-patient", Whole: true, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH},
		{Name: "token-garbage", Whole: true, Status: invalid, Gap: malformed},
	}
}
