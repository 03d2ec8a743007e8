package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"flag"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/encoding/protojson"
)

var refresh = flag.Bool("refresh", false, "write the golden files anew")

func TestDemoOncePrintsOneAnswerAsJSONAndNothingElse(t *testing.T) {
	got := lhcr(t, "", "demo", "--once", "--format", "json")
	if got.code != exitDone {
		t.Fatalf("exit code %d:\n%s", got.code, got.err)
	}
	var answer lhcrv1.GetRecordResponse
	if err := protojson.Unmarshal([]byte(got.out), &answer); err != nil {
		t.Fatalf("standard output is not one GetRecordResponse: %v", err)
	}
	if answer.GetCompleteness() != lhcrv1.Completeness_COMPLETENESS_PARTIAL || len(answer.GetRecord().GetMedications()) == 0 {
		t.Errorf("completeness %v, %d medications", answer.GetCompleteness(), len(answer.GetRecord().GetMedications()))
	}
	mustSay(t, got.out, `"completeness": "COMPLETENESS_PARTIAL"`, `"regionId": "dorset"`, `"regionId": "yorkshire"`, `"sources": []`)
	mustSay(t, got.err, "asked again: the same record in ", "from the cache: ", "yorkshire's medications", "sections of great-north")
	mustNotSay(t, got.err, shownPatient(t).NHSNumber)
}

func shownPatient(t *testing.T) sdk.Patient {
	t.Helper()
	p, ok := demo.Shown()
	if !ok {
		t.Fatal("the sandbox has no patient to show")
	}
	return sdk.Patient{NHSNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth}
}

// The demo's table is the first thing that anybody sees: it is compared as a whole.
// Write it anew with: go test ./cmd/lhcr -run Golden -refresh
func TestGoldenTableOfTheDemosPatient(t *testing.T) {
	d := house(t, leisurely())
	shown := shownPatient(t)
	record := mustLookup(t, supplier(t, d), sdk.Query{Patient: shown, Access: sdk.LegitimateRelationship()})
	got := show.View{Width: 120}.Record(record)
	golden := filepath.Join("testdata", "demo.golden")
	if *refresh {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the table changed (-want +got); read it, then -refresh:\n%s", diff)
	}
}

func TestDemoOnceShowsAnotherPatient(t *testing.T) {
	hugh := patient(t, "hugh")
	got := lhcr(t, hugh.NHSNumber+"\n", "demo", "--once", "--nhs-number-file", "-")
	if got.code != exitDone {
		t.Fatal(got.err)
	}
	mustSay(t, got.out, "ALSO HELD BY YORKSHIRE")
	mustNotSay(t, got.err, hugh.NHSNumber)
}

// serving runs the demo until the test is over, and returns what it printed once it serves.
func serving(t *testing.T) (printed string, end func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var errs output
	told := &waiting{output: &errs, words: "Press Ctrl-C to end.", said: make(chan struct{})}
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: told, Getenv: func(string) string { return "" }, Width: 120}
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"demo", "--listen", "127.0.0.1:0", "--rest-listen", "127.0.0.1:0"}, c)
	}()
	select {
	case <-told.said:
	case got := <-code:
		cancel()
		t.Fatalf("the demo ended with %d:\n%s", got, errs.String())
	}
	return errs.String(), func() int {
		cancel()
		return <-code
	}
}

// waiting tells when certain words were written.
type waiting struct {
	*output
	words string
	said  chan struct{}
	done  bool
}

func (w *waiting) Write(p []byte) (int, error) {
	n, err := w.output.Write(p)
	if !w.done && strings.Contains(w.String(), w.words) {
		w.done = true
		close(w.said)
	}
	return n, err
}

// curls are the printed curl commands: the authority, the token, the body and the address of each.
func curls(t *testing.T, printed string) [][]string {
	t.Helper()
	found := regexp.MustCompile(`curl (?:-N )?--cacert (\S+) -H "Authorization: Bearer \$\(cat (\S+)\)" \\\n.*--data @(\S+) \\\n\s+(https://\S+)`).FindAllStringSubmatch(printed, -1)
	if len(found) != 2 {
		t.Fatalf("%d curl commands were printed:\n%s", len(found), printed)
	}
	return found
}

func TestDemosCurlCommandWorks(t *testing.T) {
	printed, end := serving(t)
	curl := curls(t, printed)[0]
	body := post(t, curl[1], curl[2], curl[4], mustRead(t, curl[3]))
	var answer lhcrv1.GetRecordResponse
	if err := protojson.Unmarshal(body, &answer); err != nil || len(answer.GetRecord().GetMedications()) == 0 {
		t.Errorf("the answer holds %d medications, error %v", len(answer.GetRecord().GetMedications()), err)
	}
	if code := end(); code != exitDone {
		t.Errorf("interrupted, it ended with %d", code)
	}
	if _, err := os.Stat(filepath.Dir(curl[1])); !os.IsNotExist(err) {
		t.Error("the demo left its keys and tokens behind")
	}
}

func TestDemosCurlCommandForAStreamWorks(t *testing.T) {
	printed, end := serving(t)
	defer end()
	curl := curls(t, printed)[1]
	if !strings.HasPrefix(curl[0], "curl -N ") || !strings.HasSuffix(curl[4], "/v1/record:stream") {
		t.Fatalf("the second command streams nothing: %s", curl[0])
	}
	lines := bytes.Split(bytes.TrimSpace(post(t, curl[1], curl[2], curl[4], mustRead(t, curl[3]))), []byte("\n"))
	if len(lines) < 3 || !bytes.Contains(lines[len(lines)-1], []byte(`"summary"`)) {
		t.Errorf("%d lines, the last of which starts with %.60s", len(lines), lines[len(lines)-1])
	}
}

