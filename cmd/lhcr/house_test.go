package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/sdk"
)

// testDay is the day on which the whole house lives in tests. The certificates made
// at the start are valid around it, for five years.
func testDay() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }

// output gathers what is written concurrently.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// result is what one command did.
type result struct {
	code     int
	out, err string
}

// lhcr runs one command line in this process.
func lhcr(t *testing.T, stdin string, args ...string) result {
	t.Helper()
	var out, errs output
	c := &console.Console{In: strings.NewReader(stdin), Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Width: 2000}
	code := run(t.Context(), args, c)
	return result{code, out.String(), errs.String()}
}

// house is the whole house in this process.
func house(t testing.TB, opts demo.Options) *demo.Demo {
	t.Helper()
	regions, err := registry()
	if err != nil {
		t.Fatal(err)
	}
	opts.Registry, opts.Version = regions, "test"
	if opts.Regions == nil {
		opts.Regions = demo.Pair()
	}
	if opts.Now == nil {
		opts.Now = testDay
	}
	d, err := demo.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// supplier is a supplier's client of the house.
func supplier(t testing.TB, d *demo.Demo) *sdk.Client {
	t.Helper()
	client, err := connectFlags{Target: d.GRPC, CA: d.Files.CA, TokenFile: d.Files.Token}.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// connected are the flags with which a command reaches the house.
func connected(d *demo.Demo, args ...string) []string {
	return append(args, "--target", d.GRPC, "--ca", d.Files.CA, "--token-file", d.Files.Token)
}

// patient finds one of the sandbox's patients.
func patient(t testing.TB, slug string) sandbox.Patient {
	t.Helper()
	for _, p := range everybody(t) {
		if p.Slug == slug {
			return p
		}
	}
	t.Fatalf("the sandbox has no patient %q", slug)
	return sandbox.Patient{}
}

func everybody(t testing.TB) []sandbox.Patient {
	t.Helper()
	all, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// everything asks for everything of one patient.
func everything(p sandbox.Patient) sdk.Query {
	return sdk.Query{Patient: sdk.Patient{NHSNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth}, Access: sdk.LegitimateRelationship()}
}

// lookup reads a record, by a stream where it is too large for one message.
func lookup(ctx context.Context, client *sdk.Client, q sdk.Query) (*sdk.Record, error) {
	record, err := client.GetRecord(ctx, q)
	if errors.Is(err, tooLarge) {
		return client.StreamRecord(ctx, q).Record()
	}
	return record, err
}

func mustLookup(t testing.TB, client *sdk.Client, q sdk.Query) *sdk.Record {
	t.Helper()
	record, err := lookup(t.Context(), client, q)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func mustSay(t *testing.T, text string, words ...string) {
	t.Helper()
	defer showOnFailure(t, text)
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is not said", w)
		}
	}
}

func mustNotSay(t *testing.T, text string, words ...string) {
	t.Helper()
	defer showOnFailure(t, text)
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%q is said", w)
		}
	}
}

// showOnFailure shows a text once, however much of it was wrong.
func showOnFailure(t *testing.T, text string) {
	if t.Failed() {
		t.Logf("in\n%s", text)
	}
}

var _ io.Writer = (*output)(nil)
