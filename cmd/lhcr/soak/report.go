package soak

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Report is what a soak found. It names no patient.
type Report struct {
	// Version, Go, System and Processors are what ran, and on what.
	Version, Go, System string
	Processors          int
	// For, Rate and Seed are the soak's options.
	For  time.Duration
	Rate float64
	Seed uint64
	// Store is what kept answers.
	Store string
	// Before and After are the process before anything ran and after all of it ended.
	Before, After process

	figures
}

// Good says that no rule was broken and nothing leaked.
func (r *Report) Good() bool { return len(r.violations) == 0 && !r.leaked() }

func (r *Report) leaked() bool { return !r.After.back(r.Before) }

// Verdict is the report in a line.
func (r *Report) Verdict() string {
	if r.Good() {
		return fmt.Sprintf("%d calls, no violation, nothing leaked", r.calls())
	}
	broken := 0
	for _, n := range r.violations {
		broken += n
	}
	return fmt.Sprintf("%d calls, %d violations, leaked: %t", r.calls(), broken, r.leaked())
}

func (r *Report) calls() (n int) {
	for _, results := range r.results {
		for _, count := range results {
			n += count
		}
	}
	return n
}

// Markdown is the whole report.
func (r *Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, seed %d, %g calls a second for %s; %s; version %s, %s, %s, %d processors.\n\n**%s.**\n\n",
		"Simulated regions and gateway in one process", r.Seed, r.Rate, r.For, r.Store, r.Version, r.Go, r.System, r.Processors, r.Verdict())
	for _, part := range []func(*strings.Builder){r.writeCalls, r.writeOutcomes, r.writeProcess, r.writeFaults, r.writeRules} {
		part(&b)
	}
	return b.String()
}

func (r *Report) writeCalls(b *strings.Builder) {
	b.WriteString("| calls | number | shed | median | 95 % | 99 % | longest |\n|---|---|---|---|---|---|---|\n")
	for _, k := range kinds() {
		total := 0
		for _, n := range r.results[k] {
			total += n
		}
		took := r.took[k]
		fmt.Fprintf(b, "| %s | %d | %d | %s | %s | %s | %s |\n", k, total, r.results[k][lhcrv1.ErrorReason_ERROR_REASON_OVERLOADED.String()],
			round(centile(took, 0.5)), round(centile(took, 0.95)), round(centile(took, 0.99)), round(centile(took, 1)))
	}
	fmt.Fprintf(b, "\nTimes are of callers who wait, from when the call was due. Not sent, because %d calls were under way: %d.\n\n| how they ended | number |\n|---|---|\n", mostCalls, r.notSent)
	for _, row := range r.endings() {
		fmt.Fprintf(b, "| %s | %d |\n", row.name, row.n)
	}
	b.WriteString("\n")
}

// counted is a row of a table.
type counted struct {
	name string
	n    int
}

func (r *Report) endings() []counted {
	var rows []counted
	for k, results := range r.results {
		for how, n := range results {
			rows = append(rows, counted{string(k) + ": " + plain(how), n})
		}
	}
	slices.SortFunc(rows, func(x, y counted) int { return cmp.Compare(x.name, y.name) })
	return rows
}

// plain is an enum's name without its type's.
func plain(name string) string {
	for _, prefix := range []string{"COMPLETENESS_", "ERROR_REASON_", "OUTCOME_STATUS_"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return name
}

func (r *Report) writeOutcomes(b *strings.Builder) {
	b.WriteString("| outcomes of sections | number | from the cache |\n|---|---|---|\n")
	for _, s := range slices.Sorted(maps.Keys(r.statuses)) {
		fmt.Fprintf(b, "| %s | %d | %.1f %% |\n", plain(s), r.statuses[s], 100*float64(r.cached[s])/float64(r.statuses[s]))
	}
	b.WriteString("\n")
}

func (r *Report) writeProcess(b *strings.Builder) {
	b.WriteString("| this process, callers and regions included | goroutines | heap | resident | most ever resident |\n|---|---|---|---|---|\n")
	for _, row := range []struct {
		name string
		p    process
	}{{"before", r.Before}, {"at its most", r.peak}, {"after", r.After}} {
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s |\n", row.name, row.p.goroutines, megabytes(row.p.heap), megabytes(row.p.resident), megabytes(row.p.mostEver))
	}
	b.WriteString("\n")
}

func (r *Report) writeFaults(b *strings.Builder) {
	b.WriteString("| what was made to fail | times |\n|---|---|\n")
	for _, what := range slices.Sorted(maps.Keys(r.faults)) {
		fmt.Fprintf(b, "| %s | %d |\n", what, r.faults[what])
	}
	b.WriteString("\n")
}

func (r *Report) writeRules(b *strings.Builder) {
	b.WriteString("| rule | broken |\n|---|---|\n")
	for _, rule := range rules.All() {
		fmt.Fprintf(b, "| %s | %d |\n", rule, r.violations[rule])
	}
	fmt.Fprintf(b, "| goroutines and memory return to where they were | %d |\n", map[bool]int{true: 1}[r.leaked()])
	for _, rule := range rules.All() {
		for _, e := range r.examples[rule] {
			fmt.Fprintf(b, "\n- %s: call %d: %s", rule, e.call, e.detail)
		}
	}
}

// round keeps three digits, which is more than a machine repeats.
func round(d time.Duration) time.Duration {
	switch {
	case d > time.Second:
		return d.Round(10 * time.Millisecond)
	case d > 10*time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Microsecond)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
