package edge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/load"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// letting is a setting that lets so many calls in.
func letting(t testing.TB, limits load.Limits) (*setting, *load.Gate) {
	t.Helper()
	gate := load.New(limits, load.Options{})
	return newSetting(t, func(o *edge.Options) { o.Load = gate }), gate
}

// stalled is a service whose calls go on until they are let go.
func (s *setting) stalled() (reached chan struct{}, letGo func()) {
	reached, released := make(chan struct{}, 100), make(chan struct{})
	wait := func(ctx context.Context) error {
		reached <- struct{}{}
		select {
		case <-released:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return someAnswer(), wait(ctx)
	}
	s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
		return wait(to.Context())
	}
	return reached, func() { close(released) }
}

func TestACallThatFindsNoRoomIsToldWhenToTryAgain(t *testing.T) {
	s, _ := letting(t, load.Limits{Calls: 1})
	reached, letGo := s.stalled()
	first := make(chan error, 1)
	go func() {
		first <- drain(s.records().StreamRecord(s.as(t, t.Context()), &lhcrv1.StreamRecordRequest{Query: goodQuery()}))
	}()
	<-reached
	other := sandboxissuer.Pharmacist()
	other.Supplier = "other"
	for name, call := range map[string]func(context.Context, ...grpc.CallOption) error{
		"unary": func(ctx context.Context, o ...grpc.CallOption) error {
			_, err := s.records().GetRecord(ctx, goodQuery(), o...)
			return err
		},
		"stream": func(ctx context.Context, o ...grpc.CallOption) error {
			return drain(s.records().StreamRecord(ctx, &lhcrv1.StreamRecordRequest{Query: goodQuery()}, o...))
		},
	} {
		t.Run(name, func(t *testing.T) {
			var trailer metadata.MD
			err := call(s.with(t, t.Context(), other), grpc.Trailer(&trailer))
			if errorLine(err) != "ResourceExhausted ERROR_REASON_OVERLOADED" {
				t.Errorf("it gets %v", err)
			}
			after := detail[*errdetails.RetryInfo](status.Convert(err)).GetRetryDelay().AsDuration()
			if after < 500*time.Millisecond || after > 1500*time.Millisecond {
				t.Errorf("it is to try again after %v", after)
			}
			if got := trailer.Get("grpc-retry-pushback-ms"); len(got) != 1 || got[0] != strconv.FormatInt(after.Milliseconds(), 10) {
				t.Errorf("the trailer says %v, the error %v", got, after)
			}
		})
	}
	letGo()
	if err := <-first; !errors.Is(err, io.EOF) {
		t.Errorf("the call that was in ends with %v", err)
	}
	s.settle(t)
	s.wantAudited(t, 2, "other", "ERROR_REASON_OVERLOADED")
}

// wantAudited wants so many lines of a supplier's calls that were refused for a reason.
func (s *setting) wantAudited(t *testing.T, want int, supplier, reason string) {
	t.Helper()
	got := 0
	for _, line := range s.trail(t) {
		if line["supplier"] == supplier && line["reason"] == reason {
			got++
		}
	}
	if got != want {
		t.Errorf("%d lines of %s with %s, want %d", got, supplier, reason, want)
	}
}

func TestASupplierThatHoldsItsShareIsToldSo(t *testing.T) {
	s, _ := letting(t, load.Limits{Calls: 4, Share: 25})
	reached, letGo := s.stalled()
	first := make(chan error, 1)
	go func() {
		_, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
		first <- err
	}()
	<-reached
	_, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
	if errorLine(err) != "ResourceExhausted ERROR_REASON_OVERLOADED" || !strings.Contains(err.Error(), "of this supplier") {
		t.Errorf("it gets %v", err)
	}
	letGo()
	must(t, <-first)
	s.settle(t)
	s.wantAudited(t, 1, "sandbox-pmr", "ERROR_REASON_OVERLOADED")
}

// Whoever asks how the gateway fares is answered, most of all when it is full; and a
// flood of calls without a token takes nobody's room.
func TestWhatIsNeverRefusedForWantOfRoom(t *testing.T) {
	s, gate := letting(t, load.Limits{Calls: 1, Share: 100})
	reached, letGo := s.stalled()
	first := make(chan error, 1)
	go func() { _, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery()); first <- err }()
	<-reached
	_, err := lhcrv1.NewServerServiceClient(s.conn).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{})
	must(t, err)
	_, err = healthgrpc.NewHealthClient(s.conn).Check(t.Context(), &healthgrpc.HealthCheckRequest{})
	must(t, err)
	for range 5 {
		if _, err := s.records().GetRecord(t.Context(), goodQuery()); errorLine(err) != "Unauthenticated ERROR_REASON_TOKEN_MISSING" {
			t.Errorf("without a token it gets %v", err)
		}
	}
	letGo()
	must(t, <-first)
	s.settle(t)
	if state := gate.State(); state.InFlight != 0 {
		t.Errorf("at the end the state is %+v", state)
	}
}

