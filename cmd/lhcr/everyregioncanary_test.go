package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// telling are faults whose answers tell of the patient, or break off in the midst of it.
func telling() []fault.Kind {
	return []fault.Kind{
		fault.Unauthorized, fault.Forbidden, fault.ServerError, fault.Truncated, fault.BrokenJSON, fault.Garbage, fault.Redirect, fault.Reset,
		fault.WrongPatient, fault.ErrorIn200, fault.PartialIn200, fault.EndlessPaging, fault.TokenGarbage,
		fault.SOAPFault, fault.MissingPart, fault.WrongHash, fault.TruncatedMultipart, fault.TooManyResults,
	}
}

// Every region is used, rightly and while it fails, in records and documents; then
// everything that the house wrote of itself is searched for each patient's words.
func TestNoIdentifierIsWrittenOutsideAnswersWhateverTheRegion(t *testing.T) {
	spans := &spanKeeper{}
	d := house(t, demo.Options{Regions: simulated(t), TraceExporter: spans, CallTimeout: time.Minute, RegionTimeouts: hurry(t, time.Minute)})
	client := supplier(t, d)
	var said strings.Builder // what callers were told in errors
	var marks []string
	known := bySlug(t)
	for region, slug := range befallen() {
		p := known[slug]
		marks = append(marks, canaries(t, mustLookup(t, client, agreeing(p, region)), p)...)
		shelves := shelf(t, client, p, region)
		for _, kind := range telling() {
			if region == "scr" && kind != fault.ErrorIn200 && kind != fault.WrongPatient {
				continue // it is asked five times a second at most
			}
			query := agreeing(p, region)
			query.Freshness = sdk.PastCache()
			tell(&said, underFault(t, d, client, query, region, kind))
			d.Sandbox.System(region).Fault(fault.Fault{Kind: kind, NHSNumber: p.NHSNumber})
			for _, s := range shelves {
				_, err := client.GetDocument(t.Context(), s.query, io.Discard)
				fmt.Fprintln(&said, err)
			}
			calm(d)
		}
		misuse(t, d, client, p, &said)
	}
	written := map[string]string{"the log": string(mustRead(t, d.Files.Log)), "the metrics": metrics(t, d), "errors": said.String()}
	if err := d.Close(); err != nil { // the last traces leave with it
		t.Error(err)
	}
	written["the traces"] = spans.text.String()
	mustHoldNone(t, written, append(marks, "consent-17"))
}

// tell notes what a record says of what it lacks.
func tell(said *strings.Builder, record *sdk.Record) {
	for _, o := range record.Outcomes() {
		fmt.Fprintln(said, o.GetMessage())
		for _, g := range o.GetGaps() {
			fmt.Fprintln(said, g)
		}
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			fmt.Fprintln(said, o.GetIdentityMismatchReason())
		}
	}
}

func mustHoldNone(t *testing.T, written map[string]string, marks []string) {
	t.Helper()
	if len(marks) < 50 {
		t.Fatalf("only %d canaries", len(marks))
	}
	for where, text := range written {
		if text == "" {
			t.Errorf("%s: there is nothing to search", where)
		}
		for _, mark := range marks {
			if len(mark) > 3 && strings.Contains(text, mark) {
				t.Errorf("%s holds %q: %s", where, mark, around(text, mark))
			}
		}
	}
}
