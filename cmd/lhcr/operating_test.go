package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway/config"
)

func operating(t *testing.T, name string) string {
	t.Helper()
	return string(mustRead(t, filepath.Join("..", "..", "docs", name)))
}

// takes says why a command line is none of ours. Nothing is run.
func takes(t *testing.T, args []string) error {
	t.Helper()
	parser, err := kong.New(&grammar{}, kong.Exit(func(int) { panic(stopped(0)) }), kong.Writers(io.Discard, io.Discard), kong.Bind(&console.Console{}))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return err
}

var (
	unitCommand = regexp.MustCompile(`(?m)^Exec(?:Start|StartPre)=/usr/local/bin/lhcr (.+)$`)
	jsonCommand = regexp.MustCompile(`(?m)(?:CMD|ENTRYPOINT) (\[.+\])$`)
	toldCommand = regexp.MustCompile("(?m)(?:^    |\\(umask 077; |`)lhcr ([a-z][^`#>)|\n]*)")
)

func TestTheKitsCommandsAreCommandsOfThisProgram(t *testing.T) {
	var lines [][]string
	for _, m := range unitCommand.FindAllStringSubmatch(operating(t, "operating/lhcr.service"), -1) {
		lines = append(lines, strings.Fields(m[1]))
	}
	for _, m := range jsonCommand.FindAllStringSubmatch(operating(t, "operating/Containerfile"), -1) {
		var words []string
		if err := json.Unmarshal([]byte(m[1]), &words); err != nil {
			t.Fatal(err)
		}
		if words = without(words, "/lhcr"); len(words) > 0 {
			lines = append(lines, words)
		}
	}
	if len(lines) != 4 {
		t.Fatalf("%d commands were found: %q", len(lines), lines)
	}
	for _, document := range []string{"operating.md", "operating/runbook.md", "soak.md"} {
		for _, m := range toldCommand.FindAllStringSubmatch(operating(t, document), -1) {
			lines = append(lines, shellWords(m[1]))
		}
	}
	for _, words := range lines {
		if err := takes(t, named0(words)); err != nil {
			t.Errorf("lhcr %s: %v", strings.Join(words, " "), err)
		}
	}
}

// shellWords cuts a command as a shell does, as far as the documents need it: quotation
// marks keep blanks together.
func shellWords(command string) []string {
	words := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(command, -1)
	for i, w := range words {
		words[i] = strings.Trim(w, `"`)
	}
	return words
}

func without(words []string, word string) (rest []string) {
	for _, w := range words {
		if w != word {
			rest = append(rest, w)
		}
	}
	return rest
}

// named0 gives a command that is only named in a text what it requires.
func named0(words []string) []string {
	switch strings.Join(words, " ") {
	case "cache purge":
		return append(words, "--nhs-number-file", "-")
	case "health":
		return append(words, "--target", "localhost:1")
	}
	return words
}

// The supervisors' patience and memory must be above the gateway's own.
func TestTheKitLeavesTheGatewayTimeAndRoom(t *testing.T) {
	ours := config.Default()
	need := ours.Timeouts.Notice.Duration + ours.Timeouts.Drain.Duration
	unit, container := operating(t, "operating/lhcr.service"), operating(t, "operating/Containerfile")
	for where, found := range map[string][]string{
		"the unit":           regexp.MustCompile(`(?m)^TimeoutStopSec=(\d+s)$`).FindStringSubmatch(unit),
		"the container file": regexp.MustCompile(`--stop-timeout=(\d+) `).FindStringSubmatch(container),
	} {
		if len(found) != 2 {
			t.Fatalf("%s has no time to stop", where)
		}
		if patience, err := time.ParseDuration(strings.TrimSuffix(found[1], "s") + "s"); err != nil || patience <= need {
			t.Errorf("%s waits for %s, and the gateway needs %s", where, patience, need)
		}
	}
	if room := int64(3) << 30; !strings.Contains(unit, "MemoryMax=3G") || !strings.Contains(container, "--memory=3g") || int64(ours.Limits.Memory) >= room {
		t.Error("the kit's memory is not above the gateway's own limit")
	}
	if !strings.Contains(unit, "ExecReload=/bin/kill -HUP $MAINPID") {
		t.Error("the unit reloads nothing")
	}
}

func TestSystemdTakesTheUnit(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("there is no systemd-analyze here")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "lhcr.service")
	text := strings.ReplaceAll(operating(t, "operating/lhcr.service"), "/usr/local/bin/lhcr", self)
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if said, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", unit).CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("%v:\n%s", err, said)
	}
}
