package lookup_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

// landed is a message of a stream and when it came.
type landed struct {
	message *lhcrv1.StreamRecordResponse
	after   time.Duration
}

// stream reads a stream as a client does.
func stream(t *testing.T, ctx context.Context, l *lookup.Lookup, req *lhcrv1.GetRecordRequest) ([]landed, error) {
	t.Helper()
	began := time.Now()
	var all []landed
	err := l.Stream(ctx, caller(), req, func(m *lhcrv1.StreamRecordResponse) error {
		if size := proto.Size(m); size > 1<<20 {
			t.Errorf("a message of %d bytes was sent", size)
		}
		all = append(all, landed{onWire(t, m), time.Since(began)})
		return nil
	})
	return all, err
}

func TestARegionIsDeliveredWhenItLands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		l := newLookup(t, lookup.Options{},
			deaf(timeout(describe("a-hanging"), 5*time.Second), release), slow(describe("b-slow"), 2*time.Second), slow(describe("c-fast"), time.Second))
		all, err := stream(t, t.Context(), l, request(problems))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range all {
			switch event := m.message.GetEvent().(type) {
			case *lhcrv1.StreamRecordResponse_Part:
				got = append(got, fmt.Sprint(event.Part.GetRegionId(), " ", event.Part.GetOutcomes()[0].GetStatus(), " after ", m.after))
			case *lhcrv1.StreamRecordResponse_Summary:
				got = append(got, fmt.Sprint("summary of ", event.Summary.GetParts(), " parts, ", event.Summary.GetCompleteness(), " after ", m.after))
			}
		}
		want := []string{
			"c-fast OUTCOME_STATUS_NOTHING_RECORDED after 1s",
			"b-slow OUTCOME_STATUS_NOTHING_RECORDED after 2s",
			"a-hanging OUTCOME_STATUS_UNAVAILABLE after 5s",
			"summary of 3 parts, COMPLETENESS_PARTIAL after 5s",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("stream (-want +got):\n%s", diff)
		}
	})
}

// large is an answer of some 3 MB in problems that link to one another.
func large() *adapterv1.FetchResponse {
	res := fetched(&lhcrv1.Record{}, outcome(problems, returned), outcome(alerts, nothing))
	for n := range 30 {
		p := problem(fmt.Sprintf("p%02d", n))
		p.OnsetText = strings.Repeat("x", 100_000)
		res.Record.Problems = append(res.Record.Problems, p)
		res.Links = append(res.Links, &lhcrv1.ItemLink{FromItemId: p.Header.ItemId, ToItemId: "p00"})
		res.Sources = append(res.Sources, &lhcrv1.SourceResource{ItemId: p.Header.ItemId, Content: []byte(strings.Repeat("y", 50_000))})
	}
	res.Reported = []*lhcrv1.ReportedResources{{SourceType: "Device", Count: 2}}
	return res
}

func TestAStreamDeliversWhatOneAnswerCannot(t *testing.T) {
	l := newLookup(t, lookup.Options{}, answering("dorset", large()))
	req := request(problems, alerts)
	_, err := l.Get(t.Context(), caller(), req)
	if status.Code(err) != codes.ResourceExhausted || failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE || !strings.Contains(status.Convert(err).Message(), "StreamRecord") {
		t.Errorf("GetRecord of more than 4 MiB: %v", err)
	}

	all, err := stream(t, t.Context(), l, req)
	if err != nil {
		t.Fatal(err)
	}
	whole := &lhcrv1.RegionPart{Record: &lhcrv1.Record{}}
	for n, m := range all[:len(all)-1] {
		p := m.message.GetPart()
		if int(p.GetSequence()) != n || p.GetLast() != (n == len(all)-2) || (len(p.GetOutcomes()) > 0) != p.GetLast() {
			t.Errorf("part %d: sequence %d, last %t, %d outcomes", n, p.GetSequence(), p.GetLast(), len(p.GetOutcomes()))
		}
		proto.Merge(whole, p)
	}
	want := large()
	for _, p := range want.GetRecord().GetProblems() {
		p.Header.RegionId = "dorset"
	}
	if diff := cmp.Diff(want.GetRecord(), whole.GetRecord(), protocmp.Transform()); diff != "" {
		t.Error("the parts are not the record")
	}
	if len(whole.GetLinks()) != 30 || len(whole.GetSources()) != 30 || len(whole.GetOutcomes()) != 2 || whole.GetReport().GetReported()[0].GetCount() != 2 {
		t.Errorf("%d links, %d sources, %d outcomes", len(whole.GetLinks()), len(whole.GetSources()), len(whole.GetOutcomes()))
	}
	summary := all[len(all)-1].message.GetSummary()
	if int(summary.GetParts()) != len(all)-1 || summary.GetCompleteness() != complete || summary.GetRequestId() != caller().GetRequestId() || summary.GetAssembledAt() == nil {
		t.Errorf("the summary counts %d parts and says %v", summary.GetParts(), summary.GetCompleteness())
	}
}

