package sdk_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// part is a part with one allergy; the last part of a region carries its outcome.
func part(region, id string, sequence uint32, last bool) *lhcrv1.StreamRecordResponse {
	p := &lhcrv1.RegionPart{RegionId: region, Sequence: sequence, Last: last, Record: &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy(region, id, id)}}}
	if last {
		p.Outcomes = []*lhcrv1.SectionOutcome{outcome(region, allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)}
		p.Report = &lhcrv1.RegionReport{RegionId: region}
	}
	return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: p}}
}

func summary(parts uint32) *lhcrv1.StreamRecordResponse {
	return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Summary{Summary: &lhcrv1.RecordSummary{
		Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE, Parts: parts, RequestId: "r-9",
		Groups: []*lhcrv1.EquivalenceGroup{{Items: []*lhcrv1.ItemRef{{RegionId: "dorset", ItemId: "a"}, {RegionId: "yorkshire", ItemId: "c"}}}},
	}}}
}

// streaming is a gateway that sends these events and then ends with err.
func streaming(err error, events ...*lhcrv1.StreamRecordResponse) *gateway {
	return &gateway{stream: func(_ *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
		for _, e := range events {
			if err := s.Send(e); err != nil {
				return err
			}
		}
		return err
	}}
}

func allergyIDs(t *testing.T, r *sdk.Record) []string {
	t.Helper()
	items, _ := r.Allergies().WithGaps()
	var got []string
	for _, a := range items {
		got = append(got, a.GetHeader().GetItemId())
	}
	return got
}

func TestStreamYieldsEachRegionAsItLandsAndThenTheWhole(t *testing.T) {
	client := connect(t, streaming(nil,
		part("yorkshire", "c", 0, true), part("dorset", "a", 0, false), part("dorset", "b", 1, true), summary(3)))
	stream := client.StreamRecord(t.Context(), testQuery(allergies))
	var landed [][]string
	for region, err := range stream.Regions() {
		if err != nil {
			t.Fatal(err)
		}
		if region.Completeness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
			t.Errorf("region's completeness: %v", region.Completeness())
		}
		landed = append(landed, allergyIDs(t, region))
	}
	if diff := cmp.Diff([][]string{{"c"}, {"a", "b"}}, landed); diff != "" {
		t.Errorf("regions as they landed (-want +got):\n%s", diff)
	}
	record, err := stream.Record()
	if err != nil {
		t.Fatal(err)
	}
	if items, err := record.Allergies().Complete(); err != nil || len(items) != 3 {
		t.Errorf("%d allergies, error %v", len(items), err)
	}
	if len(record.MayBeSame(record.Item("dorset", "a"))) != 1 || record.RequestID() != "r-9" || len(record.Regions()) != 2 {
		t.Error("the summary's groups, the request id or the reports are lost")
	}
}

func TestRecordReadsTheStreamByItself(t *testing.T) {
	client := connect(t, streaming(nil, part("dorset", "a", 0, true), summary(1)))
	record, err := client.StreamRecord(t.Context(), testQuery(allergies)).Record()
	if err != nil || record.Completeness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		t.Errorf("completeness %v, error %v", record.Completeness(), err)
	}
}

func TestBrokenStreamsAreNeverComplete(t *testing.T) {
	tests := map[string]struct {
		gateway *gateway
		want    string
		code    codes.Code
	}{
		"no summary":          {streaming(nil, part("dorset", "a", 0, true)), "without its summary", codes.DataLoss},
		"an error midway":     {streaming(status.Error(codes.Unavailable, "going down"), part("dorset", "a", 0, true)), "going down", codes.Unavailable},
		"an error at end":     {streaming(status.Error(codes.Internal, "audit failed"), part("dorset", "a", 0, true), summary(1)), "audit failed", codes.Internal},
		"a part lost":         {streaming(nil, part("dorset", "a", 0, false), part("dorset", "b", 2, true), summary(2)), "part 1 of region", codes.DataLoss},
		"a region lost":       {streaming(nil, part("dorset", "a", 0, true), summary(2)), "2 parts were sent and 1 came", codes.DataLoss},
		"a region unended":    {streaming(nil, part("dorset", "a", 0, false), summary(1)), "last part of region", codes.DataLoss},
		"parts after summary": {streaming(nil, part("dorset", "a", 0, true), summary(1), part("yorkshire", "c", 0, true)), "after the summary", codes.DataLoss},
		"nothing":             {&gateway{}, "StreamRecord", codes.Unimplemented},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stream := connect(t, test.gateway).StreamRecord(t.Context(), testQuery(allergies))
			var last error
			for region, err := range stream.Regions() {
				if (region == nil) != (err != nil) {
					t.Errorf("region %v beside error %v", region != nil, err)
				}
				last = err
			}
			if last == nil || !strings.Contains(last.Error(), test.want) || status.Code(last) != test.code {
				t.Errorf("last error %v, want %q with %v", last, test.want, test.code)
			}
			record, err := stream.Record()
			if !errors.Is(err, last) || record.Completeness() != lhcrv1.Completeness_COMPLETENESS_PARTIAL {
				t.Errorf("error %v, completeness %v", err, record.Completeness())
			}
			var incomplete *sdk.IncompleteError
			if _, err := record.Allergies().Complete(); !errors.As(err, &incomplete) {
				t.Errorf("allergies of a broken stream: %v", err)
			}
		})
	}
}

func TestLeavingTheLoopEndsTheStream(t *testing.T) {
	ended := make(chan struct{})
	client := connect(t, &gateway{stream: func(_ *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
		defer close(ended)
		if err := s.Send(part("dorset", "a", 0, true)); err != nil {
			return err
		}
		<-s.Context().Done()
		return s.Context().Err()
	}})
	stream := client.StreamRecord(t.Context(), testQuery(allergies))
	for range stream.Regions() {
		break
	}
	<-ended
	record, err := stream.Record()
	if err == nil || record.Completeness() != lhcrv1.Completeness_COMPLETENESS_PARTIAL || len(allergyIDs(t, record)) != 1 {
		t.Errorf("error %v, completeness %v", err, record.Completeness())
	}
}

func TestStreamIsReadOnce(t *testing.T) {
	stream := connect(t, streaming(nil, summary(0))).StreamRecord(t.Context(), testQuery(allergies))
	if _, err := stream.Record(); err != nil {
		t.Fatal(err)
	}
	for _, err := range stream.Regions() {
		if err == nil {
			t.Error("the stream was read twice")
		}
	}
}

func TestStreamRefusesAWrongQuery(t *testing.T) {
	stream := connect(t, &gateway{}).StreamRecord(context.Background(), sdk.Query{})
	if _, err := stream.Record(); !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST)) {
		t.Errorf("error: %v", err)
	}
}
