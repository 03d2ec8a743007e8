package allowlist

import (
	"encoding/csv"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// CSV is a list under its headings (RFC 4180), sorted. A cell that a spreadsheet would
// take for a formula begins with an apostrophe, as spreadsheets themselves write such a
// text; [Read] takes it off.
func CSV(list []*lhcrv1.NetworkEndpoint) string {
	rows := [][]string{columns[:]}
	for _, e := range sorted(append([]*lhcrv1.NetworkEndpoint{}, list...)) {
		rows = append(rows, row(e))
	}
	return written(rows)
}

// ChangesCSV is what has changed, each row with "added", "removed", "changed from" or
// "changed to" in front.
func ChangesCSV(c Changes) string {
	rows := [][]string{append([]string{"change"}, columns[:]...)}
	add := func(what string, e *lhcrv1.NetworkEndpoint) { rows = append(rows, append([]string{what}, row(e)...)) }
	for _, e := range c.Added {
		add("added", e)
	}
	for _, e := range c.Removed {
		add("removed", e)
	}
	for _, one := range c.Changed {
		add("changed from", one.Before)
		add("changed to", one.After)
	}
	return written(rows)
}

func written(rows [][]string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, cells := range rows {
		safe := make([]string, len(cells))
		for i, cell := range cells {
			safe[i] = harmless(cell)
		}
		_ = w.Write(safe) // a strings.Builder takes everything
	}
	w.Flush()
	return b.String()
}

// formula are the characters with which a spreadsheet begins a formula.
const formula = "=+-@\t\r\n"

func harmless(cell string) string {
	if cell != "" && strings.ContainsAny(cell[:1], formula) {
		return "'" + cell
	}
	return cell
}

func plain(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != "" && strings.ContainsAny(rest[:1], formula) {
		return rest
	}
	return cell
}

// Headings are those of a list, for a table.
func Headings() []string {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = strings.ToUpper(c[:1]) + c[1:]
	}
	return titles
}

// Cells are an address under [Headings].
func Cells(e *lhcrv1.NetworkEndpoint) []string { return row(e) }
