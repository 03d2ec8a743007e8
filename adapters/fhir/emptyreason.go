package fhir

import (
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// emptiness is what a reason for an empty list means.
type emptiness uint8

const (
	nothingThere emptiness = iota // it was looked, and nothing is recorded
	otherwise                     // any other reason, and none that is known
	notAvailable                  // there may be something, and it could not be given
	withheldAll                   // there is something, and it was taken out
)

// emptyCodes are FHIR's reasons for an empty list (list-empty-reason), Care Connect's and
// UK Core's. What is not here is no reason to take a list for empty.
var emptyCodes = map[string]emptiness{
	"no-content-recorded": nothingThere,
	"nilknown":            nothingThere,
	"notasked":            otherwise,
	"notstarted":          otherwise,
	"closed":              otherwise,
	"unavailable":         notAvailable,
	"withheld":            withheldAll,
}

// meaningOf is the worst that a reason's codes mean; words alone mean nothing known.
func meaningOf(reason *lhcrv1.Concept) emptiness {
	worst, coded := nothingThere, false
	for _, c := range reason.GetCodings() {
		meaning, known := emptyCodes[strings.ToLower(strings.TrimSpace(c.GetCode()))]
		if !known {
			meaning = otherwise
		}
		worst, coded = max(worst, meaning), true
	}
	if !coded {
		return otherwise
	}
	return worst
}

// emptyReasons judges why documents say that their sections are empty.
func (r *reader) emptyReasons(o *lhcrv1.SectionOutcome) {
	for _, reason := range r.mapped.EmptyReasons[o.GetSection()] {
		explain(o, reason)
	}
}

// explain judges why something of a section is empty. Only "looked, and nothing is
// recorded" is quiet; of several reasons the most telling is shown.
func explain(o *lhcrv1.SectionOutcome, reason *lhcrv1.Concept) {
	if reason == nil {
		return
	}
	if o.GetEmptyReason() == nil || meaningOf(reason) > meaningOf(o.GetEmptyReason()) {
		o.EmptyReason = reason
	}
	switch meaningOf(reason) {
	case nothingThere:
	case otherwise:
		warn(o, lhcrv1.WarningCode_WARNING_CODE_EMPTY_FOR_A_REASON, "the source says that it is empty for another reason than that nothing is recorded")
	case notAvailable:
		addGap(o, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, "the source could not give what belongs here")
	case withheldAll:
		addGap(o, lhcrv1.GapKind_GAP_KIND_WITHHELD, "the source withholds what belongs here")
	}
}

// addGap adds a gap to a section, once.
func addGap(o *lhcrv1.SectionOutcome, kind lhcrv1.GapKind, message string) {
	for _, g := range o.GetGaps() {
		if g.GetKind() == kind && g.GetMessage() == message {
			return
		}
	}
	o.Gaps = append(o.Gaps, &lhcrv1.Gap{Kind: kind, Retryable: kind == lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Message: message})
}
