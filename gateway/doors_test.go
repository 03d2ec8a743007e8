package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/testing/protocmp"

	spb "google.golang.org/genproto/googleapis/rpc/status"
)

// cases are what two regions may give between them, from everything to nothing.
func cases() map[string]struct {
	dorset, yorkshire func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
	want              lhcrv1.Completeness
} {
	gap := func(res *adapterv1.FetchResponse) {
		res.Outcomes[0].Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, ProviderOdsCode: "RCD", Retryable: true}}
	}
	somebodyElse := func(res *adapterv1.FetchResponse) { res.Patients[0].NhsNumber = "9990000026" }
	nobody := func(res *adapterv1.FetchResponse) { res.Record, res.Patients = nil, nil; notHeld(res) }
	return map[string]struct {
		dorset, yorkshire func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
		want              lhcrv1.Completeness
	}{
		"both whole":           {answers(allergic("dorset", "a1")), answers(allergic("yorkshire", "a2")), lhcrv1.Completeness_COMPLETENESS_COMPLETE},
		"one with a gap":       {answers(allergic("dorset", "a1"), gap), answers(nil), lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"one out of order":     {answers(allergic("dorset", "a1")), fails(codes.Unavailable, "down"), lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"one about another":    {answers(allergic("dorset", "a1")), answers(allergic("yorkshire", "a2"), somebodyElse), lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"one panics":           {answers(allergic("dorset", "a1")), panics, lhcrv1.Completeness_COMPLETENESS_PARTIAL},
		"both refuse":          {fails(codes.PermissionDenied, "no"), fails(codes.Unauthenticated, "no"), lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE},
		"neither knows anyone": {answers(nil, nobody), answers(nil, nobody), lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND},
	}
}

func notHeld(res *adapterv1.FetchResponse) {
	for _, o := range res.GetOutcomes() {
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	}
}

func panics(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	panic("Zebedee " + patient)
}

// sameButTime leaves out what differs from call to call.
func sameButTime() cmp.Options {
	return cmp.Options{
		protocmp.Transform(),
		protocmp.IgnoreFields(&lhcrv1.GetRecordResponse{}, "request_id", "assembled_at"),
		protocmp.IgnoreFields(&lhcrv1.RecordSummary{}, "request_id", "assembled_at"),
		protocmp.IgnoreFields(&lhcrv1.SectionOutcome{}, "retrieved_at", "age", "from_cache"),
		protocmp.IgnoreFields(&errdetails.RequestInfo{}, "request_id"),
		protocmp.SortRepeatedFields(&lhcrv1.GetRecordResponse{}, "outcomes"),
	}
}

func body(t *testing.T, req *lhcrv1.GetRecordRequest) string {
	t.Helper()
	out, err := protojson.Marshal(req)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestBothDoorsGiveTheSameRecord(t *testing.T) {
	for name, tt := range cases() {
		t.Run(name, func(t *testing.T) {
			h := start(t, &region{id: "dorset", fetch: tt.dorset}, &region{id: "yorkshire", fetch: tt.yorkshire})
			req := asking(lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS)
			overGRPC, err := h.records(t).GetRecord(h.as(t), req)
			if err != nil {
				t.Fatal(err)
			}
			if got := overGRPC.GetCompleteness(); got != tt.want || len(overGRPC.GetOutcomes()) != 4 {
				t.Errorf("over gRPC: %v with %d outcomes, want %v with 4", got, len(overGRPC.GetOutcomes()), tt.want)
			}
			res := h.rest(t, "POST", "/v1/record:get", body(t, req), nil)
			overREST := &lhcrv1.GetRecordResponse{}
			if err := protojson.Unmarshal(res.body, overREST); err != nil {
				t.Fatalf("status %d: %v", res.status, err)
			}
			if diff := cmp.Diff(overGRPC, overREST, sameButTime()); diff != "" {
				t.Errorf("REST differs from gRPC (-gRPC +REST):\n%s", diff)
			}
			if overREST.GetRequestId() != res.header.Get("X-Request-Id") || overREST.GetRequestId() == "" {
				t.Errorf("the request id is %q in the body and %q in the header", overREST.GetRequestId(), res.header.Get("X-Request-Id"))
			}
		})
	}
}

func TestBothDoorsStreamTheSameParts(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(allergic("dorset", "a1"))})
	req := &lhcrv1.StreamRecordRequest{Query: asking(lhcrv1.Section_SECTION_ALLERGIES)}
	stream, err := h.records(t).StreamRecord(h.as(t), req)
	if err != nil {
		t.Fatal(err)
	}
	var overGRPC, overREST []*lhcrv1.StreamRecordResponse
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
	res := h.rest(t, "POST", "/v1/record:stream", `{"query": `+body(t, req.GetQuery())+`}`, nil)
	for _, line := range bytes.Split(bytes.TrimSpace(res.body), []byte("\n")) {
		var l map[string]json.RawMessage
		m := &lhcrv1.StreamRecordResponse{}
		if err := errors.Join(json.Unmarshal(line, &l), protojson.Unmarshal(l["result"], m)); err != nil {
			t.Fatalf("line %s: %v", line, err)
		}
		overREST = append(overREST, m)
	}
	if diff := cmp.Diff(overGRPC, overREST, sameButTime()); diff != "" || len(overGRPC) < 2 {
		t.Errorf("%d messages over gRPC; REST differs (-gRPC +REST):\n%s", len(overGRPC), diff)
	}
	if overGRPC[len(overGRPC)-1].GetSummary().GetCompleteness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		t.Error("the stream does not end with a summary that says COMPLETE")
	}
}

