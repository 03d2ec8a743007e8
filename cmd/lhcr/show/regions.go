package show

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// completeness is the banner: nothing of the record is shown above it but whose it is.
func (p *page) completeness() {
	c := p.record.Completeness()
	style := paint.Alarm
	if c == lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		style = paint.Good
	}
	words := sdk.CompletenessWords(c)
	if c == lhcrv1.Completeness_COMPLETENESS_PARTIAL {
		words += ". What is missing stands below, first by region and again in each section"
	}
	state, rest, found := strings.Cut(words, ":")
	if found {
		words = strings.ToUpper(state) + ":" + rest
	}
	p.b.WriteString("\n")
	p.line(style, sentence(words))
}

// regions says of each region what became of what it was asked.
func (p *page) regions() {
	p.b.WriteString("\n" + p.Paint.In(paint.Bold, "REGIONS ASKED") + "\n")
	for _, id := range p.regionIDs() {
		p.region(id)
	}
}

func (p *page) regionIDs() []string {
	var ids []string
	for _, o := range p.record.Outcomes() {
		ids = append(ids, o.GetRegionId())
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (p *page) region(id string) {
	report := p.report(id)
	p.line(paint.Bold, joined(": ", id, report.GetName()))
	var outcomes []*lhcrv1.SectionOutcome
	for _, o := range p.record.Outcomes() {
		if o.GetRegionId() == id {
			outcomes = append(outcomes, o)
		}
	}
	for _, group := range byStatus(outcomes) {
		p.indented(styleOf(group[0].GetStatus()), "  ", sentence(listed(sectionsIn(group))+": "+said(group[0])))
	}
	for _, line := range p.regionGaps(id) {
		p.indented(paint.Alarm, "  ! ", line)
	}
	p.freshness(outcomes)
	for _, r := range report.GetReported() {
		p.indented(paint.Plain, "  ", fmt.Sprintf("Not shown: %d × %s (%s)", r.GetCount(), r.GetSourceType(), r.GetReason()))
	}
	for _, note := range report.GetNotes() {
		p.indented(paint.Dim, "  ", "Always so: "+note)
	}
}

func (p *page) report(id string) *lhcrv1.RegionReport {
	for _, r := range p.record.Regions() {
		if r.GetRegionId() == id {
			return r
		}
	}
	return nil
}

func styleOf(s lhcrv1.OutcomeStatus) paint.Style {
	switch s {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE:
		return paint.Plain
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD:
		return paint.Dim
	}
	return paint.Alarm
}

// said is what became of a section in one region, with the facts that a user can act on.
func said(o *lhcrv1.SectionOutcome) string {
	words := sdk.StatusWords(o.GetStatus())
	if message := o.GetMessage(); message != "" && message != words && o.GetStatus() != notSupported {
		words += " (" + strings.TrimSuffix(o.GetMessage(), ".") + ")"
	}
	if after := o.GetRetryAfter().AsDuration(); after > 0 {
		words += ", ask again in " + after.String()
	}
	if o.GetSupersededBy() != "" {
		words += ", the NHS number was replaced by " + spaced(o.GetSupersededBy())
	}
	return words
}

// byStatus groups outcomes that say the same, in the order of the statuses.
func byStatus(outcomes []*lhcrv1.SectionOutcome) [][]*lhcrv1.SectionOutcome {
	var groups [][]*lhcrv1.SectionOutcome
	for _, o := range outcomes {
		at := slices.IndexFunc(groups, func(g []*lhcrv1.SectionOutcome) bool {
			return g[0].GetStatus() == o.GetStatus() && said(g[0]) == said(o)
		})
		if at < 0 {
			groups = append(groups, nil)
			at = len(groups) - 1
		}
		groups[at] = append(groups[at], o)
	}
	slices.SortStableFunc(groups, func(a, b []*lhcrv1.SectionOutcome) int { return int(a[0].GetStatus()) - int(b[0].GetStatus()) })
	return groups
}

// notSupported has a reason for each section, which is no user's concern: `regions
// list --format json` gives them.
const notSupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED

func sectionsIn(outcomes []*lhcrv1.SectionOutcome) []lhcrv1.Section {
	all := make([]lhcrv1.Section, len(outcomes))
	for i, o := range outcomes {
		all[i] = o.GetSection()
	}
	return all
}

// mostListed is how many sections are named before those that matter most stand for the rest.
const mostListed = 12

// first are the sections that are always named.
var first = []lhcrv1.Section{
	lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_ALERTS,
	lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, lhcrv1.Section_SECTION_VACCINATIONS, lhcrv1.Section_SECTION_PROBLEMS,
	lhcrv1.Section_SECTION_DISCHARGE_DETAILS, lhcrv1.Section_SECTION_DOCUMENTS,
}

// listed names sections; of many, those that matter most and how many others.
func listed(sections []lhcrv1.Section) string {
	sections = slices.Compact(slices.Clone(sections))
	var names []string
	for _, s := range sections {
		if len(sections) <= mostListed || slices.Contains(first, s) {
			names = append(names, sdk.SectionName(s))
		}
	}
	words := strings.Join(names, ", ")
	if left := len(sections) - len(names); left > 0 {
		words = joined(" and ", words, fmt.Sprintf("%d other sections", left))
	}
	return words
}

// regionGaps is what is missing from one region, each thing once with the sections that miss it.
func (p *page) regionGaps(id string) []string {
	var order []string
	sections := map[string][]lhcrv1.Section{}
	for _, g := range p.record.Gaps() {
		if g.RegionID != id || g.Cause == sdk.CauseOutcome || g.Cause == sdk.CauseTextOnly {
			continue
		}
		if sections[g.Message] == nil {
			order = append(order, g.Message)
		}
		sections[g.Message] = append(sections[g.Message], g.Section)
	}
	lines := make([]string, len(order))
	for i, message := range order {
		lines[i] = strings.TrimSuffix(message, ".") + " — concerns " + listed(sections[message])
	}
	return lines
}

// freshness tells of answers that are not live, and of a source's own lag.
func (p *page) freshness(outcomes []*lhcrv1.SectionOutcome) {
	var oldest time.Duration
	cached, lag := false, ""
	for _, o := range outcomes {
		cached = cached || o.GetFromCache()
		oldest = max(oldest, o.GetAge().AsDuration())
		if lag == "" {
			lag = o.GetSourceLag()
		}
	}
	if cached {
		p.indented(paint.Bold, "  ", "Not live: fetched "+oldest.Round(time.Second).String()+" ago.")
	}
	if lag != "" {
		p.indented(paint.Dim, "  ", "Its own sources can be ahead of it: "+strings.TrimSuffix(lag, ".")+".")
	}
}
