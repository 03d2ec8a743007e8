package edge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

func errorLine(err error) string {
	return status.Code(err).String() + " " + failure.Reason(err).String()
}

// raw sends bytes as they are.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error) { return v.([]byte), nil }
func (raw) Unmarshal([]byte, any) error   { return nil }
func (raw) Name() string                  { return "proto" }

// TestCanariesAreNowhereButInTheAnswer makes calls of every fate, with a patient's
// number, name and address wherever a caller can put them, and searches all that the
// gateway leaves behind and every error.
func TestCanariesAreNowhereButInTheAnswer(t *testing.T) {
	s := newSetting(t)
	var errs []error
	note := func(err error) {
		if err == nil || errors.Is(err, io.EOF) {
			return
		}
		errs = append(errs, err)
	}
	fate := 0
	s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		fate++
		switch fate {
		case 1:
			return encoded(t, someAnswer()), nil
		case 2:
			panic(someAnswer())
		case 3:
			return nil, fmt.Errorf("reading https://dorset.example/Patient/%s: %s", canaryNumber, canaryName)
		}
		return nil, status.Error(codes.Unavailable, canaryAddress)
	}
	s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
		return errors.Join(send(streamOf())(to), errors.New(canaryName))
	}
	s.services.document = func(_ *lhcrv1.GetDocumentRequest, to grpc.ServerStreamingServer[lhcrv1.GetDocumentResponse]) error {
		return send([]*lhcrv1.GetDocumentResponse{{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: []byte(canaryName)}}})(to)
	}
	ctx := metadata.AppendToOutgoingContext(s.as(t, t.Context()),
		"x-request-id", canaryNumber, "x-patient", canaryNumber, "user-agent", canaryName,
		"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate", "nhs="+canaryNumber, "baggage", "patient="+canaryNumber)
	for range 4 {
		_, err := s.records().GetRecord(ctx, goodQuery())
		note(err)
	}
	note(drain(s.records().StreamRecord(ctx, &lhcrv1.StreamRecordRequest{Query: goodQuery()})))
	note(drain(s.records().GetDocument(ctx, goodDocument())))
	override := goodQuery()
	override.Access.Basis, override.Access.OverrideReason, override.Access.Device = 3, canaryName, canaryNumber
	_, err := s.records().GetRecord(ctx, override)
	note(err)
	s.malformed(t, ctx, note)
	if len(errs) < 12 {
		t.Errorf("%d calls failed, want every kind of failure", len(errs))
	}
	s.settle(t)
	s.search(t, errs)
}

// malformed makes the calls that the contract does not know or cannot read.
func (s *setting) malformed(t *testing.T, ctx context.Context, note func(error)) {
	t.Helper()
	invoke := func(method string, body []byte) {
		var out []byte
		note(s.conn.Invoke(ctx, method, body, &out, grpc.ForceCodec(raw{})))
	}
	invoke("/lhcr.v1.RecordService/"+canaryNumber, nil)
	invoke("/"+canaryNumber+"/"+canaryNumber, nil)
	invoke("/"+canaryNumber, nil)
	badUTF8 := append([]byte{0x0a, 0x0c, 0x0a, 0x0b}, canaryNumber+"\xff"...)
	for _, method := range []string{lhcrv1.RecordService_GetRecord_FullMethodName, lhcrv1.RecordService_StreamRecord_FullMethodName} {
		invoke(method, []byte(canaryName))                      // no message
		invoke(method, badUTF8)                                 // a text that is no UTF-8
		invoke(method, []byte(strings.Repeat(canaryName, 1e4))) // too large
	}
	_, err := s.records().GetRecord(ctx, &lhcrv1.GetRecordRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: canaryName, DateOfBirth: canaryAddress}})
	note(err)
	_, err = lhcrv1.NewRegionServiceClient(s.conn).GetRegion(ctx, &lhcrv1.GetRegionRequest{RegionId: canaryNumber})
	note(err)
	_, err = lhcrv1.NewRegionServiceClient(s.conn).ListRegions(
		metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+canaryNumber), &lhcrv1.ListRegionsRequest{})
	note(err)
}

