package docs_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// words are the values of a label of ours, where it has no others.
func words() map[string][]string {
	return map[string][]string{
		"lhcr_admission_refusals_total.cause":  text(load.Causes()),
		"lhcr_cache_failures_total.cause":      text(cache.Causes()),
		"lhcr_cache_fills_total.layer":         text(cache.Layers()),
		"lhcr_cache_fills_total.result":        text(cache.FillResults()),
		"lhcr_cache_purges_total.result":       text(cache.PurgeResults()),
		"lhcr_cache_reads_total.result":        text(cache.LookResults()),
		"lhcr_cache_values_total.layer":        append(text(cache.Layers()), "none"),
		"lhcr_cached_sections_total.result":    {"hit", "miss"},
		"lhcr_region_breaker_changes_total.to": {"closed", "open", "half_open"},
		"lhcr_region_checks_total.result":      telemetry.HealthWords(),
		"lhcr_region_health.status":            telemetry.HealthWords(),
		"lhcr_region_refusals_total.why":       text([]guard.Refusal{guard.BreakerOpen, guard.QueueFull, guard.QueueTimeout}),
		"lhcr_region_retries_total.decision":   text([]guard.Retry{guard.AskedAgain, guard.OverBudget, guard.NoTime}),
		"lhcr_reloads_total.result":            {"ok", "failed"},
		"lhcr_tokens_verified_total.from":      {"signature", "kept"},
		"lhcr_region_calls_total.outcome":      append(codeNames(), "healthy", "degraded"),
		"lhcr_call_refusals_total.reason":      names(lhcrv1.ErrorReason(0).Descriptor()),
		"lhcr_calls_total.code":                codeNames(),
		"lhcr_calls_unread_total.code":         codeNames(),
		"lhcr_region_attempts_total.code":      codeNames(),
		"lhcr_calls_total.method":              methods(),
		"lhcr_call_refusals_total.method":      methods(),
		"lhcr_call_duration_seconds.method":    methods(),
		"lhcr_request_bytes.method":            methods(),
		"lhcr_response_bytes.method":           methods(),
		"lhcr_parts_total.method":              methods(),
	}
}

// toldInFull are those of which the table of metrics names every value.
func toldInFull(key string) bool {
	_, label, _ := strings.Cut(key, ".")
	return !slices.Contains([]string{"code", "method", "outcome", "reason"}, label)
}

func text[T ~string](all []T) (words []string) {
	for _, v := range all {
		words = append(words, string(v))
	}
	return words
}

func codeNames() (all []string) {
	for c := codes.OK; c <= codes.Unauthenticated; c++ {
		all = append(all, c.String())
	}
	return all
}

func names(enum protoreflect.EnumDescriptor) (all []string) {
	for i := range enum.Values().Len() {
		all = append(all, string(enum.Values().Get(i).Name()))
	}
	return all
}

func methods() (all []string) {
	protoregistry.GlobalFiles.RangeFilesByPackage("lhcr.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				all = append(all, fmt.Sprintf("/%s/%s", service.FullName(), service.Methods().Get(j).Name()))
			}
		}
		return true
	})
	return all
}

var (
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	selector  = regexp.MustCompile(`\b(lhcr_[a-z_]+)\{((?:[^}"]|"(?:[^"\\]|\\.)*")*)\}`)
	matcher   = regexp.MustCompile(`^\s*([a-zA-Z_]+)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)`)
	grouping  = regexp.MustCompile(`\b(?:by|without|on|ignoring)\s*\(([^)]*)\)\s*(\()?`)
	variables = regexp.MustCompile(`label_values\((\w+)[^,]*, *(\w+)\)`)
	operators = regexp.MustCompile(`(?:^|[-+*/%^<>=!({\[,]|\b(?:and|or|unless))\s*(?:[*/%^<>=)]|!=|\b(?:and|or|unless)\b)|(?:[-+*/%^<>=!,]|\b(?:and|or|unless|by|without))\s*$`)
	compared  = strings.NewReplacer("==", "=", "!=", "=", ">=", ">", "<=", "<", "()", "(x)")
)

