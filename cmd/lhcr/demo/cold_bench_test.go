package demo

import (
	"bytes"
	"context"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/yorkshire"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/proto"
)

// coldRounds is how many lookups one side of a pair makes, one after the other.
const coldRounds = 10

var coldSections = []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PROBLEMS}

// BenchmarkColdLookup compares a lookup of which nothing is kept, from three
// simulated regions over TLS, with the very HTTP requests that it makes: the regions
// side by side, what a region was asked at once again at once, bodies discarded.
func BenchmarkColdLookup(b *testing.B) {
	d, tapes := coldHouse(b)
	ask := coldLookup(b, d)
	ask(b.Context()) // connects and gets tokens
	for _, t := range tapes {
		t.recording.Store(true)
	}
	ask(b.Context())
	for _, t := range tapes {
		t.recording.Store(false)
	}
	replay := func(ctx context.Context) { replayAll(ctx, tapes) }
	var ratios, floors, own []float64
	for b.Loop() {
		floor, mine := spent(b.Context(), replay), spent(b.Context(), ask)
		ratios = append(ratios, float64(floor)/float64(mine))
		floors, own = append(floors, float64(floor)), append(own, float64(mine))
	}
	b.ReportMetric(halfway(ratios), "of-floor")
	b.ReportMetric(halfway(floors)/1e6, "floor-ms")
	b.ReportMetric(halfway(own)/1e6, "ms")
	b.ReportMetric(0, "ns/op")
}

func spent(ctx context.Context, do func(context.Context)) time.Duration {
	began := time.Now()
	for range coldRounds {
		do(ctx)
	}
	return time.Since(began) / coldRounds
}

func halfway(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// coldHouse is a demo with a third region: Dorset's protocol once more, before a
// simulated system of its own.
func coldHouse(b *testing.B) (*Demo, []*tape) {
	b.Helper()
	d := &Demo{ended: make(chan error, 1)}
	var err error
	if d.Sandbox, err = sandbox.Start(sandbox.Options{}); err != nil {
		b.Fatal(err)
	}
	more, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _, _ = d.Sandbox.Close(), more.Close() })
	d.Files.Folder = b.TempDir()
	opts := Options{Now: time.Now}
	if err := d.admit(opts); err != nil {
		b.Fatal(err)
	}
	settings, err := d.configure(opts)
	if err != nil {
		b.Fatal(err)
	}
	third := more.System("dorset").Access()
	third.RegionID = "third"
	if settings.Regions["third"], err = d.onboard(third); err != nil {
		b.Fatal(err)
	}
	for organisation := range settings.Organisations {
		settings.Organisations[organisation] = append(settings.Organisations[organisation], "third")
	}
	tapes := []*tape{{}, {}, {}}
	registry, err := adapters.NewRegistry(tapes[0].on(dorset.Entry()), tapes[1].on(yorkshire.Entry()), tapes[2].on(renamed(dorset.Entry(), "third")))
	if err != nil {
		b.Fatal(err)
	}
	logger, err := telemetry.NewLogger(io.Discard, telemetry.LogOptions{Level: "info", Format: "json"})
	if err != nil {
		b.Fatal(err)
	}
	server, err := gateway.New(gateway.Options{Config: settings, Registry: registry, Logger: logger})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	go func() { d.ended <- server.Run(ctx) }()
	b.Cleanup(func() { stop(); <-d.ended })
	<-server.Ready()
	d.GRPC = server.GRPCAddr().String()
	return d, tapes
}

// coldLookup looks the demo's patient up in every region, past the cache.
func coldLookup(b *testing.B, d *Demo) func(context.Context) {
	b.Helper()
	authority, err := os.ReadFile(d.Files.CA)
	if err != nil {
		b.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	token, err := d.issuer.Token(sandboxissuer.Pharmacist(), 0)
	if err != nil {
		b.Fatal(err)
	}
	client, err := sdk.Dial(b.Context(), d.GRPC, sdk.WithRootCAs(roots), sdk.WithTokenSource(sdk.StaticToken(token)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = client.Close() })
	patient, _ := Shown()
	query := sdk.Query{
		Patient: sdk.Patient{NHSNumber: patient.NHSNumber, DateOfBirth: patient.DateOfBirth}, Access: sdk.LegitimateRelationship(),
		Sections: coldSections, Freshness: sdk.PastCache(),
	}
	return func(ctx context.Context) {
		record, err := client.GetRecord(ctx, query)
		if err != nil {
			panic(err)
		}
		for _, o := range record.Outcomes() {
			if s := o.GetStatus(); s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE || s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED {
				panic("a region did not answer")
			}
		}
	}
}

// renamed is a region's adapter under another id.
func renamed(entry adapters.Entry, id string) adapters.Entry {
	describe := func() *adapterv1.DescribeResponse {
		about := proto.CloneOf(entry.Describe())
		about.Region.RegionId = id
		return about
	}
	return adapters.Entry{ID: id, Describe: describe, New: func(e adapters.Environment) (adapters.Adapter, error) {
		adapter, err := entry.New(e)
		if err != nil {
			return nil, err
		}
		return alias{adapter, adapter.(adapters.Locator), describe}, nil
	}}
}

type alias struct {
	adapters.Adapter
	adapters.Locator
	describe func() *adapterv1.DescribeResponse
}

func (a alias) Describe() *adapterv1.DescribeResponse { return a.describe() }

// tape records the requests that one region is sent, and sends them again.
type tape struct {
	recording atomic.Bool
	client    *http.Client

	mu    sync.Mutex
	waves [][]*recorded
	open  int // requests under way
}

// recorded is one request, to be sent again.
type recorded struct {
	request *http.Request
	body    []byte
}

// on lets an adapter's requests pass over the tape.
func (t *tape) on(entry adapters.Entry) adapters.Entry {
	inner := entry.New
	entry.New = func(e adapters.Environment) (adapters.Adapter, error) {
		t.client = e.HTTP
		tapped := *e.HTTP
		tapped.Transport = t
		e.HTTP = &tapped
		return inner(e)
	}
	return entry
}

// RoundTrip sends a request, and keeps it while recording. A request that begins
// when none is under way begins a new wave.
func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.recording.Load() {
		return t.client.Transport.RoundTrip(r)
	}
	kept := &recorded{request: r.Clone(context.Background())}
	if r.Body != nil {
		kept.body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(kept.body))
	}
	t.begin(kept)
	defer t.end()
	return t.client.Transport.RoundTrip(r)
}

func (t *tape) begin(r *recorded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == 0 {
		t.waves = append(t.waves, nil)
	}
	t.open++
	last := len(t.waves) - 1
	t.waves[last] = append(t.waves[last], r)
}

func (t *tape) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
}

func replayAll(ctx context.Context, tapes []*tape) {
	var regions sync.WaitGroup
	for _, t := range tapes {
		regions.Go(func() {
			for _, wave := range t.waves {
				t.replay(ctx, wave)
			}
		})
	}
	regions.Wait()
}

func (t *tape) replay(ctx context.Context, wave []*recorded) {
	var requests sync.WaitGroup
	for _, r := range wave {
		requests.Go(func() {
			again := r.request.Clone(ctx)
			if r.body != nil {
				again.Body = io.NopCloser(bytes.NewReader(r.body))
			}
			res, err := t.client.Transport.RoundTrip(again)
			if err != nil {
				panic(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				panic(res.Status)
			}
		})
	}
	requests.Wait()
}
