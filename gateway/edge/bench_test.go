package edge_test

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

const (
	benchCallers = 64
	benchCalls   = 2560 // of each side, in each pair
	benchConns   = 4
)

// BenchmarkWalk compares a call that walks through the whole edge to a service that
// has its bytes ready with a bare handler of grpc-go that answers the same bytes. The
// two take turns, so that a noisy machine is noisy to both; 1 would be a walk that
// costs nothing. Neither has TLS, which would flatter the walk.
func BenchmarkWalk(b *testing.B) {
	answer := benchAnswer(b)
	walk, token := walkingServer(b, answer)
	floor, ours := calls(b, bareServer(answer), ""), calls(b, walk, token)
	floor(b.Context())
	ours(b.Context())
	var ratios, floors, own, busy []float64
	for b.Loop() {
		began := processorTime()
		f := floor(b.Context())
		between := processorTime()
		o := ours(b.Context())
		busy = append(busy, float64(between-began)/float64(processorTime()-between))
		ratios, floors, own = append(ratios, o/f), append(floors, f), append(own, o)
	}
	b.ReportMetric(middle(ratios), "of-floor")
	b.ReportMetric(middle(busy), "of-floor-cpu") // the same by processor time, which other processes do not disturb
	b.ReportMetric(middle(floors), "floor-calls/s")
	b.ReportMetric(middle(own), "calls/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkWalkAlone is for profiles: the walk without its floor.
func BenchmarkWalkAlone(b *testing.B) {
	walk, token := walkingServer(b, benchAnswer(b))
	ours := calls(b, walk, token)
	b.ReportAllocs()
	for b.Loop() {
		ours(b.Context())
	}
}

// benchAnswer is an answer of 40 KB with the outcomes of eight sections of three regions.
func benchAnswer(b *testing.B) []byte {
	b.Helper()
	res := &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{}, Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE}
	for i := range 24 {
		res.Outcomes = append(res.Outcomes, &lhcrv1.SectionOutcome{
			RegionId: []string{"dorset", "yorkshire", "wessex"}[i/8], Section: lhcrv1.Section(i%8 + 1), Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		})
		res.Record.Allergies = append(res.Record.Allergies, &lhcrv1.Allergy{Header: &lhcrv1.ItemHeader{Notes: []*lhcrv1.Note{{Text: strings.Repeat("n", 1710)}}}})
	}
	encoded, err := proto.Marshal(res)
	must(b, err)
	return encoded
}

func walkingServer(b *testing.B, answer []byte) (*grpc.Server, string) {
	b.Helper()
	issuer, err := sandboxissuer.New(sandboxissuer.Config{Now: time.Now, Random: rand.Reader})
	must(b, err)
	jwks, err := issuer.WriteJWKS(b.TempDir())
	must(b, err)
	verifier, err := access.NewVerifier(access.Config{Issuer: sandboxissuer.Issuer, Audience: sandboxissuer.Audience, JWKSFile: jwks, Now: time.Now})
	must(b, err)
	logger, err := telemetry.NewLogger(io.Discard, telemetry.LogOptions{Level: "info", Format: "json"})
	must(b, err)
	lines, err := audit.NewLines(audit.LinesOptions{Regions: []string{"dorset", "yorkshire"}, Handler: logger.Handler(), Now: time.Now, Random: rand.Reader})
	must(b, err)
	tracing, err := telemetry.NewTracing(b.Context(), telemetry.TracingOptions{})
	must(b, err)
	metrics := telemetry.NewMetrics("bench")
	e, err := edge.New(edge.Options{
		Verifier: verifier, Audit: lines, Metrics: metrics, Logger: logger, Tracing: tracing, Now: time.Now, Random: rand.Reader,
		Load: load.New(load.Limits{Calls: 1024, Waiting: 256, Memory: 8 << 30}, load.Options{Observer: metrics.Load()}), DefaultTimeout: 10 * time.Second,
	})
	must(b, err)
	server := grpc.NewServer(e.ServerOptions()...)
	lhcrv1.RegisterRecordServiceServer(server, &services{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		res := &lhcrv1.GetRecordResponse{}
		res.ProtoReflect().SetUnknown(answer)
		return res, nil
	}})
	token, err := issuer.Token(sandboxissuer.Pharmacist(), 0)
	must(b, err)
	return server, token
}

func bareServer(answer []byte) *grpc.Server {
	server := grpc.NewServer(grpc.ForceServerCodecV2(bare{}))
	server.RegisterService(&grpc.ServiceDesc{
		ServiceName: lhcrv1.RecordService_ServiceDesc.ServiceName, HandlerType: (*any)(nil),
		Methods: []grpc.MethodDesc{{MethodName: "GetRecord", Handler: func(_ any, _ context.Context, dec func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			return &frame{answer}, dec(&frame{})
		}}},
	}, nil)
	return server
}

// calls makes calls of a server, side by side, and says how many a second.
func calls(b *testing.B, server *grpc.Server, token string) func(context.Context) float64 {
	b.Helper()
	conns := connections(b, server)
	request, err := proto.Marshal(goodQuery())
	must(b, err)
	return func(ctx context.Context) float64 {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
		var left atomic.Int64
		left.Store(benchCalls)
		began := time.Now()
		var callers sync.WaitGroup
		for i := range benchCallers {
			callers.Go(func() {
				for left.Add(-1) >= 0 {
					var res frame
					if err := conns[i%benchConns].Invoke(ctx, lhcrv1.RecordService_GetRecord_FullMethodName, &frame{request}, &res); err != nil || len(res.bytes) < 40<<10 {
						panic(err)
					}
				}
			})
		}
		callers.Wait()
		return benchCalls / time.Since(began).Seconds()
	}
}

func connections(b *testing.B, server *grpc.Server) []*grpc.ClientConn {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(server.Stop)
	conns := make([]*grpc.ClientConn, benchConns)
	for i := range conns {
		conns[i], err = grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.ForceCodecV2(bare{})))
		must(b, err)
		b.Cleanup(func() { must(b, conns[i].Close()) })
	}
	return conns
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// bare is a codec that leaves bytes alone, so that making and reading messages flatters
// neither side.
type bare struct{}

var _ encoding.CodecV2 = bare{}

// frame is a message as its bytes.
type frame struct{ bytes []byte }

func (bare) Name() string { return "proto" }

func (bare) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(*frame).bytes)}, nil
}

func (bare) Unmarshal(data mem.BufferSlice, v any) error {
	v.(*frame).bytes = data.Materialize()
	return nil
}