// wrong says what is wrong with a query. It is no parser: brackets, operators, labels
// and their values are looked at. The parser of Prometheus itself reads it beside this
// (.ci/tools/promql).
func wrong(expr string) (found []string) {
	bare := compared.Replace(quoted.ReplaceAllString(expr, `x`))
	if operators.MatchString(strings.TrimSpace(bare)) || !balanced(bare) {
		found = append(found, "it is no expression")
	}
	return append(append(found, wrongMatchers(expr)...), wrongGroups(expr)...)
}

func balanced(expr string) bool {
	var open []rune
	closes := map[rune]rune{')': '(', ']': '[', '}': '{'}
	for _, r := range expr {
		switch opener, closing := closes[r]; {
		case strings.ContainsRune("([{", r):
			open = append(open, r)
		case closing && (len(open) == 0 || open[len(open)-1] != opener):
			return false
		case closing:
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// wrongMatchers are the labels, and the values of labels, by which a query selects and
// that there are none of.
func wrongMatchers(expr string) (found []string) {
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		rest := s[2]
		for strings.TrimSpace(rest) != "" {
			m := matcher.FindStringSubmatch(rest)
			if m == nil {
				found = append(found, "it selects by "+rest)
				break
			}
			rest = rest[len(m[0]):]
			if !hasLabel(s[1], m[1]) {
				found = append(found, s[1]+" has no label "+m[1])
			}
			found = append(found, wrongValues(familyOf(s[1])+"."+m[1], m[2], m[3])...)
		}
	}
	return found
}

func wrongValues(key, operator, value string) (found []string) {
	there, closed := words()[key]
	if !closed || strings.HasPrefix(value, "$") {
		return nil
	}
	alternatives := []string{value}
	if strings.HasSuffix(operator, "~") {
		alternatives = strings.Split(value, "|")
	}
	for _, a := range alternatives {
		pattern, err := regexp.Compile("^(?:" + a + ")$")
		if err != nil || !slices.ContainsFunc(there, pattern.MatchString) {
			found = append(found, key+" is never "+a)
		}
	}
	return found
}

// wrongGroups are the labels by which a query groups what has no such label.
func wrongGroups(expr string) (found []string) {
	for _, at := range grouping.FindAllStringSubmatchIndex(expr, -1) {
		inside := expr
		if at[4] >= 0 {
			inside = expr[at[4]:closing(expr, at[4])]
		}
		for _, name := range metricName.FindAllString(quoted.ReplaceAllString(inside, ""), -1) {
			for label := range strings.SplitSeq(expr[at[2]:at[3]], ",") {
				if !hasLabel(name, strings.TrimSpace(label)) {
					found = append(found, name+" cannot be grouped by "+label)
				}
			}
		}
	}
	return found
}

// closing is where the bracket ends that opens at a place.
func closing(expr string, from int) int {
	for end, depth := from, 0; end < len(expr); end++ {
		switch expr[end] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			return end
		}
	}
	return len(expr)
}

// familyOf is the metric of which a name is, or is a part.
func familyOf(name string) string {
	known := families()
	for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
		if _, ok := known[strings.TrimSuffix(name, suffix)]; ok {
			return strings.TrimSuffix(name, suffix)
		}
	}
	return name
}

func hasLabel(name, label string) bool {
	given := []string{"job", "instance"} // by Prometheus, to everything that it scrapes
	if strings.HasSuffix(name, "_bucket") {
		given = append(given, "le")
	}
	return slices.Contains(append(given, families()[familyOf(name)]...), label)
}

