package table_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
)

func TestTableWrapsCellsWithinTheWidth(t *testing.T) {
	tb := table.New("Medicine", "Dose", "Unused", "Region")
	tb.Add(table.Row{Cells: []string{"Amlodipine 5mg tablets", "one to be taken each morning with water", "", "dorset"}, Notes: []string{"a note that is longer than the width of all"}})
	tb.Add(table.Row{Cells: []string{"Digoxin", "one", "", "yorkshire"}, Style: paint.Struck})
	want := strings.Join([]string{
		"Medicine       Dose            Region",
		"Amlodipine     one to be       dorset",
		"5mg tablets    taken each",
		"               morning with",
		"               water",
		"   a note that is longer than the width",
		"   of all",
		"Digoxin        one             yorkshire",
	}, "\n") + "\n"
	got := tb.Render(40, paint.Paint{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestNoLineExceedsTheWidth(t *testing.T) {
	tb := table.New("What", "Says")
	tb.Add(table.Row{Cells: []string{strings.Repeat("x", 100), strings.Repeat("ärger ", 30)}})
	for _, width := range []int{30, 60, 119} {
		for line := range strings.Lines(tb.Render(width, paint.Paint{})) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("at width %d a line has %d characters", width, n)
			}
		}
	}
}

func TestNothingIsLostInWrapping(t *testing.T) {
	text := "one  two\tthree-and-a-very-long-word-that-must-be-broken four"
	got := strings.Join(table.Wrap(text, 10), "")
	if want := strings.Join(strings.Fields(text), ""); strings.ReplaceAll(got, " ", "") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestControlCharactersOfARecordDoNotReachTheTerminal(t *testing.T) {
	tb := table.New("What")
	tb.Add(table.Row{Cells: []string{"\x1b[2Jall\u202egone\x07"}, Notes: []string{"\x1b[31mred"}})
	for _, r := range tb.Render(80, paint.Paint{}) {
		if r != '\n' && (r < ' ' || r == '\u202e') {
			t.Errorf("the character %U came through", r)
		}
	}
}

func TestPaintOnlyWithColour(t *testing.T) {
	tb := table.New("What")
	tb.Add(table.Row{Cells: []string{"Latex"}, Style: paint.Struck})
	if got := tb.Render(80, paint.Paint{}); strings.Contains(got, "\x1b") {
		t.Errorf("colour without asking: %q", got)
	}
	if got := tb.Render(80, paint.Paint{Colour: true}); !strings.Contains(got, "\x1b[9mLatex\x1b[0m") {
		t.Errorf("a struck row is not struck: %q", got)
	}
}
