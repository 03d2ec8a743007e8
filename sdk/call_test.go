package sdk_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/stats"
	"google.golang.org/grpc/status"
)

// deadlines is a gateway that notes how much time each call has, or zero.
func deadlines(left *[]time.Duration) *gateway {
	note := func(ctx context.Context) {
		var d time.Duration
		if deadline, ok := ctx.Deadline(); ok {
			d = time.Until(deadline)
		}
		*left = append(*left, d)
	}
	return &gateway{
		get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			note(ctx)
			return &lhcrv1.GetRecordResponse{}, nil
		},
		stream: func(_ *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
			note(s.Context())
			return s.Send(summary(0))
		},
		document: func(_ *lhcrv1.GetDocumentRequest, s lhcrv1.RecordService_GetDocumentServer) error {
			note(s.Context())
			return status.Error(codes.NotFound, "none")
		},
	}
}

func TestCallsWithoutADeadlineAreBounded(t *testing.T) {
	tests := map[string]struct {
		options []sdk.Option
		own     time.Duration
		want    []time.Duration // record, stream, document
	}{
		"by default":  {nil, 0, []time.Duration{sdk.DefaultTimeout, sdk.DefaultTimeout, sdk.DefaultDocumentTimeout}},
		"by options":  {[]sdk.Option{sdk.WithTimeout(3 * time.Minute), sdk.WithDocumentTimeout(5 * time.Minute)}, 0, []time.Duration{3 * time.Minute, 3 * time.Minute, 5 * time.Minute}},
		"not at all":  {[]sdk.Option{sdk.WithTimeout(0), sdk.WithDocumentTimeout(0)}, 0, []time.Duration{0, 0, 0}},
		"by themself": {nil, time.Hour, []time.Duration{time.Hour, time.Hour, time.Hour}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var left []time.Duration
			client := connect(t, deadlines(&left), test.options...)
			ctx := t.Context()
			if test.own > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, test.own)
				defer cancel()
			}
			_, failedGet := client.GetRecord(ctx, testQuery())
			_, failedStream := client.StreamRecord(ctx, testQuery()).Record()
			_, failedDocument := client.GetDocument(ctx, documentAsk, &bytes.Buffer{})
			if failedGet != nil || failedStream != nil || status.Code(failedDocument) != codes.NotFound {
				t.Fatal(failedGet, failedStream, failedDocument)
			}
			if diff := cmp.Diff(test.want, left, roughly); diff != "" {
				t.Errorf("time left (-want +got):\n%s", diff)
			}
		})
	}
}

// roughly takes durations as equal that differ by the call's own way.
var roughly = cmp.Comparer(func(a, b time.Duration) bool { return (a - b).Abs() < 2*time.Second })

func TestTheClientsOwnDeadlineIsNamed(t *testing.T) {
	slow := &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}}
	_, err := connect(t, slow, sdk.WithTimeout(20*time.Millisecond)).GetRecord(t.Context(), testQuery())
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "was allowed 20ms") {
		t.Errorf("error: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err = connect(t, slow).GetRecord(ctx, testQuery()); strings.Contains(err.Error(), "was allowed") {
		t.Errorf("the caller's own deadline was taken for the client's: %v", err)
	}
}

func TestTheObserverIsToldOfEachCallOnce(t *testing.T) {
	var calls []sdk.Call
	type key struct{}
	observer := sdk.WithObserver(func(ctx context.Context, c sdk.Call) {
		if ctx.Value(key{}) == nil && c.Method != "GetServerInfo" {
			t.Error("the caller's context is lost")
		}
		c.Duration = 0
		calls = append(calls, c)
	})
	var attempts int
	var waits []time.Duration
	g := flaky(&attempts, refusal(codes.Unavailable, draining, 0))
	g.stream = streaming(nil, part("dorset", "a", 0, true), summary(1)).stream
	g.document = documents(nil, documentInfo, chunk("hello world"), documentEnd("hello world")).document
	client := connect(t, g, observer, noted(&waits))
	ctx := context.WithValue(t.Context(), key{}, true)

	_, _ = client.GetRecord(ctx, testQuery()) // the observer tells of it
	_, _ = client.GetRecord(ctx, sdk.Query{})
	for range client.StreamRecord(ctx, testQuery(allergies)).Regions() {
		break
	}
	_, _ = client.StreamRecord(ctx, testQuery(allergies)).Record()
	_, _, _ = client.ReadDocument(ctx, documentAsk)
	_, _, _ = client.Region(ctx, "dorset")

	want := []sdk.Call{
		{Method: "GetServerInfo", Attempts: 1},
		{Method: "GetRecord", Attempts: 2, RequestID: "r-1"},
		{Method: "StreamRecord", Attempts: 1, Code: codes.Canceled},
		{Method: "StreamRecord", Attempts: 1},
		{Method: "GetDocument", Attempts: 1},
		{Method: "GetRegion", Attempts: 1, Code: codes.Unimplemented},
	}
	if diff := cmp.Diff(want, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

func TestACallIsLoggedAsAttributes(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("done", slog.Any("call", sdk.Call{
		Method: "GetRecord", Code: codes.Unavailable, Reason: draining, Duration: time.Second, Attempts: 3, RequestID: "r-1",
	}))
	const want = "call.method=GetRecord call.code=Unavailable call.duration=1s call.attempts=3 call.reason=ERROR_REASON_SHUTTING_DOWN call.request_id=r-1"
	if !strings.Contains(log.String(), want) {
		t.Errorf("got %s", log.String())
	}
}

func TestRequestIDsOfOnesOwnAreSentIfTheyAreUUIDs(t *testing.T) {
	var got []string
	client := connect(t, &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		got = append(got, strings.Join(metadata.ValueFromIncomingContext(ctx, "x-request-id"), ","))
		return &lhcrv1.GetRecordResponse{}, nil
	}})
	const id = "0b54c7a1-31c5-4a3a-9ad6-5d1f3f1a8e11"
	for _, ctx := range []context.Context{t.Context(), sdk.WithRequestID(t.Context(), id), sdk.WithRequestID(t.Context(), testNumber)} {
		if _, err := client.GetRecord(ctx, testQuery()); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"", id, ""}, got); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

