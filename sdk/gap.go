package sdk

import (
	"fmt"
	"slices"
	"strings"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Cause says why the items of a section do not tell all.
type Cause int

const (
	// CauseOutcome is a region whose outcome is not an answer: see Gap.Status.
	CauseOutcome Cause = iota + 1
	// CauseGap is something known to be missing: see Gap.Detail.
	CauseGap
	// CauseWarning is a warning of the source: see Gap.Warning.
	CauseWarning
	// CauseTruncated is a section that the source or a limit cut short.
	CauseTruncated
	// CauseTextOnly is a region that sent words only: see [Section.Narratives].
	CauseTextOnly
	// CauseNoRecord is a section for which no region has a record of this patient,
	// or which no region gives. That can mean hidden.
	CauseNoRecord
	// CauseNotAsked is a section that the query did not ask for.
	CauseNotAsked
	// CauseNoOutcome is a region that said nothing of a section asked for.
	CauseNoOutcome
	// CauseBroken is a stream that broke off.
	CauseBroken
)

// Gap is one reason why the items of a section do not tell all.
type Gap struct {
	// Cause says of which kind it is.
	Cause Cause
	// Section is the section.
	Section lhcrv1.Section
	// RegionID is the region. Empty when the gap is not one region's.
	RegionID string
	// Status is what became of the section in that region.
	Status lhcrv1.OutcomeStatus
	// Detail is the contract's own gap. Nil unless the cause is CauseGap.
	Detail *lhcrv1.Gap
	// Warning is the source's warning. Nil unless the cause is CauseWarning. It is
	// left out of JSON, which loggers make of lists.
	Warning *lhcrv1.Warning `json:"-"`
	// RetryAfter says when asking again may help. Zero when nobody said.
	RetryAfter time.Duration
	// Message says it in words that a log may hold. [Gap.Words] are for the screen.
	Message string
}

// Words are the region and what is missing, for the screen: a source's own warning is
// quoted as sent, and what a source writes can name the patient.
func (g Gap) Words() string {
	if text := g.Warning.GetText(); text != "" {
		return g.at(text)
	}
	return g.at(g.Message)
}

// String is the region and the message, for logs.
func (g Gap) String() string { return g.at(g.Message) }

func (g Gap) at(words string) string {
	if g.RegionID == "" {
		return words
	}
	return g.RegionID + ": " + words
}

// IncompleteError says what is missing from a section.
type IncompleteError struct {
	// Section is the section.
	Section lhcrv1.Section
	// Gaps are the reasons, never empty.
	Gaps []Gap
}

// Error names the section and each region with its gap, in words that a log may
// hold: show [Gap.Words] to the user.
func (e *IncompleteError) Error() string {
	words := make([]string, len(e.Gaps))
	for i, g := range e.Gaps {
		words[i] = g.String()
	}
	return fmt.Sprintf("%s is incomplete: %s", SectionName(e.Section), strings.Join(words, "; "))
}

// Regions are the ids of the regions with a gap, sorted.
func (e *IncompleteError) Regions() []string {
	var ids []string
	for _, g := range e.Gaps {
		if g.RegionID != "" {
			ids = append(ids, g.RegionID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// answered says whether a status is an answer, as the contract counts them for
// COMPLETENESS_COMPLETE. A status that this package does not know is none.
func answered(s lhcrv1.OutcomeStatus) bool {
	switch s {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:
		return true
	}
	return recordless(s)
}

// recordless says whether a status means that the region has nothing to give at all.
func recordless(s lhcrv1.OutcomeStatus) bool {
	return s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD || s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
}

// whole says whether an outcome stands in no way of COMPLETENESS_COMPLETE.
func whole(o *lhcrv1.SectionOutcome) bool {
	return answered(o.GetStatus()) && len(o.GetGaps()) == 0 && len(o.GetWarnings()) == 0 && !o.GetTruncated()
}

// completenessOf is the completeness of a set of outcomes, by the contract's table.
func completenessOf(outcomes []*lhcrv1.SectionOutcome) lhcrv1.Completeness {
	all := func(is func(*lhcrv1.SectionOutcome) bool) bool {
		return !slices.ContainsFunc(outcomes, func(o *lhcrv1.SectionOutcome) bool { return !is(o) })
	}
	switch {
	case len(outcomes) == 0:
		return lhcrv1.Completeness_COMPLETENESS_PARTIAL
	case all(func(o *lhcrv1.SectionOutcome) bool { return recordless(o.GetStatus()) }):
		return lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND
	case all(func(o *lhcrv1.SectionOutcome) bool { return !answered(o.GetStatus()) || recordless(o.GetStatus()) }):
		return lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE
	case all(whole):
		return lhcrv1.Completeness_COMPLETENESS_COMPLETE
	}
	return lhcrv1.Completeness_COMPLETENESS_PARTIAL
}

// gapsOf lists why one region's outcome does not let its items tell all.
func gapsOf(o *lhcrv1.SectionOutcome) []Gap {
	at := Gap{Section: o.GetSection(), RegionID: o.GetRegionId(), Status: o.GetStatus(), RetryAfter: o.GetRetryAfter().AsDuration()}
	var gaps []Gap
	add := func(cause Cause, message string, more func(*Gap)) {
		g := at
		g.Cause, g.Message = cause, message
		if more != nil {
			more(&g)
		}
		gaps = append(gaps, g)
	}
	if !answered(o.GetStatus()) {
		add(CauseOutcome, outcomeWords(o), nil)
	}
	for _, d := range o.GetGaps() {
		add(CauseGap, detailWords(d), func(g *Gap) { g.Detail, g.RetryAfter = d, max(d.GetRetryAfter().AsDuration(), at.RetryAfter) })
	}
	for _, w := range o.GetWarnings() {
		add(CauseWarning, warningWords(w), func(g *Gap) { g.Warning = w })
	}
	if o.GetTruncated() {
		add(CauseTruncated, "the list was cut short", nil)
	}
	if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT {
		add(CauseTextOnly, "sent as text only: it must be read", nil)
	}
	return gaps
}