// pasted runs a printed command of this program, from where its name ends.
func pasted(t *testing.T, printed, words string) result {
	t.Helper()
	before, command, found := strings.Cut(printed, " "+words+" ")
	if !found {
		t.Fatalf("no %q was printed:\n%s", words, printed)
	}
	called := before[strings.LastIndexByte(before, '\n')+1:]
	if called != program() || called == "lhcr" {
		t.Errorf("it is called as %q", called)
	}
	command, _, _ = strings.Cut(command, "\n\n")
	return lhcr(t, "", append(strings.Fields(words), strings.Fields(strings.ReplaceAll(command, "\\\n", " "))...)...)
}

func TestDemosOwnCommandWorks(t *testing.T) {
	printed, end := serving(t)
	defer end()
	if got := pasted(t, printed, "record get"); got.code != exitIncomplete || !strings.Contains(got.out, "PARTIAL") {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
}

func TestDemosPurgeCommandWorks(t *testing.T) {
	printed, end := serving(t)
	defer end()
	if got := pasted(t, printed, "cache purge"); got.code != exitDone || !strings.Contains(got.out, "in: memory") {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
}

func TestProgramIsCalledAsItWasCalled(t *testing.T) {
	tests := map[string]struct {
		path, onPath string
		repository   bool
		want         string
	}{
		"go run":                    {"/tmp/go-build123/b001/exe/lhcr", "", true, "go run ./cmd/lhcr"},
		"go run from the cache":     {"/home/a/.cache/go-build/6b/" + strings.Repeat("6b", 32) + "-d/lhcr", "", true, "go run ./cmd/lhcr"},
		"go run of another version": {"/tmp/go-build123/b001/exe/lhcr", "", false, "/tmp/go-build123/b001/exe/lhcr"},
		"on PATH":                   {"/usr/bin/lhcr", "/usr/bin/lhcr", true, "lhcr"},
		"built":                     {"/home/a/my builds/lhcr", "/usr/bin/lhcr", true, "'/home/a/my builds/lhcr'"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := programOf(test.path, test.onPath, test.repository); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// The program is built as its reader would build it, and run.
func TestDemosGoProgramWorks(t *testing.T) {
	printed, end := serving(t)
	defer end()
	source := regexp.MustCompile(`go run (\S+/main\.go)\n`).FindStringSubmatch(printed)
	if source == nil {
		t.Fatalf("no program was printed:\n%s", printed)
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command here")
	}
	run := exec.CommandContext(t.Context(), goTool, "run", source[1])
	run.Dir = filepath.Join("..", "..")
	said, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, said)
	}
	mustSay(t, string(said), "partial", "Allergy (active): Allergy to penicillin", "Missing from medications: yorkshire")
}

func TestDocumentIsFetchedByTheCommandThatTheRecordShows(t *testing.T) {
	d := house(t, leisurely())
	file := filepath.Join(t.TempDir(), "patient")
	if err := os.WriteFile(file, []byte(named(patient(t, "margaret"))), 0o600); err != nil {
		t.Fatal(err)
	}
	shown := lhcr(t, "", connected(d, "record", "get", "--nhs-number-file", file)...).out
	_, command, found := strings.Cut(shown, "To fetch it:\n")
	if !found {
		t.Fatal("no command is shown")
	}
	_, command, _ = strings.Cut(command, " document get ")
	command, _, _ = strings.Cut(command, "\n\n")
	t.Chdir(t.TempDir())
	got := lhcr(t, "", append([]string{"document", "get"}, strings.Fields(command)...)...)
	if got.code != exitDone || !bytes.HasPrefix(mustRead(t, "document.pdf"), []byte("%PDF")) {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
}

func TestPrintedCommandsHoldNoIdentifier(t *testing.T) {
	printed, end := serving(t)
	defer end()
	mustNotSay(t, printed, shownPatient(t).NHSNumber, shownPatient(t).DateOfBirth)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// post calls REST as curl would.
func post(t *testing.T, ca, token, url string, body []byte) []byte {
	t.Helper()
	status, answer := postStatus(t, ca, token, url, body)
	if status != http.StatusOK {
		t.Fatalf("REST answered %d: %s", status, answer)
	}
	return answer
}

func postStatus(t *testing.T, ca, token, url string, body []byte) (int, []byte) {
	t.Helper()
	pool, err := readPool(ca)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+string(mustRead(t, token)))
	res, err := (&http.Client{Transport: transport, Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

// The body that docs/integrating.md shows is one of the contract's, about the demo's patient.
func TestTheGuidesStreamBodyIsARequest(t *testing.T) {
	_, block, found := strings.Cut(string(mustRead(t, filepath.Join("..", "..", "docs", "integrating.md"))), "```json\n")
	block, _, ended := strings.Cut(block, "```")
	var request lhcrv1.StreamRecordRequest
	if err := protojson.Unmarshal([]byte(block), &request); err != nil || !found || !ended {
		t.Fatalf("the guide shows no body: %v", err)
	}
	if got := request.GetQuery().GetPatient(); got.GetNhsNumber() != shownPatient(t).NHSNumber || got.GetDateOfBirth() != shownPatient(t).DateOfBirth {
		t.Errorf("the guide asks about %v", got)
	}
}
