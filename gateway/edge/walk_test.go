package edge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/wire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

func someOutcomes() []*lhcrv1.SectionOutcome {
	return []*lhcrv1.SectionOutcome{
		{RegionId: "dorset", Section: lhcrv1.Section_SECTION_ALLERGIES, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED},
		{RegionId: "yorkshire", Section: lhcrv1.Section_SECTION_ALLERGIES, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE},
	}
}

func someAnswer() *lhcrv1.GetRecordResponse {
	return &lhcrv1.GetRecordResponse{
		Record:   &lhcrv1.Record{PersonDemographics: []*lhcrv1.Person{{NhsNumber: canaryNumber, Names: []*lhcrv1.HumanName{{Text: canaryName}}, Addresses: []*lhcrv1.Address{{Text: canaryAddress}}}}},
		Outcomes: someOutcomes(), Completeness: lhcrv1.Completeness_COMPLETENESS_PARTIAL,
	}
}

// encoded is a message of the same type whose content is bytes that it does not know.
func encoded[M proto.Message](t testing.TB, m M) M {
	t.Helper()
	wire, err := proto.Marshal(m)
	must(t, err)
	empty := m.ProtoReflect().New()
	empty.SetUnknown(wire)
	return empty.Interface().(M)
}

func TestAGoodCallReachesItsServiceWithItsCaller(t *testing.T) {
	s := newSetting(t)
	var caller string
	var metadataSeen metadata.MD
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		c, _ := access.CallerFrom(ctx)
		caller = c.GetOrganisationOdsCode() + " " + c.GetPersonId() + " " + c.GetRoleCode() + " " + c.GetRequestId()
		metadataSeen, _ = metadata.FromIncomingContext(ctx)
		if _, has := ctx.Deadline(); !has {
			t.Error("the call has no deadline")
		}
		return encoded(t, someAnswer()), nil
	}
	const id = "AAAAAAAA-bbbb-4ccc-8ddd-eeeeeeeeeeee"
	var header metadata.MD
	res, err := s.records().GetRecord(metadata.AppendToOutgoingContext(s.as(t, t.Context()), "x-request-id", id), goodQuery(), grpc.Header(&header))
	must(t, err)
	if res.GetRecord().GetPersonDemographics()[0].GetNhsNumber() != canaryNumber {
		t.Error("the answer did not arrive whole")
	}
	want := "FZZ99 sandbox-pharmacist R1290 " + strings.ToLower(id)
	if caller != want {
		t.Errorf("the caller is %q, want %q", caller, want)
	}
	if got := header.Get("x-request-id"); len(got) != 1 || got[0] != strings.ToLower(id) {
		t.Errorf("the answer's request id is %v", got)
	}
	if len(metadataSeen.Get("authorization")) != 0 {
		t.Error("the token reaches the service")
	}
}

func TestARequestIdThatIsNoUUIDIsReplaced(t *testing.T) {
	for name, ids := range map[string][]string{
		"none": nil, "a number": {canaryNumber}, "braces": {"{aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee}"},
		"longer": {"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee-" + canaryNumber}, "two": {"aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeef"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t)
			ctx := t.Context()
			for _, id := range ids {
				ctx = metadata.AppendToOutgoingContext(ctx, "x-request-id", id)
			}
			var header metadata.MD
			_, err := lhcrv1.NewServerServiceClient(s.conn).GetServerInfo(ctx, &lhcrv1.GetServerInfoRequest{}, grpc.Header(&header))
			must(t, err)
			got := header.Get("x-request-id")
			if len(got) != 1 || len(got[0]) != 36 || strings.HasPrefix(got[0], "aaaaaaaa") {
				t.Errorf("the request id is %v", got)
			}
		})
	}
}

// inPieces is an answer that is given over the desk.
func inPieces(t testing.TB, m *lhcrv1.GetRecordResponse) *wire.Answer {
	t.Helper()
	encoded, err := proto.Marshal(m)
	must(t, err)
	a := &wire.Answer{Pieces: [][]byte{encoded[:1], {}, encoded[1:20], encoded[20:]}, Completeness: m.GetCompleteness()}
	for _, o := range m.GetOutcomes() {
		a.Outcomes = append(a.Outcomes, wire.Outcome{Region: o.GetRegionId(), Section: o.GetSection(), Status: o.GetStatus()})
	}
	return a
}

