package sdk_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// refusal is an error as a gateway makes it.
func refusal(code codes.Code, reason lhcrv1.ErrorReason, after time.Duration) error {
	details := []protoadapt.MessageV1{&errdetails.ErrorInfo{Domain: "openlhcr", Reason: reason.String()}}
	if after > 0 {
		details = append(details, &errdetails.RetryInfo{RetryDelay: durationpb.New(after)})
	}
	s, err := status.New(code, "refused").WithDetails(details...)
	if err != nil {
		panic(err)
	}
	return s.Err()
}

// named sends the request's id in the headers, as a gateway does before it does
// anything else: gRPC's own retries end there.
func named(ctx context.Context) {
	if err := grpc.SetHeader(ctx, metadata.Pairs("x-request-id", "r-1")); err != nil {
		panic(err)
	}
}

// flaky fails with these errors in turn, and answers then. It counts the attempts.
func flaky(attempts *int, failures ...error) *gateway {
	return &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		named(ctx)
		if *attempts++; *attempts <= len(failures) {
			return nil, failures[*attempts-1]
		}
		return &lhcrv1.GetRecordResponse{}, nil
	}}
}

// noted notes the waits and does not wait.
func noted(waits *[]time.Duration) sdk.Option {
	return sdk.WithWaits(func(_ context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return nil
	})
}

const (
	overloaded = lhcrv1.ErrorReason_ERROR_REASON_OVERLOADED
	draining   = lhcrv1.ErrorReason_ERROR_REASON_SHUTTING_DOWN
)