func TestAskingWhatTheGatewayIsSendsNoToken(t *testing.T) {
	asked := false
	client := connect(t, &gateway{}, sdk.WithTokenSource(sdk.TokenFunc(func(context.Context) (string, error) {
		asked = true
		return "t", nil
	})))
	if _, err := client.ServerInfo(t.Context()); err != nil || asked {
		t.Errorf("a token was asked for: %v, error %v", asked, err)
	}
}

// statistics counts the calls that begin.
type statistics struct {
	stats.Handler
	begun atomic.Int32
}

func (s *statistics) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context   { return ctx }
func (s *statistics) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }
func (s *statistics) HandleConn(context.Context, stats.ConnStats)                       {}
func (s *statistics) HandleRPC(_ context.Context, event stats.RPCStats) {
	if _, ok := event.(*stats.Begin); ok {
		s.begun.Add(1)
	}
}

func TestStatsHandlersSeeEachAttempt(t *testing.T) {
	var attempts int
	var waits []time.Duration
	seen := &statistics{}
	client := connect(t, flaky(&attempts, refusal(codes.Unavailable, draining, 0)), noted(&waits), sdk.WithStatsHandler(seen))
	if _, err := client.GetRecord(t.Context(), testQuery()); err != nil {
		t.Fatal(err)
	}
	if got := seen.begun.Load(); got != 3 { // with the one of Dial
		t.Errorf("%d calls seen, want 3", got)
	}
}

// Calls and views of one client side by side, with tokens that expire, a gateway that
// fails now and then, streams and documents: nothing is mixed up.
func TestManyCallsSideBySide(t *testing.T) {
	var n atomic.Int64
	g := &gateway{
		get: func(ctx context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			named(ctx)
			if n.Add(1)%7 == 0 {
				return nil, refusal(codes.ResourceExhausted, overloaded, time.Millisecond)
			}
			return &lhcrv1.GetRecordResponse{RequestId: bearerOf(ctx), Record: &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy("dorset", req.GetAccess().GetDevice(), "x")}}}, nil
		},
		stream:   streaming(nil, part("yorkshire", "c", 0, true), part("dorset", "a", 0, false), part("dorset", "b", 1, true), summary(3)).stream,
		document: documents(nil, documentInfo, chunk("hello world"), documentEnd("hello world")).document,
	}
	client := connect(t, g, sdk.WithRetry(sdk.Retry{Attempts: 10, First: time.Microsecond, Budget: 1e6}))
	var users sync.WaitGroup
	for _, name := range []string{"ann", "ben", "cem", "dot"} {
		user := client.As(sdk.NewCachedToken(func(context.Context) (sdk.Credential, error) {
			return sdk.Credential{Token: name, Expires: time.Now().Add(time.Millisecond)}, nil
		}))
		for range 4 {
			users.Go(func() {
				for range 10 {
					query := testQuery(allergies)
					query.Access.Device = name
					record, err := user.GetRecord(t.Context(), query)
					if err != nil || record.RequestID() != "Bearer "+name || record.Item("dorset", name) == nil {
						t.Errorf("%s: %v", name, err)
						return
					}
					if whole, err := user.StreamRecord(t.Context(), query).Record(); err != nil || len(allergyIDs(t, whole)) != 3 {
						t.Errorf("stream: %v", err)
					}
					if content, _, err := user.ReadDocument(t.Context(), documentAsk); err != nil || string(content) != "hello world" {
						t.Errorf("document: %v", err)
					}
				}
			})
		}
	}
	users.Wait()
}