func TestEveryQueryAsksForLabelsAndValuesThatExist(t *testing.T) {
	queries := map[string]string{}
	for _, a := range alerts(t) {
		queries["alert "+a.Alert] = a.Expr
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(kit(t, "dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	for _, p := range board.Panels {
		for i, target := range p.Targets {
			queries[fmt.Sprintf("panel %q %d", p.Title, i)] = target.Expr
		}
	}
	if len(queries) < 50 {
		t.Errorf("only %d queries were found", len(queries))
	}
	for where, expr := range queries {
		for _, w := range wrong(expr) {
			t.Errorf("%s: %s", where, w)
		}
	}
}

func TestTheDashboardsVariablesAreLabelsThatExist(t *testing.T) {
	found := variables.FindAllStringSubmatch(kit(t, "dashboard.json"), -1)
	if len(found) == 0 {
		t.Error("it has no variable")
	}
	for _, m := range found {
		if !hasLabel(m[1], m[2]) {
			t.Errorf("%s has no label %s", m[1], m[2])
		}
	}
}

func TestTextsNameLabelsAndValuesThatExist(t *testing.T) {
	for path, text := range documents(t) {
		for _, w := range wrongMatchers(text) {
			t.Errorf("%s: %s", path, w)
		}
	}
}

// Whoever sees a word in a metric finds it in the table.
func TestTheTableOfMetricsTellsEveryValue(t *testing.T) {
	text, rows := documents(t)["docs/operating.md"], map[string]string{}
	for _, m := range metricRow.FindAllStringSubmatch(text, -1) {
		if rows[m[1]] = m[3]; strings.Contains(m[3], "(#causes)") {
			_, rows[m[1]], _ = strings.Cut(text, "\n### Causes\n")
		}
	}
	for key, values := range words() {
		metric, label, _ := strings.Cut(key, ".")
		if !hasLabel(metric, label) {
			t.Errorf("%s has no label %s", metric, label)
		}
		for _, v := range values {
			if toldInFull(key) && !strings.Contains(rows[metric], "`"+v+"`") {
				t.Errorf("the row of %s does not tell %s", metric, v)
			}
		}
	}
}

func TestWrongQueriesAreFound(t *testing.T) {
	for _, expr := range []string{
		`sum by (region) (rate(lhcr_region_refusals_total{why=~"queue_full|queue_timeout"}[5m])) > 0.1`,
		`up{job="openlhcr"} == 0 or lhcr_serving == 0`,
		`histogram_quantile(0.99, sum by (le, region) (rate(lhcr_region_queue_seconds_bucket{instance=~"$instance"}[5m]))) > -1`,
		`min by (certificate) (lhcr_certificate_expiry_timestamp_seconds) - time() < 14 * 86400`,
		`lhcr_memory_used_bytes / (lhcr_memory_limit_bytes > 0) > 0.85`,
		`sum(rate(lhcr_call_refusals_total{reason=~"ERROR_REASON_TOKEN_.*"}[5m]))`,
	} {
		if got := wrong(expr); got != nil {
			t.Errorf("%s: %v", expr, got)
		}
	}
	for _, expr := range []string{
		`lhcr_cache_purges_total{result="resurrected"} > 0`,
		`sum by (region) (rate(lhcr_region_refusals_total{why=~"nope|queue_timeout"}[5m])) > 0.1`,
		`sum by (nolabel) (rate(lhcr_region_refusals_total[5m]))`,
		`sum by (le) (rate(lhcr_region_queue_seconds_sum[5m]))`,
		`rate(lhcr_cached_sections_total{result="nohit"}[5m])`,
		`rate(lhcr_cached_sections_total{outcome="hit"}[5m])`,
		`lhcr_call_duration_seconds_count{method="/lhcr.v1.RecordService/Nope"}`,
		`lhcr_calls_total{code=~"OK|Nope"}`, `lhcr_calls_total{code=OK}`,
		`sum(rate(lhcr_calls_total[5m])`, `sum(lhcr_serving]`, `lhcr_serving >`, `lhcr_serving > / 2`, `/ lhcr_serving`,
		`lhcr_serving and or up`, `lhcr_serving or`, `sum(lhcr_serving > )`,
	} {
		if wrong(expr) == nil {
			t.Errorf("%s is taken", expr)
		}
	}
	if !slices.ContainsFunc(telemetry.Families(), func(f telemetry.Family) bool { return f.Name == "lhcr_serving" }) {
		t.Error("the tests above are of metrics that do not exist")
	}
}