func TestWhatIsTriedAgain(t *testing.T) {
	down, busy := refusal(codes.Unavailable, draining, 0), refusal(codes.ResourceExhausted, overloaded, 700*time.Millisecond)
	tests := map[string]struct {
		failures []error
		attempts int
		waits    []time.Duration
		code     codes.Code
	}{
		"down once":              {[]error{down}, 2, []time.Duration{100 * time.Millisecond}, codes.OK},
		"down twice":             {[]error{down, down}, 3, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}, codes.OK},
		"down for long":          {[]error{down, down, down, down}, 3, []time.Duration{100 * time.Millisecond, 200 * time.Millisecond}, codes.Unavailable},
		"busy, says when":        {[]error{busy}, 2, []time.Duration{700 * time.Millisecond}, codes.OK},
		"busy, not when":         {[]error{refusal(codes.ResourceExhausted, overloaded, 0)}, 1, nil, codes.ResourceExhausted},
		"busy for too long":      {[]error{refusal(codes.ResourceExhausted, overloaded, 6*time.Second)}, 1, nil, codes.ResourceExhausted},
		"too large":              {[]error{refusal(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE, 0)}, 1, nil, codes.ResourceExhausted},
		"a region is down":       {[]error{refusal(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE, 0)}, 1, nil, codes.Unavailable},
		"a region says when":     {[]error{refusal(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE, time.Second)}, 2, []time.Duration{time.Second}, codes.OK},
		"malformed":              {[]error{refusal(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, 0)}, 1, nil, codes.InvalidArgument},
		"a fault of the gateway": {[]error{refusal(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, 0)}, 1, nil, codes.Internal},
		"not allowed, then down": {[]error{refusal(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED, 0), down}, 1, nil, codes.PermissionDenied},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var attempts int
			var waits []time.Duration
			_, err := connect(t, flaky(&attempts, test.failures...), noted(&waits)).GetRecord(t.Context(), testQuery())
			if status.Code(err) != test.code || attempts != test.attempts {
				t.Errorf("%d attempts and %v, want %d and %v", attempts, err, test.attempts, test.code)
			}
			if diff := cmp.Diff(test.waits, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheGatewaysPushbackIsObeyed(t *testing.T) {
	tests := map[string]struct {
		pushback string
		failure  codes.Code
		attempts int
		waits    []time.Duration
	}{
		"when":           {"900", codes.ResourceExhausted, 2, []time.Duration{900 * time.Millisecond}},
		"never":          {"-1", codes.Unavailable, 1, nil},
		"not understood": {"soon", codes.Unavailable, 1, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var attempts int
			var waits []time.Duration
			client := connect(t, &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
				named(ctx)
				if attempts++; attempts > 1 {
					return &lhcrv1.GetRecordResponse{}, nil
				}
				if err := grpc.SetTrailer(ctx, metadata.Pairs("grpc-retry-pushback-ms", test.pushback)); err != nil {
					return nil, err
				}
				return nil, status.Error(test.failure, "later")
			}}, noted(&waits))
			_, err := client.GetRecord(t.Context(), testQuery())
			if attempts != test.attempts || (err == nil) != (attempts > 1) {
				t.Errorf("%d attempts, want %d, error %v", attempts, test.attempts, err)
			}
			if diff := cmp.Diff(test.waits, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoWaitPassesTheDeadline(t *testing.T) {
	var attempts int
	var waits []time.Duration
	client := connect(t, flaky(&attempts, refusal(codes.ResourceExhausted, overloaded, 4*time.Second)), noted(&waits))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	_, err := client.GetRecord(ctx, testQuery())
	if !errors.Is(err, sdk.Reason(overloaded)) || attempts != 1 || len(waits) != 0 {
		t.Errorf("%d attempts, waits %v, error %v", attempts, waits, err)
	}
}

func TestCancellingEndsTheWait(t *testing.T) {
	var attempts int
	ctx, cancel := context.WithCancel(t.Context())
	client := connect(t, flaky(&attempts, refusal(codes.Unavailable, draining, 0)), sdk.WithWaits(func(ctx context.Context, _ time.Duration) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}))
	if _, err := client.GetRecord(ctx, testQuery()); !errors.Is(err, sdk.Reason(draining)) || attempts != 1 {
		t.Errorf("%d attempts, error %v", attempts, err)
	}
}

func TestTheBudgetBoundsWhatAllCallsTryAgain(t *testing.T) {
	var attempts int
	healthy := false
	g := &gateway{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		if attempts++; healthy {
			return &lhcrv1.GetRecordResponse{}, nil
		}
		return nil, refusal(codes.Unavailable, draining, 0)
	}}
	var waits []time.Duration
	client := connect(t, g, noted(&waits), sdk.WithRetry(sdk.Retry{Attempts: 2, Refill: 1}))
	ask := func(calls int) int {
		before := attempts
		for range calls {
			// The other views share the budget: overload is the gateway's, not a user's.
			_, _ = client.As(nil).GetRecord(t.Context(), testQuery())
		}
		return attempts - before
	}
	// Dial itself succeeded with a full budget of 10. Two calls take four of it and are
	// tried again each; the third finds five left, and from then on each is tried once.
	if got := ask(2); got != 4 {
		t.Errorf("two calls made %d attempts, want 4", got)
	}
	if got := ask(20); got != 20 {
		t.Errorf("twenty calls without a budget made %d attempts, want 20", got)
	}
	healthy = true
	ask(10)
	healthy = false
	if got := ask(1); got != 2 {
		t.Errorf("a call after ten good ones made %d attempts, want 2", got)
	}
}

func TestWithoutRetryTriesOnce(t *testing.T) {
	var attempts int
	client := connect(t, flaky(&attempts, refusal(codes.Unavailable, draining, 0)), sdk.WithoutRetry())
	if _, err := client.GetRecord(t.Context(), testQuery()); err == nil || attempts != 1 {
		t.Errorf("%d attempts, error %v", attempts, err)
	}
}

func TestAStreamIsTriedAgainBeforeItsFirstMessageOnly(t *testing.T) {
	tests := map[string]struct {
		after    int
		attempts int
		code     codes.Code
	}{"before": {0, 2, codes.OK}, "after": {1, 1, codes.Unavailable}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var attempts int
			var waits []time.Duration
			events := []*lhcrv1.StreamRecordResponse{part("dorset", "a", 0, true), summary(1)}
			client := connect(t, &gateway{stream: func(_ *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
				named(s.Context())
				attempts++
				for n, event := range events {
					if attempts == 1 && n == test.after {
						return refusal(codes.Unavailable, draining, 0)
					}
					if err := s.Send(event); err != nil {
						return err
					}
				}
				return nil
			}}, noted(&waits))
			record, err := client.StreamRecord(t.Context(), testQuery(allergies)).Record()
			if status.Code(err) != test.code || attempts != test.attempts {
				t.Errorf("%d attempts, error %v", attempts, err)
			}
			if got := allergyIDs(t, record); len(got) != 1 {
				t.Errorf("%d allergies", len(got))
			}
		})
	}
}

func TestRetryableSaysWhetherToOfferAnotherTry(t *testing.T) {
	tests := map[string]struct {
		err  sdk.Error
		want bool
	}{
		"down":                     {sdk.Error{Code: codes.Unavailable}, true},
		"out of time":              {sdk.Error{Code: codes.DeadlineExceeded}, true},
		"overloaded":               {sdk.Error{Code: codes.ResourceExhausted, Reason: overloaded}, true},
		"a stream that broke":      {sdk.Error{Code: codes.DataLoss}, true},
		"too large":                {sdk.Error{Code: codes.ResourceExhausted, Reason: lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE}, false},
		"larger than taken here":   {sdk.Error{Code: codes.ResourceExhausted}, false},
		"a region's broken answer": {sdk.Error{Code: codes.DataLoss, Reason: lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID}, false},
		"malformed":                {sdk.Error{Code: codes.InvalidArgument}, false},
		"expired":                  {sdk.Error{Code: codes.Unauthenticated, Reason: lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED}, false},
		"not allowed":              {sdk.Error{Code: codes.PermissionDenied}, false},
	}
	for name, test := range tests {
		if got := test.err.Retryable(); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
