package rest_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/rest"
	"github.com/openlhcr/openlhcr/gateway/services"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	spb "google.golang.org/genproto/googleapis/rpc/status"
)

// backend answers the RecordService as a test says, and keeps the metadata of the last call.
type backend struct {
	lhcrv1.UnimplementedRecordServiceServer
	get      func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error)
	stream   func(*lhcrv1.StreamRecordRequest, func(*lhcrv1.StreamRecordResponse) error) error
	document func(*lhcrv1.GetDocumentRequest, func(*lhcrv1.GetDocumentResponse) error) error

	mu   sync.Mutex
	seen metadata.MD
}

func (b *backend) note(ctx context.Context) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen, _ = metadata.FromIncomingContext(ctx)
}

func (b *backend) metadata() metadata.MD {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen
}

func (b *backend) GetRecord(ctx context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	b.note(ctx)
	return b.get(ctx, req)
}

func (b *backend) StreamRecord(req *lhcrv1.StreamRecordRequest, s grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
	b.note(s.Context())
	return b.stream(req, s.Send)
}

func (b *backend) GetDocument(req *lhcrv1.GetDocumentRequest, s grpc.ServerStreamingServer[lhcrv1.GetDocumentResponse]) error {
	b.note(s.Context())
	return b.document(req, s.Send)
}

// surface is a REST surface over real sockets, and the gRPC server behind it.
type surface struct {
	url  string
	grpc *grpc.ClientConn

	mu       sync.Mutex
	refusals []rest.Refusal
}

func (s *surface) refused(r rest.Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, r)
}

func (s *surface) taken() []rest.Refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refusals
}

func start(t *testing.T, b *backend, ready func() bool, change ...func(*rest.Options)) *surface {
	t.Helper()
	memory := bufconn.Listen(1 << 20)
	server := grpc.NewServer()
	lhcrv1.RegisterRecordServiceServer(server, b)
	lhcrv1.RegisterRegionServiceServer(server, services.NewRegion(regions(t), directory.NewHealth(nil)))
	go func() { _ = server.Serve(memory) }()
	t.Cleanup(server.Stop)
	s := &surface{}
	opts := rest.Options{Dial: memory.DialContext, Ready: ready, Random: rand.Reader, MaxBodyBytes: 4096, Refused: s.refused}
	for _, c := range change {
		c(&opts)
	}
	handler, err := rest.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = handler.Close() })
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	s.url = web.URL
	s.grpc, err = grpc.NewClient("passthrough:///memory",
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(16<<20)),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return memory.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.grpc.Close() })
	return s
}

func regions(t *testing.T) *directory.Directory {
	t.Helper()
	d, err := directory.New(directory.Options{
		Entries: []directory.Entry{{About: &adapterv1.DescribeResponse{Region: &lhcrv1.Region{
			RegionId: "dorset", Name: "Dorset Care Record", PharmaceuticalCommittees: []string{"Dorset LPC"},
		}}}},
		Organisations: map[string][]string{"FA123": {"dorset"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// answer is an answer of HTTP with its whole body.
type answer struct {
	*http.Response
	body []byte
}

func (s *surface) do(t *testing.T, method, path, body string, header map[string]string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	whole, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, whole}
}

func (s *surface) post(t *testing.T, path, body string) answer {
	t.Helper()
	return s.do(t, http.MethodPost, path, body, nil)
}

// into reads the body as a message of the contract, strictly.
func (a answer) into(t *testing.T, m proto.Message) {
	t.Helper()
	if err := protojson.Unmarshal(a.body, m); err != nil {
		t.Fatalf("status %d, body is no %s: %v", a.StatusCode, m.ProtoReflect().Descriptor().FullName(), err)
	}
}

func (a answer) status(t *testing.T) *spb.Status {
	t.Helper()
	s := &spb.Status{}
	a.into(t, s)
	return s
}

// reason is the ErrorInfo's, read from the JSON itself.
func (a answer) reason(t *testing.T) string {
	t.Helper()
	var s struct {
		Details []struct {
			Type   string `json:"@type"`
			Reason string `json:"reason"`
			Domain string `json:"domain"`
		} `json:"details"`
	}
	if err := json.Unmarshal(a.body, &s); err != nil {
		t.Fatalf("status %d, body %s: %v", a.StatusCode, a.body, err)
	}
	for _, d := range s.Details {
		if d.Domain == failure.Domain {
			return d.Reason
		}
	}
	return ""
}

func (a answer) lines(t *testing.T) []map[string]json.RawMessage {
	t.Helper()
	var out []map[string]json.RawMessage
	for _, line := range bytes.Split(bytes.TrimSuffix(a.body, []byte("\n")), []byte("\n")) {
		var l map[string]json.RawMessage
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatalf("line %s: %v", line, err)
		}
		out = append(out, l)
	}
	return out
}

// encoded is an answer as the gateway makes it: its bytes are fields that the
// sender does not know.
func encoded(t *testing.T, m *lhcrv1.GetRecordResponse) *lhcrv1.GetRecordResponse {
	t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out := &lhcrv1.GetRecordResponse{}
	out.ProtoReflect().SetUnknown(raw)
	return out
}

// A request that is well-formed, for a synthetic patient.
const asked = `{"patient": {"nhsNumber": "9990000018"}, "access": {"purpose": "PURPOSE_DIRECT_CARE", "basis": "ACCESS_BASIS_LEGITIMATE_RELATIONSHIP"}}`

// open posts and leaves the answer's body open.
func (s *surface) open(t *testing.T, path, body string) *bufio.Reader {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	return bufio.NewReader(res.Body)
}
