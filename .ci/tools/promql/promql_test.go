// Package promql_test reads the queries of the dashboard and of the alert rules with the
// parser of Prometheus itself, and compares the labels that they use with those that
// docs/operating.md says there are. That document is compared with the metrics that exist
// by a test beside it.
package promql_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

const docs = "../../../docs"

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{docs}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// query is an expression and where it stands.
type query struct{ where, expr string }

type ruleFile struct {
	Groups []struct {
		Name  string
		Rules []struct {
			Alert, Expr         string
			For                 string
			Labels, Annotations map[string]string
		}
	}
}

func rules(t *testing.T) (all []query) {
	t.Helper()
	var file ruleFile
	decoder := yaml.NewDecoder(strings.NewReader(string(read(t, "operating", "alerts.yaml"))))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			all = append(all, query{rule.Alert, rule.Expr})
			if _, err := time.ParseDuration(rule.For); rule.For != "" && err != nil {
				t.Errorf("%s: for: %v", rule.Alert, err)
			}
		}
	}
	return all
}

func panels(t *testing.T) (all []query) {
	t.Helper()
	var file struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(read(t, "operating", "dashboard.json"), &file); err != nil {
		t.Fatal(err)
	}
	for _, panel := range file.Panels {
		for _, target := range panel.Targets {
			all = append(all, query{panel.Title, target.Expr})
		}
	}
	return all
}

// row is a row of the table of metrics: name, labels, meaning.
var row = regexp.MustCompile("(?m)^\\| `(lhcr_[a-z_]+)` \\| ([^|]*) \\|")

// documented are the labels of each metric.
func documented(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(string(read(t, "operating.md")), -1) {
		all[m[1]] = nil
		for label := range strings.SplitSeq(m[2], ",") {
			if label = strings.TrimSpace(label); label != "" {
				all[m[1]] = append(all[m[1]], label)
			}
		}
	}
	if len(all) == 0 {
		t.Fatal("docs/operating.md has no table of metrics")
	}
	return all
}

// always are the labels that Prometheus gives to everything that it scrapes, and that of buckets.
var always = []string{"__name__", "job", "instance", "le"}

func TestEveryQueryIsPromQLOverLabelsThatExist(t *testing.T) {
	known := documented(t)
	queries := append(rules(t), panels(t)...)
	if len(queries) < 20 {
		t.Fatalf("only %d queries were found", len(queries))
	}
	for _, q := range queries {
		expr, err := parser.ParseExpr(q.expr)
		if err != nil {
			t.Errorf("%s: %v", q.where, err)
			continue
		}
		for _, wrong := range strangers(expr, known) {
			t.Errorf("%s: %s", q.where, wrong)
		}
	}
}

// strangers are the metrics and labels of an expression that do not exist.
func strangers(expr parser.Expr, known map[string][]string) (wrong []string) {
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			labels, ours := labelsOf(n.Name, known)
			if !ours && strings.HasPrefix(n.Name, "lhcr_") {
				wrong = append(wrong, "there is no metric "+n.Name)
			}
			for _, m := range n.LabelMatchers {
				if ours && !slices.Contains(append(labels, always...), m.Name) {
					wrong = append(wrong, n.Name+" has no label "+m.Name)
				}
			}
		case *parser.AggregateExpr:
			wrong = append(wrong, ungrouped(n, known)...)
		}
		return nil
	})
	return wrong
}

// ungrouped are the labels by which an aggregation groups and that what it aggregates has not.
func ungrouped(n *parser.AggregateExpr, known map[string][]string) (wrong []string) {
	for _, selectors := range parser.ExtractSelectors(n.Expr) {
		for _, m := range selectors {
			labels, ours := labelsOf(m.Value, known)
			for _, by := range n.Grouping {
				if m.Name == "__name__" && ours && !slices.Contains(append(labels, always...), by) {
					wrong = append(wrong, m.Value+" cannot be grouped by "+by)
				}
			}
		}
	}
	return wrong
}

// labelsOf are the labels of a metric, or of the histogram that it is a part of.
func labelsOf(name string, known map[string][]string) (labels []string, ours bool) {
	for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
		if labels, ours = known[strings.TrimSuffix(name, suffix)]; ours {
			return labels, true
		}
	}
	return nil, false
}

func TestStrangersAreFound(t *testing.T) {
	known := map[string][]string{"lhcr_a_total": {"region"}, "lhcr_b_seconds": nil}
	tests := map[string]bool{
		`sum by (region) (rate(lhcr_a_total{instance=~"x"}[5m]))`:                true,
		`histogram_quantile(0.9, sum by (le) (rate(lhcr_b_seconds_bucket[5m])))`: true,
		`up == 0`:                       true,
		`lhcr_c_total > 0`:              false,
		`lhcr_a_total{method="x"} > 0`:  false,
		`sum by (method)(lhcr_a_total)`: false,
	}
	for text, good := range tests {
		expr, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := strangers(expr, known); (got == nil) != good {
			t.Errorf("%s: %v", text, got)
		}
	}
}
