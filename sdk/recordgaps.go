package sdk

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Gaps are what is missing from the sections asked for, by section and region.
func (r *Record) Gaps() []Gap {
	var gaps []Gap
	for _, section := range r.asked {
		gaps = append(gaps, r.GapsOf(section)...)
	}
	return gaps
}

// GapsOf are what is missing from one section.
func (r *Record) GapsOf(section lhcrv1.Section) []Gap {
	var gaps []Gap
	outcomes := r.outcomesOf(section)
	for _, o := range outcomes {
		gaps = append(gaps, gapsOf(o)...)
	}
	for _, region := range r.silent(section, outcomes) {
		gaps = append(gaps, Gap{Cause: CauseNoOutcome, Section: section, RegionID: region, Message: "nothing was said of this section"})
	}
	if r.broken != "" {
		return append(gaps, Gap{Cause: CauseBroken, Section: section, Message: r.broken})
	}
	return append(gaps, r.nowhere(section, outcomes)...)
}

// nowhere is the gap of a section that nobody answered.
func (r *Record) nowhere(section lhcrv1.Section, outcomes []*lhcrv1.SectionOutcome) []Gap {
	gap := Gap{Section: section}
	switch {
	case len(outcomes) == 0 && !slices.Contains(r.asked, section):
		gap.Cause, gap.Message = CauseNotAsked, "this section was not asked for"
	case len(outcomes) == 0:
		gap.Cause, gap.Message = CauseNoOutcome, "no region said anything of this section"
	case completenessOf(outcomes) == lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND:
		gap.Cause, gap.Message = CauseNoRecord, noRecordWords(outcomes)
	default:
		return nil
	}
	return []Gap{gap}
}

func noRecordWords(outcomes []*lhcrv1.SectionOutcome) string {
	for _, o := range outcomes {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD {
			return "no record available"
		}
	}
	return "no region asked gives this section"
}

// silent are the regions of the answer that said nothing of a section asked for.
func (r *Record) silent(section lhcrv1.Section, outcomes []*lhcrv1.SectionOutcome) []string {
	if len(outcomes) == 0 || !slices.Contains(r.asked, section) {
		return nil
	}
	var silent []string
	for _, o := range r.answer.GetOutcomes() {
		id := o.GetRegionId()
		spoke := slices.ContainsFunc(outcomes, func(o *lhcrv1.SectionOutcome) bool { return o.GetRegionId() == id })
		if !spoke && !slices.Contains(silent, id) {
			silent = append(silent, id)
		}
	}
	return silent
}

func (r *Record) outcomesOf(section lhcrv1.Section) []*lhcrv1.SectionOutcome {
	var of []*lhcrv1.SectionOutcome
	for _, o := range r.answer.GetOutcomes() {
		if o.GetSection() == section {
			of = append(of, o)
		}
	}
	return of
}