// flushed are the spans that were exported.
func (s *setting) flushed(t *testing.T) tracetest.SpanStubs {
	t.Helper()
	must(t, s.tracing.Provider().(interface{ ForceFlush(context.Context) error }).ForceFlush(t.Context()))
	return s.spans.GetSpans()
}

func (s *setting) search(t *testing.T, errs []error) {
	t.Helper()
	places := map[string]string{"log": s.log.String(), "audit": s.audit.String(), "metrics": s.scrape(t)}
	for i, err := range errs {
		places[fmt.Sprintf("error %d", i)] = fmt.Sprint(err, status.Convert(err).Proto())
	}
	spans := s.flushed(t)
	if len(spans) < 10 {
		t.Errorf("%d spans, want one a call", len(spans))
	}
	places["spans"] = fmt.Sprintf("%+v", spans)
	for _, span := range spans {
		places["spans"] += fmt.Sprintf("%+v %+v %s", span.Attributes, span.Events, span.SpanContext.TraceState().String())
		for _, l := range span.Links {
			places["spans"] += l.SpanContext.TraceState().String()
		}
	}
	for name, content := range places {
		if content == "" {
			t.Errorf("%s: nothing was left to search", name)
		}
		for _, canary := range []string{canaryNumber, canaryName, "Quincunx", canaryAddress, "Marmalade", "1951-04-17"} {
			if strings.Contains(content, canary) {
				t.Errorf("%s holds %q:\n%s", name, canary, content)
			}
		}
	}
}

// What never gets into the walk is counted and audited all the same.
func TestWhatGrpcRefusesItselfIsCountedAndAudited(t *testing.T) {
	tests := map[string]struct {
		method string
		body   []byte
		code   codes.Code
		event  string
	}{
		"no message":           {lhcrv1.RecordService_GetRecord_FullMethodName, []byte("\xff\xff"), codes.InvalidArgument, "call"},
		"bad UTF-8":            {lhcrv1.RecordService_GetRecord_FullMethodName, []byte("\x0a\x03\x0a\x01\xff"), codes.InvalidArgument, "call"},
		"too large":            {lhcrv1.RecordService_GetRecord_FullMethodName, make([]byte, 65<<10), codes.ResourceExhausted, "unread"},
		"no message, streamed": {lhcrv1.RecordService_StreamRecord_FullMethodName, []byte("\xff\xff"), codes.InvalidArgument, "call"},
		"too large, streamed":  {lhcrv1.RecordService_StreamRecord_FullMethodName, make([]byte, 65<<10), codes.ResourceExhausted, "call"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t)
			var out []byte
			err := s.conn.Invoke(s.as(t, t.Context()), test.method, test.body, &out, grpc.ForceCodec(raw{}))
			if status.Code(err) != test.code {
				t.Errorf("the refusal is %v, want %v", err, test.code)
			}
			s.settle(t)
			lines := s.trail(t)
			if len(lines) != 1 || lines[0]["event"] != test.event || lines[0]["code"] != test.code.String() ||
				lines[0]["operation"] != test.method || lines[0]["reason"] != "ERROR_REASON_INVALID_REQUEST" {
				t.Errorf("the audit is %v", lines)
			}
			counted := fmt.Sprintf("lhcr_calls_total{code=%q,method=%q} 1\n", test.code.String(), test.method)
			if metrics := s.scrape(t); !strings.Contains(metrics, counted) || !strings.Contains(metrics, "lhcr_calls_in_flight 0\n") {
				t.Errorf("the metrics lack %s", counted)
			}
		})
	}
}

