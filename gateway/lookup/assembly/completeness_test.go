package assembly_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// completenessTable is the completeness of every pair of outcomes without gap,
// warning or truncation, as contract rule 2 has it: C(omplete), N(o record found),
// A: none available, P(artial). A pair of equals stands for one outcome too.
const completenessTable = `
                  RET TXT NON NOT HEL SUP WIT REF UNA INV IDM
RETURNED           C   C   C   C   C   C   P   P   P   P   P
RETURNED_AS_TEXT   C   C   C   C   C   C   P   P   P   P   P
ASSERTED_NONE      C   C   C   C   C   C   P   P   P   P   P
NOTHING_RECORDED   C   C   C   C   C   C   P   P   P   P   P
NOT_HELD           C   C   C   C   N   N   A   A   A   A   A
NOT_SUPPORTED      C   C   C   C   N   N   A   A   A   A   A
WITHHELD           P   P   P   P   A   A   A   A   A   A   A
REFUSED            P   P   P   P   A   A   A   A   A   A   A
UNAVAILABLE        P   P   P   P   A   A   A   A   A   A   A
INVALID            P   P   P   P   A   A   A   A   A   A   A
IDENTITY_MISMATCH  P   P   P   P   A   A   A   A   A   A   A`

var completenessLetters = map[string]lhcrv1.Completeness{
	"C": lhcrv1.Completeness_COMPLETENESS_COMPLETE,
	"N": lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND,
	"A": lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE,
	"P": lhcrv1.Completeness_COMPLETENESS_PARTIAL,
}

func tallyOf(flawed bool, statuses ...lhcrv1.OutcomeStatus) lhcrv1.Completeness {
	var whole assembly.Tally
	for _, s := range statuses {
		var one assembly.Tally
		one.Add(s, flawed)
		whole.Merge(one)
	}
	return whole.Completeness()
}

// everyStatus lists the statuses by number, in the order of the table's columns.
func everyStatus(t *testing.T) []lhcrv1.OutcomeStatus {
	t.Helper()
	var all []lhcrv1.OutcomeStatus
	for n := range int32(len(lhcrv1.OutcomeStatus_name)) {
		if n > 0 {
			all = append(all, lhcrv1.OutcomeStatus(n))
		}
	}
	return all
}

func TestCompletenessIsTheContractsTable(t *testing.T) {
	columns := everyStatus(t)
	rows := strings.Split(strings.TrimSpace(completenessTable), "\n")[1:]
	if len(rows) != len(columns) {
		t.Fatalf("the table has %d rows for %d statuses", len(rows), len(columns))
	}
	for i, line := range rows {
		cells := strings.Fields(line)
		row := lhcrv1.OutcomeStatus(lhcrv1.OutcomeStatus_value["OUTCOME_STATUS_"+cells[0]])
		if row != columns[i] || len(cells) != len(columns)+1 {
			t.Fatalf("row %d of the table is not that of %v", i, columns[i])
		}
		for j, cell := range cells[1:] {
			if got, want := tallyOf(false, row, columns[j]), completenessLetters[cell]; got != want {
				t.Errorf("%v beside %v is %v, want %v", row, columns[j], got, want)
			}
		}
	}
}

// Three different classes of outcome meet only in triples.
func TestCompletenessOfThreeOutcomes(t *testing.T) {
	columns := everyStatus(t)
	for _, a := range columns {
		for _, b := range columns {
			for _, c := range columns {
				pairs := []lhcrv1.Completeness{tallyOf(false, a, b), tallyOf(false, b, c), tallyOf(false, a, c)}
				got := tallyOf(false, a, b, c)
				for _, pair := range pairs {
					if pair == lhcrv1.Completeness_COMPLETENESS_PARTIAL && got != pair {
						t.Errorf("%v, %v, %v is %v though two of them are partial", a, b, c, got)
					}
					if got == lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND && pair != got {
						t.Errorf("%v, %v, %v is no record found though two of them are %v", a, b, c, pair)
					}
				}
			}
		}
	}
}

func TestNothingWithAFlawIsComplete(t *testing.T) {
	columns := everyStatus(t)
	for _, flawed := range columns {
		for _, beside := range columns {
			var tally assembly.Tally
			tally.Add(beside, false)
			tally.Add(flawed, true)
			if got := tally.Completeness(); got == lhcrv1.Completeness_COMPLETENESS_COMPLETE {
				t.Errorf("%v with a gap beside %v is complete", flawed, beside)
			}
		}
	}
	if got := tallyOf(true, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED); got != lhcrv1.Completeness_COMPLETENESS_PARTIAL {
		t.Errorf("RETURNED with a gap is %v, want partial", got)
	}
}

func TestWhatTheTableDoesNotNameIsPartial(t *testing.T) {
	tests := map[string][]lhcrv1.OutcomeStatus{
		"no outcome":              nil,
		"an unspecified status":   {lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED},
		"a status of tomorrow":    {lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, 99},
		"only a status not known": {99},
	}
	for name, statuses := range tests {
		if got := tallyOf(false, statuses...); got != lhcrv1.Completeness_COMPLETENESS_PARTIAL {
			t.Errorf("%s is %v, want partial", name, got)
		}
	}
}
