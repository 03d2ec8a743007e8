package adaptertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

// same compares answers but for what is of the moment: when it was, and the ids that a
// source gives to its failures.
func same() cmp.Option {
	return cmp.Options{
		protocmp.Transform(),
		protocmp.IgnoreFields(&lhcrv1.SectionOutcome{}, "retrieved_at"),
		protocmp.IgnoreFields(&lhcrv1.Gap{}, "source_request_id"),
	}
}

// within waits for a value, and fails when it takes longer than a call may.
func within[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case v := <-from:
		return v
	case <-timer.C:
		t.Fatalf("nothing came within %v: want an answer, or a return once the context is done", patience)
		panic("unreachable")
	}
}

// concurrentCallsAgree asks for all patients side by side and compares with asking for one after the other.
func concurrentCallsAgree(ctx context.Context, t *testing.T, s Subject) {
	const rounds = 4
	adapter := s.New(t)
	patients := []Patient{s.Held, s.NotHeld}
	if s.Another.NHSNumber != "" {
		patients = append(patients, s.Another)
	}
	want := make([]*adapterv1.FetchResponse, len(patients))
	for i, p := range patients {
		res, err := adapter.Fetch(ctx, s.fetch(p))
		if err != nil {
			t.Fatal(err)
		}
		want[i] = res
	}
	diffs := make(chan string, rounds*len(patients))
	for range rounds {
		for i, p := range patients {
			go func() {
				got, err := adapter.Fetch(ctx, s.fetch(p))
				if err != nil {
					diffs <- err.Error()
					return
				}
				diffs <- cmp.Diff(want[i], got, same())
			}()
		}
	}
	for range rounds * len(patients) {
		if diff := <-diffs; diff != "" {
			t.Errorf("side by side the answer is another (-alone +side by side):\n%s", diff)
		}
	}
}

func nothingIsKept(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	var answers []*adapterv1.FetchResponse
	for _, p := range []Patient{s.Held, s.NotHeld, s.Held} {
		res, err := adapter.Fetch(ctx, s.fetch(p))
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, res)
	}
	if diff := cmp.Diff(answers[0], answers[2], same()); diff != "" {
		t.Errorf("asked again the answer is another:\n%s", diff)
	}
}

func finishedContextReturns(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	finished, cancel := context.WithCancel(ctx)
	cancel()
	wantEnd(t, callAsync(finished, adapter.Fetch, s.fetch(s.Held)))
}

// cancelledCallReturns cancels while the region hangs. Whenever the cancel comes, the call must end soon after it.
func cancelledCallReturns(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	e, _ := s.expected(Hang)
	e.Whole = true
	s.Fault(t, e)
	hung, cancel := context.WithCancel(ctx)
	defer cancel()
	done := callAsync(hung, adapter.Fetch, s.fetch(s.Held))
	timer := time.AfterFunc(patience/100, cancel)
	defer timer.Stop()
	wantEnd(t, done)
}

func callAsync[Req, Res any](ctx context.Context, method func(context.Context, *Req) (*Res, error), req *Req) <-chan error {
	done := make(chan error, 1)
	go func() { _, err := method(ctx, req); done <- err }()
	return done
}

func wantEnd(t *testing.T, done <-chan error) {
	t.Helper()
	err := within(t, done)
	if code := status.Code(err); code != codes.Canceled && !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled call ended with %v, want CANCELLED: return promptly once the context is done", err)
	}
}
