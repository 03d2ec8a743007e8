package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	spb "google.golang.org/genproto/googleapis/rpc/status"
)

func outcome(section lhcrv1.Section, status lhcrv1.OutcomeStatus) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{RegionId: "dorset", Section: section, Status: status}
}

// answers are what the gateway may say, from everything to nothing.
func answers() map[string]*lhcrv1.GetRecordResponse {
	whole := &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{
			Allergies:   []*lhcrv1.Allergy{{Header: &lhcrv1.ItemHeader{RegionId: "dorset", ItemId: "a1"}}},
			Medications: []*lhcrv1.Medication{{Header: &lhcrv1.ItemHeader{RegionId: "dorset", ItemId: "m1"}}, {Header: &lhcrv1.ItemHeader{RegionId: "yorkshire", ItemId: "m2"}}},
		},
		Outcomes:     []*lhcrv1.SectionOutcome{outcome(lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)},
		Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE,
		Links:        []*lhcrv1.ItemLink{{RegionId: "dorset", FromItemId: "m1", ToItemId: "a1", Kind: lhcrv1.LinkKind_LINK_KIND_REASON}},
		Groups:       []*lhcrv1.EquivalenceGroup{{Items: []*lhcrv1.ItemRef{{RegionId: "dorset", ItemId: "m1"}, {RegionId: "yorkshire", ItemId: "m2"}}, Basis: lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_BUSINESS_IDENTIFIER}},
		Sources:      []*lhcrv1.SourceResource{{RegionId: "dorset", ItemId: "a1", MediaType: "application/fhir+json", Content: []byte(`{"a": "<é>"}`)}},
		RequestId:    "7f1c7b0e-6f4e-4f0e-9a55-0d1b7a6d7a11",
		AssembledAt:  timestamppb.New(time.Date(2026, 11, 21, 12, 0, 0, 123, time.UTC)),
	}
	partial := outcome(lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID)
	partial.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, ProviderOdsCode: "RCD", Retryable: true, RetryAfter: durationpb.New(90 * time.Second)}}
	partial.Warnings = []*lhcrv1.Warning{{Code: lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT, Text: "Information not available <b>"}}
	mismatch := outcome(lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH)
	mismatch.IdentityMismatchReason = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED
	return map[string]*lhcrv1.GetRecordResponse{
		"whole":       whole,
		"partial":     {Outcomes: []*lhcrv1.SectionOutcome{partial}, Completeness: lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"mismatch":    {Outcomes: []*lhcrv1.SectionOutcome{mismatch}, Completeness: lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE},
		"not held":    {Outcomes: []*lhcrv1.SectionOutcome{outcome(lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD)}, Completeness: lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND},
		"nothing set": {},
	}
}

func request(t *testing.T) *lhcrv1.GetRecordRequest {
	t.Helper()
	req := &lhcrv1.GetRecordRequest{}
	if err := protojson.Unmarshal([]byte(asked), req); err != nil {
		t.Fatal(err)
	}
	return req
}

// A handler that is called in process would write the answer's bytes, which its
// sender does not know as fields, as {}: an empty record.
func TestRESTOfPreEncodedBytesIsNotAnEmptyObject(t *testing.T) {
	want := answers()["whole"]
	s := start(t, &backend{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return encoded(t, want), nil
	}}, nil)
	res := s.post(t, "/v1/record:get", asked)
	if compact := strings.Join(strings.Fields(string(res.body)), ""); compact == "{}" || !strings.Contains(compact, `"itemId":"a1"`) {
		t.Fatalf("the allergy did not arrive: %s", res.body)
	}
	got := &lhcrv1.GetRecordResponse{}
	res.into(t, got)
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestRESTAnswersTheSameRecordAsGRPC(t *testing.T) {
	for name, want := range answers() {
		t.Run(name, func(t *testing.T) {
			b := &backend{get: func(_ context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
				if diff := cmp.Diff(request(t), req, protocmp.Transform()); diff != "" {
					return nil, status.Error(codes.Internal, diff)
				}
				return encoded(t, want), nil
			}}
			s := start(t, b, nil)
			overGRPC, err := lhcrv1.NewRecordServiceClient(s.grpc).GetRecord(t.Context(), request(t))
			if err != nil {
				t.Fatal(err)
			}
			overREST := &lhcrv1.GetRecordResponse{}
			s.post(t, "/v1/record:get", asked).into(t, overREST)
			for door, got := range map[string]*lhcrv1.GetRecordResponse{"gRPC": overGRPC, "REST": overREST} {
				if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
					t.Errorf("over %s (-want +got):\n%s", door, diff)
				}
			}
		})
	}
}

