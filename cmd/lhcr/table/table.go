// Package table lays rows out under headings within a width.
package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
)

const (
	gap     = "  "
	narrow  = 8
	noteLed = "   "
)

// Row is one row.
type Row struct {
	// Cells stand under the headings, from the left.
	Cells []string
	// Notes stand under the row, over the whole width.
	Notes []string
	// Style is how the row looks.
	Style paint.Style
}

// Table is rows under headings. A column in which no row says anything is left out.
type Table struct {
	headings []string
	rows     []Row
}

// New makes a table with these headings.
func New(headings ...string) *Table { return &Table{headings: headings} }

// Add adds a row.
func (t *Table) Add(r Row) {
	for i, c := range r.Cells {
		r.Cells[i] = strings.Join(strings.Fields(paint.Clean(c)), " ")
	}
	t.rows = append(t.rows, r)
}

// Empty says whether the table has no row.
func (t *Table) Empty() bool { return len(t.rows) == 0 }

// Render lays the table out within a width in characters, one line break after each line.
func (t *Table) Render(width int, p paint.Paint) string {
	columns := t.used()
	widths := t.widths(columns, width)
	var b strings.Builder
	line(&b, p, paint.Bold, widths, pick(t.headings, columns))
	for _, r := range t.rows {
		line(&b, p, r.Style, widths, pick(r.Cells, columns))
		for _, n := range r.Notes {
			b.WriteString(Indented(n, noteLed, width))
		}
	}
	return b.String()
}

// used are the columns in which some row says something.
func (t *Table) used() []int {
	var columns []int
	for i := range t.headings {
		if slices.ContainsFunc(t.rows, func(r Row) bool { return i < len(r.Cells) && r.Cells[i] != "" }) {
			columns = append(columns, i)
		}
	}
	return columns
}

func pick(cells []string, columns []int) []string {
	picked := make([]string, len(columns))
	for i, c := range columns {
		if c < len(cells) {
			picked[i] = cells[c]
		}
	}
	return picked
}

// widths gives each column what it needs, and takes from the widest until all fit.
func (t *Table) widths(columns []int, width int) []int {
	widths := make([]int, len(columns))
	total := len(gap) * (len(columns) - 1)
	for i, c := range columns {
		widths[i] = utf8.RuneCountInString(t.headings[c])
		for _, r := range t.rows {
			if c < len(r.Cells) {
				widths[i] = max(widths[i], utf8.RuneCountInString(r.Cells[c]))
			}
		}
		total += widths[i]
	}
	for total > width {
		widest := 0
		for i, w := range widths {
			if w > widths[widest] {
				widest = i
			}
		}
		if len(widths) == 0 || widths[widest] <= narrow {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

// line writes one row, on as many lines as its longest cell needs.
func line(b *strings.Builder, p paint.Paint, style paint.Style, widths []int, cells []string) {
	wrapped := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		wrapped[i] = Wrap(c, widths[i])
		height = max(height, len(wrapped[i]))
	}
	for n := range height {
		var text strings.Builder
		for i := range cells {
			cell := ""
			if n < len(wrapped[i]) {
				cell = wrapped[i][n]
			}
			pad := widths[i] - utf8.RuneCountInString(cell) + len(gap)
			if i == len(cells)-1 {
				pad = 0
			}
			text.WriteString(p.In(style, cell) + strings.Repeat(" ", pad))
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
}

// Wrap breaks a text into lines of at most width characters, between words where it can.
func Wrap(text string, width int) []string {
	var lines []string
	current := ""
	for _, word := range strings.Fields(text) {
		for utf8.RuneCountInString(word) > width {
			if current != "" {
				lines, current = append(lines, current), ""
			}
			runes := []rune(word)
			lines, word = append(lines, string(runes[:width])), string(runes[width:])
		}
		switch {
		case current == "":
			current = word
		case utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) <= width:
			current += " " + word
		default:
			lines, current = append(lines, current), word
		}
	}
	if current != "" {
		lines = append(lines, current)
	}
	return lines
}

// Indented wraps a text, its own line breaks kept, behind a lead, below which the
// further lines stand.
func Indented(text, lead string, width int) string {
	var b strings.Builder
	indent := utf8.RuneCountInString(lead)
	for paragraph := range strings.SplitSeq(paint.Clean(text), "\n") {
		for _, l := range Wrap(paragraph, max(narrow, width-indent)) {
			b.WriteString(lead + l + "\n")
			lead = strings.Repeat(" ", indent)
		}
	}
	return b.String()
}