// What is disclosed is audited the same, and arrives the same, whether the answer is a
// live message, encoded, or given in pieces.
func TestAnAnswerIsAuditedBeforeItLeaves(t *testing.T) {
	type get func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error)
	live, bytes, pieces := someAnswer(), encoded(t, someAnswer()), inPieces(t, someAnswer())
	for name, answers := range map[string]get{
		"live":    func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) { return live, nil },
		"encoded": func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) { return bytes, nil },
		"in pieces": func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			return wire.Give(ctx, pieces)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t)
			s.services.get = answers
			res, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
			must(t, err)
			if diff := cmp.Diff(someAnswer(), res, protocmp.Transform()); diff != "" {
				t.Errorf("the answer (-want +got):\n%s", diff)
			}
			lines := s.trail(t) // without waiting: it was written before the answer left
			if len(lines) != 1 {
				t.Fatalf("%d lines, want one", len(lines))
			}
			line := lines[0]
			want := map[string]any{
				"operation": "/lhcr.v1.RecordService/GetRecord", "code": "OK", "supplier": "sandbox-pmr", "organisation": "FZZ99", "role": "R1290",
				"regions": "dorset", "sections": "SECTION_ALLERGIES", "regions_answered": "dorset,yorkshire", "completeness": "COMPLETENESS_PARTIAL",
				"outcomes": map[string]any{"OUTCOME_STATUS_RETURNED": 1.0, "OUTCOME_STATUS_UNAVAILABLE": 1.0}, "purpose": "PURPOSE_DIRECT_CARE",
			}
			for key, value := range want {
				if diff := cmp.Diff(value, line[key]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", key, diff)
				}
			}
		})
	}
}

// streamOf is a stream of two parts and a summary.
func streamOf() []*lhcrv1.StreamRecordResponse {
	part := func(region string, o *lhcrv1.SectionOutcome) *lhcrv1.StreamRecordResponse {
		return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: &lhcrv1.RegionPart{
			RegionId: region, Record: someAnswer().GetRecord(), Outcomes: []*lhcrv1.SectionOutcome{o}, Last: true,
		}}}
	}
	return []*lhcrv1.StreamRecordResponse{
		part("dorset", someOutcomes()[0]), part("yorkshire", someOutcomes()[1]),
		{Event: &lhcrv1.StreamRecordResponse_Summary{Summary: &lhcrv1.RecordSummary{Completeness: lhcrv1.Completeness_COMPLETENESS_PARTIAL, Parts: 2}}},
	}
}

func send[T any](messages []*T) func(grpc.ServerStreamingServer[T]) error {
	return func(to grpc.ServerStreamingServer[T]) error {
		for _, m := range messages {
			if err := to.Send(m); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestEachPartIsAuditedBeforeItLeaves(t *testing.T) {
	whole := streamOf()
	parts := make([]*lhcrv1.StreamRecordResponse, len(whole))
	inner := make([]*lhcrv1.StreamRecordResponse, len(whole))
	for i, m := range whole {
		parts[i] = encoded(t, m)
		inner[i] = m
		if p := m.GetPart(); p != nil {
			inner[i] = &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: encoded(t, p)}}
		}
	}
	for name, messages := range map[string][]*lhcrv1.StreamRecordResponse{"live": whole, "encoded": parts, "parts encoded": inner} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t)
			s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
				return send(messages)(to)
			}
			stream, err := s.records().StreamRecord(s.as(t, t.Context()), &lhcrv1.StreamRecordRequest{Query: goodQuery()})
			must(t, err)
			for i := range messages {
				_, err := stream.Recv()
				must(t, err)
				if got := len(s.trail(t)); got <= i {
					t.Fatalf("part %d arrived with %d lines of audit", i+1, got)
				}
			}
			if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			s.settle(t)
			lines := s.trail(t)
			if len(lines) != 4 || lines[0]["region"] != "dorset" || lines[1]["regions_answered"] != "yorkshire" ||
				lines[2]["completeness"] != "COMPLETENESS_PARTIAL" || lines[3]["disclosures"] != 3.0 || lines[3]["regions_answered"] != "dorset,yorkshire" {
				t.Errorf("the audit is %v", lines)
			}
		})
	}
}

