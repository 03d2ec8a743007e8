package demo

import (
	"context"
	"io"
	"slices"
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
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
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
	ask := coldLookup(b, d) // is connected, and has its tokens
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
	if d.Sandbox, err = sandbox.Start(sandbox.Options{Regions: Pair()}); err != nil {
		b.Fatal(err)
	}
	more, err := sandbox.Start(sandbox.Options{Regions: []string{"dorset"}})
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

// coldLookup looks the demo's patient up in every region, past the cache, with a
// client that leaves the answer's bytes alone: the floor makes nothing of its either.
func coldLookup(b *testing.B, d *Demo) func(context.Context) {
	b.Helper()
	request, err := proto.Marshal(coldRequest())
	if err != nil {
		b.Fatal(err)
	}
	token, err := d.issuer.Token(sandboxissuer.Pharmacist(), 0)
	if err != nil {
		b.Fatal(err)
	}
	conn := coldConn(b, d)
	ask := func(ctx context.Context) []byte {
		var answer frame
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		if err := conn.Invoke(ctx, lhcrv1.RecordService_GetRecord_FullMethodName, &frame{request}, &answer); err != nil {
			panic(err)
		}
		return answer.bytes
	}
	whole := len(answered(b, ask(b.Context())))
	return func(ctx context.Context) {
		if len(ask(ctx)) < whole*9/10 {
			panic("a region did not answer")
		}
	}
}

func coldRequest() *lhcrv1.GetRecordRequest {
	patient, _ := Shown()
	return &lhcrv1.GetRecordRequest{
		Patient:   &lhcrv1.PatientQuery{NhsNumber: patient.NHSNumber, DateOfBirth: patient.DateOfBirth},
		Access:    &lhcrv1.AccessContext{Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP},
		Sections:  coldSections,
		Freshness: &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}},
	}
}

func coldConn(b *testing.B, d *Demo) *grpc.ClientConn {
	b.Helper()
	security, err := credentials.NewClientTLSFromFile(d.Files.CA, "")
	if err != nil {
		b.Fatal(err)
	}
	conn, err := grpc.NewClient(d.GRPC, grpc.WithTransportCredentials(security), grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{})))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return conn
}

// answered is an answer in which every region answered for every section.
func answered(b *testing.B, answer []byte) []byte {
	b.Helper()
	var res lhcrv1.GetRecordResponse
	if err := proto.Unmarshal(answer, &res); err != nil {
		b.Fatal(err)
	}
	came := 0
	for _, o := range res.GetOutcomes() {
		if s := o.GetStatus(); s != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE && s != lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED {
			came++
		}
	}
	if want := 3 * len(coldSections); came != want {
		b.Fatalf("%d answers, want %d", came, want)
	}
	return answer
}

// raw is a codec that leaves bytes alone.
type raw struct{}

var _ encoding.CodecV2 = raw{}

// frame is a message as its bytes.
type frame struct{ bytes []byte }

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(*frame).bytes)}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	v.(*frame).bytes = data.Materialize()
	return nil
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