func failures() map[string]struct {
	err  error
	http int
} {
	return map[string]struct {
		err  error
		http int
	}{
		"invalid":   {failure.Invalid(failure.Violation{Field: "patient", Rule: "required", Message: "value is required"}), 400},
		"token":     {failure.New(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "the token has expired"), 401},
		"denied":    {failure.New(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED, "not allowed"), 403},
		"region":    {failure.WithMetadata(codes.NotFound, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION, "no such region", map[string]string{"a": "b"}), 404},
		"too large": {failure.New(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE, "use StreamRecord"), 422},
		"too many":  {failure.RetryAfter(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_RATE_LIMITED, "slow down", 1500*time.Millisecond), 429},
		"internal":  {failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault of ours"), 500},
		"stopping":  {failure.New(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_SHUTTING_DOWN, "try again"), 503},
		"late":      {failure.New(codes.DeadlineExceeded, lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED, "too late"), 504},
	}
}

func TestRESTAnswersTheSameErrorAsGRPC(t *testing.T) {
	for name, tt := range failures() {
		t.Run(name, func(t *testing.T) {
			s := start(t, &backend{
				get:    func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) { return nil, tt.err },
				stream: func(*lhcrv1.StreamRecordRequest, func(*lhcrv1.StreamRecordResponse) error) error { return tt.err },
			}, nil)
			for path, body := range map[string]string{"/v1/record:get": asked, "/v1/record:stream": `{"query": ` + asked + `}`} {
				res := s.post(t, path, body)
				want := withID(t, tt.err, res.Header.Get("X-Request-Id"))
				if diff := cmp.Diff(want, res.status(t), protocmp.Transform()); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
				if res.StatusCode != tt.http || res.Header.Get("Content-Type") != "application/json" {
					t.Errorf("%s: status %d of type %q, want %d", path, res.StatusCode, res.Header.Get("Content-Type"), tt.http)
				}
			}
			if len(s.taken()) != 0 {
				t.Errorf("an error of gRPC, which audited it, was told of as a refusal of REST: %v", s.taken())
			}
		})
	}
}

// JSON has names of its own for the fields: an error over REST blames the name that was sent.
func TestRESTBlamesAFieldByItsNameInJSON(t *testing.T) {
	unknown, err := status.Convert(failure.New(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION, "one of the regions is not known here")).
		WithDetails(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "query.regions.region_ids[1]"}}})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		err                    error
		field, message, reason string
	}{
		"a broken rule": {
			failure.Invalid(failure.Violation{Field: "patient.nhs_number", Rule: "nhs_number", Message: "must be an NHS number"}),
			"patient.nhsNumber", "patient.nhsNumber: must be an NHS number", invalid,
		},
		"another reason": {unknown.Err(), "query.regions.regionIds[1]", "one of the regions is not known here", "ERROR_REASON_UNKNOWN_REGION"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := start(t, &backend{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) { return nil, tt.err }}, nil)
			res := s.post(t, "/v1/record:get", asked)
			if field, message := violated(t, res), res.status(t).GetMessage(); field != tt.field || message != tt.message || res.reason(t) != tt.reason {
				t.Errorf("%q is blamed with %q and %s, want %q with %q and %s", field, message, res.reason(t), tt.field, tt.message, tt.reason)
			}
		})
	}
}

// withID is an error as it is answered: with the request id to quote.
func withID(t *testing.T, err error, id string) *spb.Status {
	t.Helper()
	s, failed := status.Convert(err).WithDetails(&errdetails.RequestInfo{RequestId: id})
	if failed != nil || id == "" {
		t.Fatal(failed, "no request id")
	}
	return s.Proto()
}

func TestErrorsCarryTheHeadersThatClientsActOn(t *testing.T) {
	for name, want := range map[string][2]string{"token": {"WWW-Authenticate", "Bearer"}, "too many": {"Retry-After", "2"}} {
		s := start(t, &backend{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			return nil, failures()[name].err
		}}, nil)
		if got := s.post(t, "/v1/record:get", asked).Header.Get(want[0]); got != want[1] {
			t.Errorf("%s: %s is %q, want %q", name, want[0], got, want[1])
		}
	}
}

func parts() []*lhcrv1.StreamRecordResponse {
	return []*lhcrv1.StreamRecordResponse{
		{Event: &lhcrv1.StreamRecordResponse_Part{Part: &lhcrv1.RegionPart{RegionId: "dorset", Record: answers()["whole"].GetRecord(), Sequence: 0}}},
		{Event: &lhcrv1.StreamRecordResponse_Part{Part: &lhcrv1.RegionPart{RegionId: "dorset", Sequence: 1, Last: true, Outcomes: answers()["partial"].GetOutcomes()}}},
		{Event: &lhcrv1.StreamRecordResponse_Summary{Summary: &lhcrv1.RecordSummary{Completeness: lhcrv1.Completeness_COMPLETENESS_PARTIAL, Parts: 2}}},
	}
}