// A call gives its slot back however it ends.
func TestEveryCallGivesItsSlotBack(t *testing.T) {
	endings := map[string]func(ctx context.Context) error{
		"well":     func(context.Context) error { return nil },
		"an error": func(context.Context) error { return errors.New("a fault") },
		"a panic":  func(context.Context) error { panic("a fault") },
		"its deadline": func(ctx context.Context) error {
			<-ctx.Done()
			return ctx.Err()
		},
	}
	for name, end := range endings {
		t.Run(name, func(t *testing.T) {
			s, gate := letting(t, load.Limits{Calls: 1, Share: 100})
			s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
				return someAnswer(), end(ctx)
			}
			s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
				return end(to.Context())
			}
			ctx, cancel := context.WithTimeout(s.as(t, t.Context()), 100*time.Millisecond)
			defer cancel()
			_, _ = s.records().GetRecord(ctx, goodQuery())
			_ = drain(s.records().StreamRecord(ctx, &lhcrv1.StreamRecordRequest{Query: goodQuery()}))
			_, _ = s.records().GetRecord(ctx, &lhcrv1.GetRecordRequest{})
			s.settle(t)
			if state := gate.State(); state.InFlight != 0 {
				t.Errorf("the state is %+v", state)
			}
		})
	}
}

// A client that never reads its stream holds its slot, and one part of what it asked
// for, until its deadline or the gateway's. The others go on.
func TestAClientThatNeverReadsCostsItsOwnBufferOnly(t *testing.T) {
	for name, own := range map[string]time.Duration{"until its deadline": 500 * time.Millisecond, "until the gateway's": 0} {
		t.Run(name, func(t *testing.T) { neverRead(t, own) })
	}
}

func neverRead(t *testing.T, own time.Duration) {
	gate := load.New(load.Limits{Calls: 8, Share: 100}, load.Options{})
	s := newSetting(t, func(o *edge.Options) { o.Load, o.DefaultTimeout = gate, 500*time.Millisecond })
	sent, ended := make(chan int, 10_000), make(chan error, 1)
	s.services.stream = func(_ *lhcrv1.StreamRecordRequest, to grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) (err error) {
		defer func() { ended <- err }()
		for n := 1; ; n++ {
			if err := to.Send(largePart()); err != nil {
				return err
			}
			sent <- n
		}
	}
	s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return someAnswer(), nil
	}
	ctx := s.as(t, t.Context())
	if own > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, own)
		defer cancel()
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	_, err := s.records().StreamRecord(ctx, &lhcrv1.StreamRecordRequest{Query: goodQuery()})
	must(t, err)
	<-sent
	for range 50 {
		_, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
		must(t, err)
	}
	if state := gate.State(); state.InFlight != 1 {
		t.Errorf("while it does not read the state is %+v", state)
	}
	// The client's own clock and the server's run out together: either may be the first to say so.
	if code := status.Code(<-ended); code != codes.DeadlineExceeded && code != codes.Canceled {
		t.Errorf("it ends with %v", code)
	}
	// The client's own window is 64 KiB, and so is what grpc takes of a stream before it waits.
	if n := len(sent); n > 4 {
		t.Errorf("%d parts of 64 KiB were taken for one that reads nothing", n)
	}
	leave()
	s.settle(t)
	if state := gate.State(); state.InFlight != 0 {
		t.Errorf("at the end the state is %+v", state)
	}
}

func largePart() *lhcrv1.StreamRecordResponse {
	return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: &lhcrv1.RegionPart{
		RegionId: "dorset", Record: &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{Header: &lhcrv1.ItemHeader{Notes: []*lhcrv1.Note{{Text: strings.Repeat("n", 64<<10)}}}}}},
	}}}
}

// A request that does not come is not waited for without end.
func TestARequestThatNeverComesIsNotWaitedFor(t *testing.T) {
	s := newSetting(t, func(o *edge.Options) { o.DefaultTimeout = 50 * time.Millisecond })
	ctx, cancel := context.WithCancel(s.as(t, t.Context()))
	defer cancel()
	for name, desc := range map[string]*grpc.StreamDesc{
		lhcrv1.RecordService_GetRecord_FullMethodName:    {},
		lhcrv1.RecordService_StreamRecord_FullMethodName: {ServerStreams: true},
	} {
		stream, err := s.conn.NewStream(ctx, desc, name)
		must(t, err)
		if err := stream.RecvMsg(&lhcrv1.GetRecordResponse{}); status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("%s: it gets %v", name, err)
		}
	}
	s.settle(t)
	if lines := s.trail(t); len(lines) != 2 {
		t.Errorf("the audit is %v", lines)
	}
}

// A caller's own deadline is heeded, but none of an hour.
func TestNoCallGoesOnForEver(t *testing.T) {
	s := newSetting(t)
	left := make(chan time.Duration, 1)
	s.services.get = func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		deadline, _ := ctx.Deadline()
		left <- time.Until(deadline)
		return someAnswer(), nil
	}
	ctx, cancel := context.WithTimeout(s.as(t, t.Context()), time.Hour)
	defer cancel()
	_, err := s.records().GetRecord(ctx, goodQuery())
	must(t, err)
	if got := <-left; got > 5*time.Minute || got < 4*time.Minute {
		t.Errorf("the deadline is in %s", got)
	}
}

// What leaves is what was encoded, whatever else the message holds.
func TestAnEncodedAnswerLeavesWhole(t *testing.T) {
	both := encoded(t, someAnswer())
	both.RequestId = "beside"
	for name, answer := range map[string]*lhcrv1.GetRecordResponse{
		"live": someAnswer(), "encoded": encoded(t, someAnswer()), "both": both, "empty": {},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSetting(t)
			s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) { return answer, nil }
			got, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
			must(t, err)
			want := 0
			if name != "empty" {
				want = 2
			}
			if len(got.GetOutcomes()) != want || (name == "both") != (got.GetRequestId() == "beside") {
				t.Errorf("it arrived as %s", fmt.Sprint(len(got.GetOutcomes()), got.GetRequestId()))
			}
		})
	}
}
