package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/sdk"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// canaries are words that belong to one patient and must stand nowhere but in
// answers: the NHS number as digits and as printed, the name, the date of birth,
// and the address.
func canaries(t *testing.T, record *sdk.Record, p sandbox.Patient) []string {
	t.Helper()
	n := p.NHSNumber
	all := []string{n, n[:3] + " " + n[3:6] + " " + n[6:], p.DateOfBirth, strings.ReplaceAll(p.DateOfBirth, "-", "")}
	people, _ := record.PersonDemographics().WithGaps()
	for _, person := range people {
		for _, name := range person.GetNames() {
			all = append(all, name.GetFamily())
		}
		for _, address := range person.GetAddresses() {
			all = append(append(all, address.GetPostalCode()), address.GetLines()...)
		}
	}
	return all
}

// The whole house is used, rightly and wrongly, while its regions fail one after the
// other; then everything that it wrote of itself is searched.
func TestNoIdentifierIsWrittenOutsideAnswers(t *testing.T) {
	spans := &spanKeeper{}
	d := house(t, demo.Options{TraceExporter: spans, RegionTimeouts: map[string]time.Duration{"dorset": time.Second, "yorkshire": time.Second}})
	client := supplier(t, d)
	margaret := patient(t, "margaret")
	marks := canaries(t, mustLookup(t, client, everything(margaret)), margaret)
	if len(marks) < 8 {
		t.Fatalf("only %d canaries: the patient has no name or address", len(marks))
	}
	var said strings.Builder // what callers were told in errors
	for _, region := range []string{"dorset", "yorkshire"} {
		for _, kind := range fault.Kinds() {
			record := underFault(t, d, client, everything(margaret), region, kind)
			for _, g := range record.Gaps() {
				said.WriteString(g.String() + "\n")
			}
		}
	}
	misuse(t, d, client, margaret, &said)
	written := map[string]string{"the log": string(mustRead(t, d.Files.Log)), "the metrics": metrics(t, d), "errors": said.String()}
	if err := d.Close(); err != nil { // the last traces leave with it
		t.Error(err)
	}
	written["the traces"] = spans.text.String()
	for where, text := range written {
		if text == "" {
			t.Errorf("%s: there is nothing to search", where)
		}
		for _, mark := range marks {
			if mark != "" && strings.Contains(text, mark) {
				t.Errorf("%s holds %q: %s", where, mark, around(text, mark))
			}
		}
	}
}

// misuse sends the patient's identifiers in every wrong place.
func misuse(t *testing.T, d *demo.Demo, client *sdk.Client, p sandbox.Patient, said *strings.Builder) {
	t.Helper()
	wrong := everything(p)
	wrong.Regions = sdk.OnlyRegions("r" + p.NHSNumber)
	_, err := client.GetRecord(t.Context(), wrong)
	fmt.Fprintln(said, err)
	_, err = client.GetDocument(t.Context(), sdk.DocumentQuery{
		Patient: wrong.Patient, Access: wrong.Access, RegionID: "dorset", ItemID: p.NHSNumber, ContentID: p.Name,
	}, io.Discard)
	fmt.Fprintln(said, err)
	base := "https://" + d.REST
	for path, body := range map[string]string{
		"/v1/record:get":      `{"patient":{"nhsNumber":` + p.NHSNumber + `,"dateOfBirth":"` + p.DateOfBirth + `"`,
		"/v1/record:stream":   `{"query":{"patient":{"nhsNumber":"` + p.NHSNumber + `x"}}}`,
		"/v1/document:get":    `{"` + p.NHSNumber + `":true}`,
		"/v1/" + p.NHSNumber:  `{}`,
		"/v1/record:get?nhs=": `{"patient":{"nhsNumber":"` + p.NHSNumber + `","dateOfBirth":"` + p.Name + `"},"access":{"purpose":"` + p.NHSNumber + `"}}`,
	} {
		code, answer := postStatus(t, d.Files.CA, d.Files.Token, base+path, []byte(body))
		if code < http.StatusBadRequest {
			t.Errorf("a wrong call was taken: %q", path)
		}
		said.Write(answer)
	}
}

func metrics(t *testing.T, d *demo.Demo) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+d.Metrics+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := res.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// spanKeeper keeps everything that spans hold, as text.
type spanKeeper struct{ text output }

func (k *spanKeeper) ExportSpans(_ context.Context, spans []trace.ReadOnlySpan) error {
	for _, s := range tracetest.SpanStubsFromReadOnlySpans(spans) {
		if _, err := fmt.Fprintf(&k.text, "%+v\n", s); err != nil {
			return err
		}
	}
	return nil
}

func (k *spanKeeper) Shutdown(context.Context) error { return nil }

// around is the line of a text in which a mark stands.
func around(text, mark string) string {
	before, after, _ := strings.Cut(text, mark)
	start := strings.LastIndexByte(before, '\n') + 1
	end, _, _ := strings.Cut(after, "\n")
	return before[start:] + mark + end
}
