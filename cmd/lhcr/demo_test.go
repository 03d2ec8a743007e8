package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"flag"
	"io"
	"net/http"
	"os"
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
	if got.err == "" {
		t.Error("no progress was told")
	}
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

func TestDemosCurlCommandWorks(t *testing.T) {
	printed, end := serving(t)
	curl := regexp.MustCompile(`curl --cacert (\S+) -H "Authorization: Bearer \$\(cat (\S+)\)" \\\n.*--data @(\S+) \\\n\s+(https://\S+)`).FindStringSubmatch(printed)
	if curl == nil {
		t.Fatalf("no curl command was printed:\n%s", printed)
	}
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

func TestDemosOwnCommandWorks(t *testing.T) {
	printed, end := serving(t)
	defer end()
	_, command, found := strings.Cut(printed, "lhcr record get ")
	if !found {
		t.Fatalf("no command was printed:\n%s", printed)
	}
	command, _, _ = strings.Cut(command, "\n\n")
	args := append([]string{"record", "get"}, strings.Fields(strings.ReplaceAll(command, "\\\n", " "))...)
	if got := lhcr(t, "", args...); got.code != exitIncomplete || !strings.Contains(got.out, "PARTIAL") {
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