// GetRecord and StreamRecord are two ways to the same record.
func TestAStreamSaysWhatOneAnswerSays(t *testing.T) {
	answer := func(id string) adapters.Adapter {
		m := medication("m-" + id)
		m.Header.SourceOrganisation, m.Header.Identifiers = &lhcrv1.Organisation{OdsCode: "A81001"}, []*lhcrv1.Identifier{{System: "s", Value: "1"}}
		return answering(id, fetched(&lhcrv1.Record{Medications: []*lhcrv1.Medication{m}, Problems: []*lhcrv1.Problem{problem("p1", medications)}},
			outcome(medications, returned), outcome(problems, returned)))
	}
	l := newLookup(t, lookup.Options{}, answer("dorset"), answer("yorkshire"), failing("chie", status.Error(codes.Unavailable, "")))
	one := get(t, l, request(medications, problems))
	all, err := stream(t, t.Context(), l, request(medications, problems))
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(all, func(a, b landed) int {
		return strings.Compare(a.message.GetPart().GetRegionId(), b.message.GetPart().GetRegionId())
	})
	joined := &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{}}
	for _, m := range all {
		p, s := m.message.GetPart(), m.message.GetSummary()
		proto.Merge(joined, &lhcrv1.GetRecordResponse{Record: p.GetRecord(), Outcomes: p.GetOutcomes(), Links: p.GetLinks(), Completeness: s.GetCompleteness(), Groups: s.GetGroups(), RequestId: s.GetRequestId()})
		if p.GetReport() != nil {
			joined.Regions = append(joined.Regions, p.GetReport())
		}
	}
	ignored := []cmp.Option{protocmp.IgnoreFields(&lhcrv1.GetRecordResponse{}, "assembled_at"), protocmp.IgnoreFields(&lhcrv1.SectionOutcome{}, "retrieved_at")}
	if diff := cmp.Diff(one, joined, append(ignored, protocmp.Transform())...); diff != "" {
		t.Errorf("the stream differs (-get +stream):\n%s", diff)
	}
	if len(one.GetGroups()) != 1 {
		t.Errorf("%d groups, want the medicine of both", len(one.GetGroups()))
	}
}

func TestAFailedSendEndsTheStreamWithoutItsSummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLookup(t, lookup.Options{}, slow(describe("dorset"), time.Second), slow(describe("yorkshire"), time.Hour))
		broken := errors.New("broken pipe")
		sent := 0
		began := time.Now()
		err := l.Stream(t.Context(), caller(), request(problems), func(m *lhcrv1.StreamRecordResponse) error {
			sent++
			if onWire(t, m).GetSummary() != nil {
				t.Error("a summary closes a stream that is not whole")
			}
			return broken
		})
		if !errors.Is(err, broken) || sent != 1 || time.Since(began) != time.Second {
			t.Errorf("error %v after %d messages and %v", err, sent, time.Since(began))
		}
	})
}

func TestAStreamThatIsGivenUpHasNoSummary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLookup(t, lookup.Options{}, slow(describe("dorset"), time.Second), slow(describe("yorkshire"), 3*time.Second))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, cancel)
		all, err := stream(t, ctx, l, request(problems))
		if failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_CANCELLED || len(all) != 1 || all[0].message.GetPart() == nil {
			t.Errorf("error %v after %d messages", err, len(all))
		}
	})
}