func TestADocumentIsAuditedOnceBeforeItsFirstByte(t *testing.T) {
	s := newSetting(t)
	s.services.document = func(_ *lhcrv1.GetDocumentRequest, to grpc.ServerStreamingServer[lhcrv1.GetDocumentResponse]) error {
		return send([]*lhcrv1.GetDocumentResponse{
			{Event: &lhcrv1.GetDocumentResponse_Info{Info: &lhcrv1.DocumentInfo{RegionId: "dorset", Title: canaryName}}},
			{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: []byte(canaryName)}},
			{Event: &lhcrv1.GetDocumentResponse_End{End: &lhcrv1.DocumentEnd{}}},
		})(to)
	}
	if err := drain(s.records().GetDocument(s.as(t, t.Context()), goodDocument())); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	s.settle(t)
	lines := s.trail(t)
	if len(lines) != 2 || lines[0]["msg"] != "audit disclosure" || lines[0]["document"] != goodItem || lines[0]["region"] != "dorset" || lines[1]["code"] != "OK" {
		t.Errorf("the audit is %v", lines)
	}
}

// forgetful is an audit that cannot write from its nth record on.
type forgetful struct {
	audit.Log
	after int
}

type forgetfulEntry struct {
	audit.Entry
	log *forgetful
}

func (f *forgetful) Open(ctx context.Context, c audit.Call) audit.Entry {
	return forgetfulEntry{f.Log.Open(ctx, c), f}
}

func (e forgetfulEntry) fails() error {
	e.log.after--
	if e.log.after < 0 {
		return errors.New("disk full")
	}
	return nil
}

func (e forgetfulEntry) Disclose(context.Context, audit.Disclosure) error { return e.fails() }
func (e forgetfulEntry) Commit(context.Context, audit.Outcome) error      { return e.fails() }

func forgetAfter(n int) func(*edge.Options) {
	return func(o *edge.Options) { o.Audit = &forgetful{Log: o.Audit, after: n} }
}

func TestWhatCannotBeAuditedIsNotDisclosed(t *testing.T) {
	unavailable := func(t *testing.T, s *setting, err error) {
		t.Helper()
		if got := errorLine(err); got != "Unavailable ERROR_REASON_AUDIT_UNAVAILABLE" {
			t.Errorf("the refusal is %s: %v", got, err)
		}
		s.settle(t)
		if !strings.Contains(s.scrape(t), "lhcr_audit_failures_total") || strings.Contains(s.scrape(t), "lhcr_audit_failures_total 0\n") {
			t.Error("the failure was not counted")
		}
	}
	t.Run("unary", func(t *testing.T) {
		s := newSetting(t, forgetAfter(0))
		s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			return someAnswer(), nil
		}
		res, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
		if res.GetRecord() != nil {
			t.Error("the record came all the same")
		}
		unavailable(t, s, err)
	})
	t.Run("stream", func(t *testing.T) {
		s := newSetting(t, forgetAfter(1))
		s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
			return send(streamOf())(to)
		}
		stream, err := s.records().StreamRecord(s.as(t, t.Context()), &lhcrv1.StreamRecordRequest{Query: goodQuery()})
		must(t, err)
		if _, err := stream.Recv(); err != nil {
			t.Errorf("the first part, which was recorded: %v", err)
		}
		_, err = stream.Recv()
		unavailable(t, s, err)
	})
	t.Run("a refusal stays what it is", func(t *testing.T) {
		s := newSetting(t, forgetAfter(0))
		_, err := s.records().GetRecord(t.Context(), goodQuery())
		if got := errorLine(err); got != "Unauthenticated ERROR_REASON_TOKEN_MISSING" {
			t.Errorf("the refusal is %s", got)
		}
	})
}

// lawless is an audit whose context is missing: a mistake of ours.
type lawless struct{ audit.Log }

func (l lawless) Open(ctx context.Context, c audit.Call) audit.Entry {
	c.Operation = ""
	return l.Log.Open(ctx, c)
}

func TestAMissingAuditContextFailsTheCallCleanly(t *testing.T) {
	s := newSetting(t, func(o *edge.Options) { o.Audit = lawless{o.Audit} })
	s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		t.Error("the service was reached")
		return someAnswer(), nil
	}
	_, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
	if got := errorLine(err); got != "Internal ERROR_REASON_INTERNAL" {
		t.Errorf("the refusal is %s: %v", got, err)
	}
}

