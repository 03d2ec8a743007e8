// Package show renders records for people: what a pharmacist sees of an answer in a
// terminal. It follows the contract's safety rules: the completeness stands above
// everything, what is missing stands in the section in which it is missing, nothing
// missing reads as "none", and retracted items are struck.
package show

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// View is how records are shown.
type View struct {
	// Width is how many characters a line holds.
	Width int
	// Paint colours, or does not.
	Paint paint.Paint
	// Fetching is the command that fetches a document of this patient, but for which and
	// where to. Empty for one whose flags are to be filled in.
	Fetching string
}

// page is a record on its way to the screen.
type page struct {
	View
	record *sdk.Record
	b      strings.Builder
	// shown are the sections that have a block of their own.
	shown map[lhcrv1.Section]bool
	// narrowed says that some section was not asked for.
	narrowed bool
}

// Record is a whole answer: the person, its completeness, what became of each
// region, and the sections with allergies first.
func (v View) Record(record *sdk.Record) string {
	p := &page{View: v, record: record, shown: map[lhcrv1.Section]bool{}}
	p.person()
	p.completeness()
	p.regions()
	p.allergies()
	p.alerts() // allergies can hide in them
	p.medicines()
	p.results()
	p.vaccinations()
	p.problems()
	p.documents()
	p.others()
	p.remainder()
	return p.b.String()
}

func (p *page) line(style paint.Style, text string) {
	for _, l := range table.Wrap(paint.Clean(text), p.Width) {
		p.b.WriteString(p.Paint.In(style, l) + "\n")
	}
}

func (p *page) indented(style paint.Style, lead, text string) {
	for l := range strings.Lines(table.Indented(text, lead, p.Width)) {
		p.b.WriteString(p.Paint.In(style, strings.TrimSuffix(l, "\n")) + "\n")
	}
}

// block is one section: its heading, what is missing, its rows, and what the
// sources said of it in words.
func block[T any](p *page, title string, section sdk.Section[T], headings []string, row func(T) table.Row) {
	items, gaps := section.WithGaps()
	if p.unasked(gaps) && len(items)+len(section.Elsewhere()) == 0 {
		return
	}
	p.shown[section.Section()] = true
	p.heading(title, gaps)
	t := table.New(headings...)
	for _, item := range items {
		t.Add(row(item))
	}
	for _, item := range section.Retracted() {
		t.Add(retraction(row(item)))
	}
	if !t.Empty() {
		p.b.WriteString(t.Render(p.Width, p.Paint))
	}
	p.empty(unsaid(section.Words(), gaps), len(items), len(section.Retracted()), section.Elsewhere())
	p.narratives(section.Narratives())
	p.remarks(section.Outcomes())
}

// unasked says that a section was not asked for, and remembers it.
func (p *page) unasked(gaps []sdk.Gap) bool {
	unasked := len(gaps) == 1 && gaps[0].Cause == sdk.CauseNotAsked
	p.narrowed = p.narrowed || unasked
	return unasked
}

func (p *page) heading(title string, gaps []sdk.Gap) {
	p.b.WriteString("\n" + p.Paint.In(paint.Bold, strings.ToUpper(title)) + "\n")
	for _, line := range gapLines(gaps) {
		p.indented(paint.Alarm, "! ", line)
	}
}

// gapLines say each gap once. Why a region gave nothing at all stands with the
// region; here the status says it.
func gapLines(gaps []sdk.Gap) []string {
	var lines []string
	for _, g := range gaps {
		switch {
		case g.Cause == sdk.CauseNoRecord || g.Cause == sdk.CauseNotAsked:
			continue
		case g.Cause == sdk.CauseOutcome && g.Status != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:
			g.Message = sdk.StatusWords(g.Status)
		}
		lines = append(lines, g.Words())
	}
	return once(lines)
}

// retraction strikes a row and says why in words, for terminals that cannot strike.
func retraction(r table.Row) table.Row {
	r.Style = paint.Struck
	r.Cells[0] = "~~ " + r.Cells[0] + " ~~"
	r.Notes = append([]string{"ENTERED IN ERROR: retracted by its source. Not a fact."}, r.Notes...)
	return r
}

// unsaid are a section's words, unless the lines of its gaps under the heading said each
// what is missing already.
func unsaid(words string, gaps []sdk.Gap) string {
	vague := func(g sdk.Gap) bool {
		switch g.Cause {
		case sdk.CauseOutcome, sdk.CauseGap, sdk.CauseNoOutcome, sdk.CauseBroken:
			return false
		}
		return true
	}
	if len(gaps) == 0 || slices.ContainsFunc(gaps, vague) {
		return words
	}
	return ""
}

// empty says what may be said of a section without items of its own, and names
// those of other headings that belong to it.
func (p *page) empty(words string, items, retracted int, elsewhere []sdk.Item) {
	if words != "" && items == 0 {
		if len(elsewhere) > 0 {
			words += " under this heading itself"
		}
		if retracted > 0 {
			words += " besides what was retracted"
		}
		p.indented(paint.Plain, "  ", sentence(words))
	}
	for _, item := range elsewhere {
		p.indented(paint.Bold, "  ", fmt.Sprintf("Recorded as %s, belongs here too: %s (%s)",
			sdk.SectionName(item.GetHeader().GetSection()), title(item), item.GetHeader().GetRegionId()))
	}
}

func (p *page) narratives(narratives []*lhcrv1.Narrative) {
	for _, n := range narratives {
		if n.GetText() == "" {
			continue
		}
		p.indented(paint.Bold, "  ", strings.TrimSpace("As text: "+n.GetHeading()))
		p.indented(paint.Plain, "    ", n.GetText())
	}
}

// remarks are the notes of the sources on the section, and why a list is empty.
func (p *page) remarks(outcomes []*lhcrv1.SectionOutcome) {
	for _, o := range outcomes {
		if reason := o.GetEmptyReason().GetDisplay(); reason != "" {
			p.indented(paint.Plain, "  ", fmt.Sprintf("%s says why its list is empty: %s", o.GetRegionId(), reason))
		}
		for _, n := range o.GetNotes() {
			p.indented(paint.Plain, "  ", fmt.Sprintf("%s notes: %s", o.GetRegionId(), n.GetText()))
		}
	}
}
