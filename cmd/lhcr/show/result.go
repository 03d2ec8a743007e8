package show

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// mostResults is how many results are shown before the rest is only counted.
const mostResults = 20

// results shows the newest results, and says how many it leaves out.
func (p *page) results() {
	all := p.record.InvestigationResults()
	items, gaps := all.WithGaps()
	if p.unasked(gaps) && len(items)+len(all.Elsewhere()) == 0 {
		return
	}
	p.shown[all.Section()] = true
	p.heading("Results, newest first", gaps)
	newest := newestFirst(items)
	t := table.New("Result", "Value", "Usual", "Date", "Region")
	for _, r := range newest[:min(len(newest), mostResults)] {
		t.Add(resultRow(r))
	}
	for _, r := range all.Retracted() {
		t.Add(retraction(resultRow(r)))
	}
	if !t.Empty() {
		p.b.WriteString(t.Render(p.Width, p.Paint))
	}
	if left := len(newest) - mostResults; left > 0 {
		p.indented(paint.Bold, "  ", fmt.Sprintf("… and %d older ones that are not shown here.", left))
	}
	p.reports()
	p.empty(unsaid(all.Words(), gaps), len(items), len(all.Retracted()), all.Elsewhere())
	p.narratives(all.Narratives())
	p.remarks(all.Outcomes())
}

// newestFirst leaves out headings of groups, which have no value of their own; their
// members are results themselves.
func newestFirst(items []*lhcrv1.InvestigationResult) []*lhcrv1.InvestigationResult {
	kept := slices.DeleteFunc(slices.Clone(items), func(r *lhcrv1.InvestigationResult) bool {
		return r.GetKind() == lhcrv1.InvestigationResultKind_INVESTIGATION_RESULT_KIND_GROUP &&
			r.GetFinding().GetValue() == nil && len(r.GetFinding().GetComponents()) == 0 && len(r.GetHeader().GetNotes()) == 0
	})
	slices.SortStableFunc(kept, func(a, b *lhcrv1.InvestigationResult) int { return cmp.Compare(resultDate(b), resultDate(a)) })
	return kept
}

func resultDate(r *lhcrv1.InvestigationResult) string {
	f := r.GetFinding()
	for _, w := range []*lhcrv1.When{f.GetEffective(), f.GetEffectivePeriod().GetStart(), f.GetIssued(), r.GetHeader().GetRecorded()} {
		if w.GetOriginal() != "" {
			return when(w)
		}
	}
	return ""
}

func resultRow(r *lhcrv1.InvestigationResult) table.Row {
	return table.Row{
		Cells: []string{
			negated(r.GetHeader(), orUnstated(r.GetCode().GetDisplay())), found(r.GetFinding()), usual(r.GetFinding().GetRanges()),
			orUnstated(resultDate(r)), r.GetHeader().GetRegionId(),
		},
		Notes: append(conceptNotes(r.GetCode()), itemNotes(r.GetHeader())...),
	}
}

// found is what an observation says: its value, the reason for having none, its parts.
func found(f *lhcrv1.Finding) string {
	said := joined(" ", value(f.GetValue()), bracketed(displays(f.GetInterpretations())))
	if f.GetAbsentReason() != nil {
		said = joined(", ", said, "no value: "+f.GetAbsentReason().GetDisplay())
	}
	for _, c := range f.GetComponents() {
		said = joined("; ", said, c.GetCode().GetDisplay()+" "+orUnstated(joined(" ", value(c.GetValue()), bracketed(displays(c.GetInterpretations())))))
	}
	return said
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return "(" + text + ")"
}

func usual(ranges []*lhcrv1.ReferenceRange) string {
	var all []string
	for _, r := range ranges {
		all = append(all, joined(" ", r.GetType().GetDisplay(), span(r.GetLow(), r.GetHigh()), r.GetText(), bracketed(displays(r.GetAppliesTo()))))
	}
	return joined("; ", all...)
}

// reports are the conclusions and filing comments of reports; their results stand above.
func (p *page) reports() {
	section := p.record.InvestigationReports()
	items, _ := section.WithGaps()
	t := table.New("Report", "Conclusion", "Date", "Status", "Region")
	for _, r := range items {
		t.Add(reportRow(r))
	}
	for _, r := range section.Retracted() {
		t.Add(retraction(reportRow(r)))
	}
	if !t.Empty() {
		p.b.WriteString(t.Render(p.Width, p.Paint))
	}
}

func reportRow(r *sdk.Report) table.Row {
	m := r.Report
	notes := itemNotes(m.GetHeader())
	for _, n := range m.GetFilingComments() {
		notes = append(notes, "Filing comment: "+n.GetText())
	}
	return table.Row{
		Cells: []string{
			orUnstated(m.GetName().GetDisplay()), joined("; ", m.GetConclusion(), displays(m.GetConclusionCodes())),
			joined("", day(m.GetIssued())), m.GetHeader().GetStatus(), m.GetHeader().GetRegionId(),
		},
		Notes: notes,
	}
}