// Bytes that are no message are the caller's mistake, and said to be.
func TestARequestThatIsNoMessageIsTheCallersMistake(t *testing.T) {
	badUTF8 := append([]byte{0x0a, 0x0c, 0x0a, 0x0b}, canaryNumber+"\xff"...)
	for _, method := range []string{
		lhcrv1.RecordService_GetRecord_FullMethodName, lhcrv1.RecordService_StreamRecord_FullMethodName, lhcrv1.RecordService_GetDocument_FullMethodName,
	} {
		for name, body := range map[string][]byte{"wire bytes": []byte(canaryName), "bad UTF-8": badUTF8} {
			t.Run(method+" "+name, func(t *testing.T) {
				s := newSetting(t)
				var out []byte
				err := s.conn.Invoke(s.as(t, t.Context()), method, body, &out, grpc.ForceCodec(raw{}))
				s.wantRefusal(t, err, refusal{codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "no message of this method", "sandbox-pmr"})
				if !strings.Contains(s.scrape(t), `lhcr_calls_unread_total{code="InvalidArgument"} 1`) {
					t.Error("it is not counted as unread")
				}
				if said := fmt.Sprint(err, s.log.String(), s.audit.String()); strings.Contains(said, canaryNumber) || strings.Contains(said, canaryName) {
					t.Errorf("what was sent is repeated: %s", said)
				}
			})
		}
	}
}

func TestCallsAreCountedAndMeasured(t *testing.T) {
	s := newSetting(t)
	s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
		return send(streamOf())(to)
	}
	_ = drain(s.records().StreamRecord(s.as(t, t.Context()), &lhcrv1.StreamRecordRequest{Query: goodQuery()}))
	_, _ = s.records().GetRecord(t.Context(), goodQuery())
	s.settle(t)
	metrics := s.scrape(t)
	for _, want := range []string{
		`lhcr_calls_total{code="OK",method="/lhcr.v1.RecordService/StreamRecord"} 1`,
		`lhcr_parts_total{method="/lhcr.v1.RecordService/StreamRecord"} 3`,
		`lhcr_request_bytes_count{method="/lhcr.v1.RecordService/StreamRecord"} 1`,
		`lhcr_response_bytes_count{method="/lhcr.v1.RecordService/StreamRecord"} 3`,
		`lhcr_call_refusals_total{method="/lhcr.v1.RecordService/GetRecord",reason="ERROR_REASON_TOKEN_MISSING"} 1`,
		`lhcr_call_duration_seconds_count{method="/lhcr.v1.RecordService/GetRecord"} 1`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestKnownCallsAreTracedAndOthersNot(t *testing.T) {
	s := newSetting(t)
	_, _ = s.records().GetRecord(metadata.AppendToOutgoingContext(t.Context(),
		"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), goodQuery())
	_ = s.conn.Invoke(t.Context(), "/no.such/Method", &emptypb.Empty{}, &emptypb.Empty{})
	s.settle(t)
	spans := s.flushed(t)
	if len(spans) != 1 || spans[0].Name != "lhcr.v1.RecordService/GetRecord" || spans[0].SpanContext.TraceID().String() != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("%d spans: %v", len(spans), spans)
	}
}

func TestARestRefusalIsCountedAndAudited(t *testing.T) {
	s := &setting{metrics: telemetry.NewMetrics("test"), spans: tracetest.NewInMemoryExporter()}
	options := s.options(t)
	e, err := edge.New(options)
	must(t, err)
	e.Refused(t.Context(), "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "/lhcr.v1.RecordService/GetRecord", codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST)
	e.Refused(t.Context(), "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeef", "/"+canaryNumber, codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED)
	lines := s.trail(t)
	if len(lines) != 2 || lines[0]["operation"] != "/lhcr.v1.RecordService/GetRecord" || lines[1]["operation"] != "unknown" || lines[0]["event"] != "unread" {
		t.Errorf("the audit is %v", lines)
	}
	if !strings.Contains(s.scrape(t), `lhcr_calls_unread_total{code="InvalidArgument"} 1`) {
		t.Error("the refusal was not counted")
	}
}