// sends makes a stream of the first n messages, each pre-encoded, and its end.
func sends(t *testing.T, n int, end error) *backend {
	return &backend{stream: func(_ *lhcrv1.StreamRecordRequest, send func(*lhcrv1.StreamRecordResponse) error) error {
		for _, part := range parts()[:n] {
			raw, err := proto.Marshal(part)
			if err != nil {
				t.Error(err)
			}
			m := &lhcrv1.StreamRecordResponse{}
			m.ProtoReflect().SetUnknown(raw)
			if err := send(m); err != nil {
				return err
			}
		}
		return end
	}}
}

func TestRESTStreamsTheSamePartsAsGRPC(t *testing.T) {
	s := start(t, sends(t, 3, nil), nil)
	stream, err := lhcrv1.NewRecordServiceClient(s.grpc).StreamRecord(t.Context(), &lhcrv1.StreamRecordRequest{Query: request(t)})
	if err != nil {
		t.Fatal(err)
	}
	var overGRPC []*lhcrv1.StreamRecordResponse
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		overGRPC = append(overGRPC, m)
	}
	res := s.post(t, "/v1/record:stream", `{"query": `+asked+`}`)
	if got := res.Header.Get("Content-Type"); got != "application/x-ndjson" {
		t.Errorf("Content-Type %q", got)
	}
	overREST := results(t, res.lines(t))
	for door, got := range map[string][]*lhcrv1.StreamRecordResponse{"gRPC": overGRPC, "REST": overREST} {
		if diff := cmp.Diff(parts(), got, protocmp.Transform()); diff != "" {
			t.Errorf("over %s (-want +got):\n%s", door, diff)
		}
	}
}

func results(t *testing.T, lines []map[string]json.RawMessage) []*lhcrv1.StreamRecordResponse {
	t.Helper()
	var out []*lhcrv1.StreamRecordResponse
	for _, line := range lines {
		m := &lhcrv1.StreamRecordResponse{}
		if err := protojson.Unmarshal(line["result"], m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func TestAnErrorInsideAStreamIsItsLastLine(t *testing.T) {
	want := failure.New(codes.DataLoss, lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID, "the answer broke off")
	s := start(t, sends(t, 2, want), nil)
	res := s.post(t, "/v1/record:stream", `{"query": `+asked+`}`)
	lines := res.lines(t)
	if res.StatusCode != 200 || len(lines) != 3 {
		t.Fatalf("status %d with %d lines, want 200 with 3", res.StatusCode, len(lines))
	}
	results(t, lines[:2])
	got := &spb.Status{}
	if err := protojson.Unmarshal(lines[2]["error"], got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(status.Convert(want).Proto(), got, protocmp.Transform()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestADocumentArrivesByteForByte(t *testing.T) {
	content := []byte{0, 1, 2, 0xff, '\n', '"'}
	s := start(t, &backend{document: func(_ *lhcrv1.GetDocumentRequest, send func(*lhcrv1.GetDocumentResponse) error) error {
		if err := send(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Info{Info: &lhcrv1.DocumentInfo{MediaType: "application/pdf", Size: 6}}}); err != nil {
			return err
		}
		return send(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: content}})
	}}, nil)
	lines := s.post(t, "/v1/document:get", `{"regionId": "dorset", "itemId": "d1"}`).lines(t)
	got := &lhcrv1.GetDocumentResponse{}
	if err := protojson.Unmarshal(lines[1]["result"], got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(content, got.GetChunk()); diff != "" {
		t.Errorf("bytes (-want +got):\n%s", diff)
	}
}

func TestEachPartLeavesAsItLands(t *testing.T) {
	read := make(chan struct{})
	s := start(t, &backend{stream: func(_ *lhcrv1.StreamRecordRequest, send func(*lhcrv1.StreamRecordResponse) error) error {
		if err := send(parts()[0]); err != nil {
			return err
		}
		<-read // the second part is not sent before the first was read
		return send(parts()[2])
	}}, nil)
	res := s.open(t, "/v1/record:stream", `{"query": `+asked+`}`)
	first, err := res.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	close(read)
	rest, err := io.ReadAll(res)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(first), `"part"`) || !strings.Contains(string(rest), `"summary"`) {
		t.Errorf("first line %s, rest %s", first, rest)
	}
}

func TestJSONShowsEmptyFieldsAndLongNames(t *testing.T) {
	s := start(t, &backend{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return encoded(t, answers()["partial"]), nil
	}}, nil)
	got := strings.ReplaceAll(string(s.post(t, "/v1/record:get", asked).body), " ", "")
	for _, want := range []string{`"groups":[]`, `"completeness":"COMPLETENESS_PARTIAL"`, `"kind":"GAP_KIND_PROVIDER_FAILED"`, `"providerOdsCode":"RCD"`, `"truncated":false`} {
		if !strings.Contains(got, want) {
			t.Errorf("the answer lacks %s: %s", want, got)
		}
	}
}
