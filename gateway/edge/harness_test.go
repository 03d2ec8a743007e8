package edge_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/test/bufconn"
)

// services are the contract's, each method as the test says.
type services struct {
	lhcrv1.UnimplementedRecordServiceServer
	lhcrv1.UnimplementedRegionServiceServer
	lhcrv1.UnimplementedServerServiceServer
	lhcrv1.UnimplementedCacheServiceServer
	purge    func(context.Context, *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error)
	get      func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error)
	stream   func(*lhcrv1.StreamRecordRequest, grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error
	document func(*lhcrv1.GetDocumentRequest, grpc.ServerStreamingServer[lhcrv1.GetDocumentResponse]) error
}

func (s *services) GetRecord(ctx context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	return s.get(ctx, req)
}

func (s *services) StreamRecord(req *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
	return s.stream(req, to)
}

func (s *services) GetDocument(req *lhcrv1.GetDocumentRequest, to grpc.ServerStreamingServer[lhcrv1.GetDocumentResponse]) error {
	return s.document(req, to)
}

func (s *services) PurgePatient(ctx context.Context, req *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error) {
	return s.purge(ctx, req)
}

func (s *services) GetServerInfo(context.Context, *lhcrv1.GetServerInfoRequest) (*lhcrv1.GetServerInfoResponse, error) {
	return &lhcrv1.GetServerInfoResponse{ContractVersion: "v1"}, nil
}

// buffer is a log that can be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// setting is a gateway's edge over a connection in memory, with everything it
// leaves behind: log, audit, metrics, spans.
type setting struct {
	services services
	log      buffer
	audit    buffer
	metrics  *telemetry.Metrics
	spans    *tracetest.InMemoryExporter
	tracing  *telemetry.Tracing
	issuer   *sandboxissuer.Service
	server   *grpc.Server
	listener *bufconn.Listener
	conn     *grpc.ClientConn
}

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return start }

func newSetting(t testing.TB, change ...func(*edge.Options)) *setting {
	t.Helper()
	return settingOf(t, (*edge.Edge).ServerOptions, change...)
}

// newAdminSetting is the same by the admin listener.
func newAdminSetting(t testing.TB, change ...func(*edge.Options)) *setting {
	t.Helper()
	return settingOf(t, (*edge.Edge).AdminServerOptions, change...)
}

func settingOf(t testing.TB, surface func(*edge.Edge) []grpc.ServerOption, change ...func(*edge.Options)) *setting {
	t.Helper()
	s := &setting{metrics: telemetry.NewMetrics("test"), spans: tracetest.NewInMemoryExporter()}
	options := s.options(t)
	for _, c := range change {
		c(&options)
	}
	e, err := edge.New(options)
	if err != nil {
		t.Fatal(err)
	}
	s.serve(t, surface(e))
	return s
}

func (s *setting) options(t testing.TB) edge.Options {
	t.Helper()
	logger, err := telemetry.NewLogger(&s.log, telemetry.LogOptions{Level: "debug", Format: "json"})
	must(t, err)
	lines, err := audit.NewLines(audit.LinesOptions{Regions: []string{"dorset", "yorkshire"}, Handler: slog.NewJSONHandler(&s.audit, nil), Now: clock, Random: rand.Reader})
	must(t, err)
	tracing, err := telemetry.NewTracing(t.Context(), telemetry.TracingOptions{Exporter: s.spans})
	must(t, err)
	t.Cleanup(func() { must(t, tracing.Shutdown(context.Background())) })
	s.tracing = tracing
	s.issuer, err = sandboxissuer.New(sandboxissuer.Config{Now: clock, Random: rand.Reader})
	must(t, err)
	jwks, err := s.issuer.WriteJWKS(t.TempDir())
	must(t, err)
	verifier, err := access.NewVerifier(access.Config{Issuer: sandboxissuer.Issuer, Audience: sandboxissuer.Audience, JWKSFile: jwks, Now: clock})
	must(t, err)
	return edge.Options{
		Verifier: verifier, Audit: lines, Metrics: s.metrics, Logger: logger, Tracing: s.tracing, Now: clock, Random: rand.Reader,
		DefaultTimeout: 10 * time.Second, MaxRequestBytes: 64 << 10,
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// serve serves every service that there is: what the surface does not have it refuses.
func (s *setting) serve(t testing.TB, options []grpc.ServerOption) {
	t.Helper()
	s.server = grpc.NewServer(options...)
	lhcrv1.RegisterCacheServiceServer(s.server, &s.services)
	lhcrv1.RegisterRecordServiceServer(s.server, &s.services)
	lhcrv1.RegisterRegionServiceServer(s.server, &s.services)
	lhcrv1.RegisterServerServiceServer(s.server, &s.services)
	healthgrpc.RegisterHealthServer(s.server, health.NewServer())
	reflection.Register(s.server)
	s.listener = bufconn.Listen(1 << 20)
	served := make(chan error, 1)
	go func() { served <- s.server.Serve(s.listener) }()
	var err error
	s.conn, err = grpc.NewClient("passthrough:///memory", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return s.listener.DialContext(ctx) }))
	must(t, err)
	t.Cleanup(func() {
		must(t, s.conn.Close())
		s.server.Stop()
		must(t, <-served)
	})
}

// settle waits until every call has ended on the server's side too.
func (s *setting) settle(t testing.TB) {
	t.Helper()
	s.server.GracefulStop()
}

func (s *setting) records() lhcrv1.RecordServiceClient { return lhcrv1.NewRecordServiceClient(s.conn) }

// as is a context with the token of a pharmacist.
func (s *setting) as(t testing.TB, ctx context.Context) context.Context {
	t.Helper()
	return s.with(t, ctx, sandboxissuer.Pharmacist())
}

// with is a context with a token of these claims.
func (s *setting) with(t testing.TB, ctx context.Context, claims access.Claims) context.Context {
	t.Helper()
	token, err := s.issuer.Token(claims, 0)
	must(t, err)
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
}

// trail is the audit's lines so far, but for their message's level and time.
func (s *setting) trail(t testing.TB) []map[string]any {
	t.Helper()
	var lines []map[string]any
	for one := range strings.Lines(s.audit.String()) {
		var line map[string]any
		must(t, json.Unmarshal([]byte(one), &line))
		lines = append(lines, line)
	}
	return lines
}

func (s *setting) scrape(t testing.TB) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	s.metrics.Handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	body, err := io.ReadAll(recorder.Body)
	must(t, err)
	return string(body)
}

const (
	canaryNumber  = "9990000018"
	canaryName    = "Quincunx Pettibone"
	canaryAddress = "17 Marmalade Crescent"
)

func goodQuery() *lhcrv1.GetRecordRequest {
	return &lhcrv1.GetRecordRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: canaryNumber, DateOfBirth: "1951-04-17"},
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
		},
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES},
		Regions:  &lhcrv1.RegionSelection{RegionIds: []string{"dorset"}},
	}
}

// goodItem is an item id as the readers make them.
const goodItem = "437f9d67f183c1cecf359286c561fa35"

func goodDocument() *lhcrv1.GetDocumentRequest {
	return &lhcrv1.GetDocumentRequest{Patient: goodQuery().GetPatient(), Access: goodQuery().GetAccess(), RegionId: "dorset", ItemId: goodItem}
}
