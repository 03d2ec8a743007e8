package main

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// pageOf is the page of a record, too wide for anything to wrap.
func pageOf(r *sdk.Record) string { return show.View{Width: 2000}.Record(r) }

// restQuery is the body of a REST call for everything of one patient.
func restQuery(t *testing.T, p sandbox.Patient) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"patient": map[string]string{"nhsNumber": p.NHSNumber, "dateOfBirth": p.DateOfBirth},
		"access":  map[string]string{"purpose": "PURPOSE_DIRECT_CARE", "basis": "ACCESS_BASIS_LEGITIMATE_RELATIONSHIP"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestRESTAnswersTheSameRecordAsGRPC(t *testing.T) {
	d := house(t, leisurely())
	client := supplier(t, d)
	for _, p := range everybody(t) {
		t.Run(p.Slug, func(t *testing.T) {
			code, body := postStatus(t, d.Files.CA, d.Files.Token, "https://"+d.REST+"/v1/record:get", restQuery(t, p))
			want, err := client.GetRecord(t.Context(), everything(p))
			if err != nil {
				if status.Code(err) != codes.ResourceExhausted || code != http.StatusTooManyRequests {
					t.Errorf("gRPC failed with %v, REST with %d", err, code)
				}
				return
			}
			var got lhcrv1.GetRecordResponse
			if err := protojson.Unmarshal(body, &got); err != nil {
				t.Fatalf("REST answered %d with what is no GetRecordResponse: %v", code, err)
			}
			mustEqual(t, "REST's answer from gRPC's", timeless(want.Unguarded()), timeless(&got))
			if len(got.GetOutcomes()) == 0 {
				t.Error("both answered nothing")
			}
		})
	}
}

// timeless is an answer without what differs between any two calls.
func timeless(answer *lhcrv1.GetRecordResponse) *lhcrv1.GetRecordResponse {
	answer = proto.CloneOf(answer)
	answer.RequestId, answer.AssembledAt = "", nil
	for _, o := range answer.GetOutcomes() {
		o.RetrievedAt, o.Age, o.FromCache = nil, nil, false
		for _, g := range o.GetGaps() {
			g.SourceRequestId = ""
		}
	}
	return answer
}

// A stream put together is the answer that GetRecord gives.
func TestAStreamAddsUpToTheAnswer(t *testing.T) {
	client := supplier(t, house(t, leisurely()))
	for _, p := range everybody(t) {
		t.Run(p.Slug, func(t *testing.T) {
			streamed, err := client.StreamRecord(t.Context(), everything(p)).Record()
			if err != nil {
				t.Fatal(err)
			}
			got, err := client.GetRecord(t.Context(), everything(p))
			if status.Code(err) == codes.ResourceExhausted {
				t.Skip("this record is too large for one message")
			}
			if err != nil {
				t.Fatal(err)
			}
			if streamed.Completeness() != got.Completeness() {
				t.Errorf("streamed it is %v, else %v", streamed.Completeness(), got.Completeness())
			}
			for _, region := range []string{"dorset", "yorkshire"} {
				mustEqual(t, "the stream of "+region, of(got, region), of(streamed, region))
			}
		})
	}
}