// fieldsAsJSON writes the paths of the fields that an error of the cases blames as JSON does.
func fieldsAsJSON(t *testing.T, s *spb.Status) *spb.Status {
	t.Helper()
	text, err := protojson.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	renamed := &spb.Status{}
	paths := strings.NewReplacer("patient.nhs_number", "patient.nhsNumber", "regions.region_ids", "regions.regionIds")
	if err := protojson.Unmarshal([]byte(paths.Replace(string(text))), renamed); err != nil {
		t.Fatal(err)
	}
	return renamed
}

func TestBothDoorsGiveTheSameError(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	wrongNumber := asking()
	wrongNumber.Patient.NhsNumber = "9990000019"
	nowhere := asking()
	nowhere.Regions = &lhcrv1.RegionSelection{RegionIds: []string{"atlantis"}}
	tests := map[string]struct {
		req    *lhcrv1.GetRecordRequest
		ctx    context.Context
		header map[string]string
		reason lhcrv1.ErrorReason
		status int
	}{
		"wrong number":   {wrongNumber, h.as(t), nil, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, 400},
		"nothing asked":  {&lhcrv1.GetRecordRequest{}, h.as(t), nil, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, 400},
		"unknown region": {nowhere, h.as(t), nil, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION, 400},
		"no token":       {asking(), t.Context(), map[string]string{"Authorization": ""}, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING, 401},
		"a bad token": {asking(), metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer x.y.z"),
			map[string]string{"Authorization": "Bearer x.y.z"}, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, 401},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := h.records(t).GetRecord(tt.ctx, tt.req)
			if failure.Reason(err) != tt.reason {
				t.Errorf("over gRPC: %v, want %v", err, tt.reason)
			}
			header := map[string]string{}
			for k, v := range tt.header {
				header[k] = v
			}
			res := h.rest(t, "POST", "/v1/record:get", body(t, tt.req), header)
			got := &spb.Status{}
			if err := protojson.Unmarshal(res.body, got); err != nil {
				t.Fatalf("status %d: %v", res.status, err)
			}
			if diff := cmp.Diff(fieldsAsJSON(t, status.Convert(err).Proto()), got, sameButTime()); diff != "" {
				t.Errorf("REST differs from gRPC (-gRPC +REST):\n%s", diff)
			}
			if res.status != tt.status {
				t.Errorf("status %d, want %d", res.status, tt.status)
			}
		})
	}
}

// An answer above 4 MiB fails on both doors and names the stream, which delivers it.
func TestALargeRecordNeedsTheStream(t *testing.T) {
	large := func(res *adapterv1.FetchResponse) {
		for range 6 {
			res.Sources = append(res.Sources, &lhcrv1.SourceResource{RegionId: "dorset", ItemId: "a1", Content: make([]byte, 800<<10)})
		}
	}
	h := start(t, &region{id: "dorset", fetch: answers(allergic("dorset", "a1"), large)})
	req := asking(lhcrv1.Section_SECTION_ALLERGIES)
	req.IncludeSource = true
	if _, err := h.records(t).GetRecord(h.as(t), req); failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE {
		t.Errorf("over gRPC: %v", err)
	}
	res := h.rest(t, "POST", "/v1/record:get", body(t, req), nil)
	if res.status != 422 || !bytes.Contains(res.body, []byte("ERROR_REASON_RESPONSE_TOO_LARGE")) {
		t.Errorf("over REST: status %d, %.300s", res.status, res.body)
	}
	res = h.rest(t, "POST", "/v1/record:stream", `{"query": `+body(t, req)+`}`, nil)
	if res.status != 200 || !bytes.Contains(res.body, []byte(`"summary"`)) || len(res.body) < 4<<20 {
		t.Errorf("the stream: status %d with %d bytes", res.status, len(res.body))
	}
}

func TestTheOtherServicesAnswer(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	conn := h.conn(t)
	info, err := lhcrv1.NewServerServiceClient(conn).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{})
	if err != nil {
		t.Fatal(err)
	}
	want := &lhcrv1.GetServerInfoResponse{Version: "1.2.3-test", ContractVersion: "v1", Features: []string{"cache", "documents", "stream"}, ReaderVersion: "reader-7"}
	if diff := cmp.Diff(want, info, protocmp.Transform(), protocmp.IgnoreFields(want, "time")); diff != "" {
		t.Errorf("server info (-want +got):\n%s", diff)
	}
	regions := lhcrv1.NewRegionServiceClient(conn)
	endpoints, err := regions.ListNetworkEndpoints(h.as(t), &lhcrv1.ListNetworkEndpointsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if e := endpoints.GetEndpoints(); len(e) != 1 || e[0].GetHost() != "fhir.dorset.example" || e[0].GetNetwork() != "HSCN" {
		t.Errorf("endpoints %v", e)
	}
	if _, err := regions.GetRegion(h.as(t), &lhcrv1.GetRegionRequest{RegionId: "atlantis"}); status.Code(err) != codes.NotFound {
		t.Errorf("an unknown region: %v", err)
	}
	var header metadata.MD
	if _, err := regions.ListRegions(h.as(t), &lhcrv1.ListRegionsRequest{}, grpc.Header(&header)); err != nil || len(header.Get("x-request-id")) != 1 {
		t.Errorf("ListRegions: %v, request ids %v", err, header.Get("x-request-id"))
	}
}