func TestCallsWithoutATokenWhereTheyAreTaken(t *testing.T) {
	s := newSetting(t, func(o *edge.Options) { o.Unauthenticated = access.Unauthenticated() })
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		if c, _ := access.CallerFrom(ctx); c.GetSupplierId() != "unauthenticated" || c.GetRequestId() == "" || c.GetOrganisationOdsCode() != "" {
			t.Error("the caller is not the one that stands for nobody")
		}
		return someAnswer(), nil
	}
	for range 2 {
		_, err := s.records().GetRecord(t.Context(), goodQuery())
		must(t, err)
	}
	_, err := s.records().GetRecord(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer x"), goodQuery())
	if errorLine(err) != "Unauthenticated ERROR_REASON_TOKEN_INVALID" {
		t.Errorf("a wrong token is taken: %v", err)
	}
	if got := access.Unauthenticated().GetRequestId(); got != "" {
		t.Errorf("the stand-in was changed: %q", got)
	}
}

func TestACallersDeadlineStays(t *testing.T) {
	s := newSetting(t)
	left := make(chan time.Duration, 1)
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		deadline, _ := ctx.Deadline()
		left <- time.Until(deadline)
		return someAnswer(), nil
	}
	ctx, cancel := context.WithTimeout(s.as(t, t.Context()), time.Minute)
	defer cancel()
	_, err := s.records().GetRecord(ctx, goodQuery())
	must(t, err)
	if got := <-left; got < 30*time.Second {
		t.Errorf("the deadline is in %s, want the caller's minute", got)
	}
}

func TestACallThatTheCallerGaveUpIsAudited(t *testing.T) {
	s := newSetting(t)
	reached := make(chan struct{})
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		close(reached)
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithCancel(s.as(t, t.Context()))
	go func() { <-reached; cancel() }()
	if _, err := s.records().GetRecord(ctx, goodQuery()); err == nil {
		t.Error("the call went well")
	}
	s.settle(t)
	if lines := s.trail(t); len(lines) != 1 || lines[0]["code"] != codes.Canceled.String() || lines[0]["supplier"] != sandboxissuer.Pharmacist().Supplier {
		t.Errorf("the audit is %v", lines)
	}
}

func TestIncompleteOptionsAreRefused(t *testing.T) {
	if _, err := edge.New(edge.Options{}); err == nil {
		t.Error("an edge without anything is made")
	}
}

// A caller who no longer waits is no fault of ours, whatever the service makes of it.
func TestACallerWhoGivesUpIsCountedAndNoError(t *testing.T) {
	each(t, func(t *testing.T, s *setting, call func(context.Context) error) {
		begun := make(chan struct{})
		wait := func(ctx context.Context) error {
			close(begun)
			<-ctx.Done()
			return fmt.Errorf("waiting: %w", ctx.Err())
		}
		s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			return nil, wait(ctx)
		}
		s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
			return wait(to.Context())
		}
		ctx, cancel := context.WithCancel(s.as(t, t.Context()))
		go func() {
			<-begun
			cancel()
		}()
		if err := call(ctx); status.Code(err) != codes.Canceled {
			t.Errorf("the caller gets %v", err)
		}
		s.settle(t)
		log := s.log.String()
		if !strings.Contains(log, `"level":"DEBUG","msg":"a caller gave up`) || strings.Contains(log, `"level":"ERROR"`) {
			t.Errorf("the log says\n%s", log)
		}
		if !strings.Contains(s.scrape(t), `reason="ERROR_REASON_CANCELLED"} 1`) {
			t.Errorf("it was not counted:\n%s", s.scrape(t))
		}
	})
}

// The gateway's own deadline is the gateway's.
func TestTheGatewaysOwnDeadlineIsAnError(t *testing.T) {
	s := newSetting(t, func(o *edge.Options) { o.DefaultTimeout = time.Nanosecond })
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if _, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery()); status.Code(err) != codes.DeadlineExceeded {
		t.Errorf("the caller gets %v", err)
	}
	s.settle(t)
	if log := s.log.String(); !strings.Contains(log, `"level":"ERROR"`) {
		t.Errorf("the log says\n%s", log)
	}
}
