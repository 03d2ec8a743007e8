package docs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
)

var (
	metricRow  = regexp.MustCompile("(?m)^\\| `(lhcr_[a-z_]+)` \\| ([^|]*) \\| (.+) \\|$")
	metricName = regexp.MustCompile(`\blhcr_[a-z_]+`)
	heading    = regexp.MustCompile(`(?m)^#+ (.+)$`)
	anchorLink = regexp.MustCompile(`\]\(([^)#:]*)#([^)]+)\)`)
)

// kit are the files of docs/operating, by name.
func kit(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile("operating/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// families are the labels of every metric that the gateway tells.
func families() map[string][]string {
	all := map[string][]string{}
	for _, f := range telemetry.Families() {
		all[f.Name] = slices.Sorted(slices.Values(f.Labels))
	}
	return all
}

func TestTheTableOfMetricsIsWhatTheGatewayTells(t *testing.T) {
	documented := map[string][]string{}
	for _, m := range metricRow.FindAllStringSubmatch(documents(t)["docs/operating.md"], -1) {
		labels := strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' || r == ' ' })
		slices.Sort(labels)
		if documented[m[1]] = labels; len(labels) == 0 {
			documented[m[1]] = nil
		}
	}
	if diff := cmp.Diff(families(), documented); diff != "" {
		t.Errorf("metrics and their labels (-those there are +those documented):\n%s", diff)
	}
}

func TestTheKitNamesMetricsThatExist(t *testing.T) {
	known := families()
	for _, file := range []string{"dashboard.json", "alerts.yaml", "runbook.md"} {
		names := metricName.FindAllString(kit(t, file), -1)
		if len(names) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, name := range names {
			if !isMetric(known, name) {
				t.Errorf("%s names %s, which does not exist", file, name)
			}
		}
	}
}

// isMetric says whether a name is that of a metric, or of a part of a histogram.
func isMetric(known map[string][]string, name string) bool {
	return slices.ContainsFunc([]string{"", "_bucket", "_sum", "_count"}, func(suffix string) bool {
		_, ok := known[strings.TrimSuffix(name, suffix)]
		return ok
	})
}

func TestTheDashboardCanBeImported(t *testing.T) {
	var board struct {
		UID, Title string
		Panels     []struct {
			ID          int
			Type, Title string
			Targets     []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(kit(t, "dashboard.json")), &board); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, p := range board.Panels {
		if p.Type != "row" && (p.Title == "" || len(p.Targets) == 0) || seen[p.ID] {
			t.Errorf("panel %d %q has no title or no query, or its id is taken", p.ID, p.Title)
		}
		seen[p.ID] = true
	}
	if board.UID == "" || board.Title == "" || len(board.Panels) == 0 {
		t.Error("it has no name or no panel")
	}
}

// alert is an alert rule.
type alert struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string  `yaml:"name"`
			Rules []alert `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(kit(t, "alerts.yaml")), &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	return all
}

func TestEveryAlertHasItsSectionInTheRunbook(t *testing.T) {
	sections := strings.Split(kit(t, "runbook.md"), "\n## ")[1:]
	told := map[string]bool{}
	for _, s := range sections {
		name, text, _ := strings.Cut(s, "\n")
		told[anchor(name)] = false
		for _, part := range []string{"**Seen.**", "**For patients.**", "**Look at.**", "**Do.**"} {
			if !strings.Contains(text, part) {
				t.Errorf("the section %s has no %s", name, part)
			}
		}
	}
	for _, a := range alerts(t) {
		_, to, _ := strings.Cut(a.Annotations["runbook_url"], "docs/operating/runbook.md#")
		if _, ok := told[to]; !ok {
			t.Errorf("%s leads to no section of the runbook", a.Alert)
		}
		told[to] = true
		if a.Annotations["summary"] == "" || !slices.Contains([]string{"page", "ticket"}, a.Labels["severity"]) {
			t.Errorf("%s has no summary or no severity", a.Alert)
		}
	}
	for section, used := range told {
		if !used {
			t.Errorf("no alert leads to the section %s", section)
		}
	}
}

// anchor is what a heading is linked by.
func anchor(heading string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(heading)), " ", "-")
}

func TestEveryLinkToASectionLeadsToOne(t *testing.T) {
	all := documents(t)
	for path, text := range all {
		for _, m := range anchorLink.FindAllStringSubmatch(text, -1) {
			target := path
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(path), m[1])
			}
			var anchors []string
			for _, h := range heading.FindAllStringSubmatch(all[target], -1) {
				anchors = append(anchors, anchor(h[1]))
			}
			if !slices.Contains(anchors, m[2]) {
				t.Errorf("%s links to %s#%s, which is no section", path, target, m[2])
			}
		}
	}
}

func TestTheUsersOfRedisMayDoWhatTheGatewayNeedsAndNoMore(t *testing.T) {
	var ours string
	for line := range strings.Lines(kit(t, "users.acl")) {
		if strings.HasPrefix(line, "user lhcr ") {
			ours = strings.TrimSpace(line)
		}
	}
	_, rules, _ := strings.Cut(ours, " resetkeys ")
	if want := redis.ACL("lhcr"); "resetkeys "+rules != want {
		t.Errorf("the example's user has the rules\n%s\nwant\n%s", rules, want)
	}
	if !strings.Contains(kit(t, "redis.conf"), " "+redis.SentinelACL+"\n") {
		t.Error("the user at the Sentinels has other rules than it needs")
	}
	if !strings.Contains(kit(t, "users.acl"), "user default off") {
		t.Error("the default user is not off")
	}
}
