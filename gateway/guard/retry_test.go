package guard_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestAReadThatFailsIsAskedAgain(t *testing.T) {
	down := fails(code(codes.Unavailable))
	tests := map[string]struct {
		region   fetch
		attempts int
		random   float64
		want     codes.Code
		took     time.Duration
	}{
		"it recovers":             {inTurn(down, answers(returned)), 2, 0.5, codes.OK, 100 * time.Millisecond},
		"it recovers in the end":  {inTurn(down, down, down, answers(returned)), 4, 0.5, codes.OK, 700 * time.Millisecond},
		"it does not recover":     {down, 3, 0.5, codes.Unavailable, 300 * time.Millisecond},
		"it changes its mind":     {inTurn(down, fails(code(codes.PermissionDenied))), 5, 0.5, codes.PermissionDenied, 100 * time.Millisecond},
		"one attempt only":        {down, 1, 0.5, codes.Unavailable, 0},
		"the shortest wait":       {down, 2, 0, codes.Unavailable, 50 * time.Millisecond},
		"a long wait":             {down, 2, 0.9, codes.Unavailable, 140 * time.Millisecond},
		"it says when":            {inTurn(fails(codeIn(codes.Unavailable, 3*time.Second)), answers(returned)), 2, 0.5, codes.OK, 3 * time.Second},
		"it says sooner":          {inTurn(fails(codeIn(codes.Unavailable, time.Millisecond)), answers(returned)), 2, 0.5, codes.OK, 100 * time.Millisecond},
		"it says too late":        {fails(codeIn(codes.Unavailable, 7500*time.Millisecond)), 2, 0.5, codes.Unavailable, 0},
		"slow down":               {inTurn(fails(codeIn(codes.ResourceExhausted, 2*time.Second)), answers(returned)), 2, 0.5, codes.OK, 2 * time.Second},
		"slow down for too long":  {fails(codeIn(codes.ResourceExhausted, time.Minute)), 2, 0.5, codes.ResourceExhausted, 0},
		"enough time is left":     {taking(7100*time.Millisecond, inTurn(down, answers(returned))), 2, 0.5, codes.DeadlineExceeded, 8 * time.Second},
		"not enough time is left": {taking(7101*time.Millisecond, down), 2, 0.5, codes.Unavailable, 7101 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := guard.DefaultPolicy()
				p.Attempts = tt.attempts
				r, err := guard.New(&regional{fetch: tt.region}, p, guard.Options{Random: func() float64 { return tt.random }})
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				got := ask(t.Context(), r)
				if took := time.Since(began).Round(time.Microsecond); status.Code(got) != tt.want || took != tt.took {
					t.Errorf("%v after %v, want %v after %v", status.Code(got), took, tt.want, tt.took)
				}
			})
		})
	}
}

func TestEachAttemptAsksTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := guard.DefaultPolicy()
		p.Attempts = 3
		var heard []string
		r, _ := guarded(t, &regional{fetch: func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			heard = append(heard, req.GetPatient().GetNhsNumber()+string(req.GetHandle()))
			req.Patient.NhsNumber, req.Handle[0] = "", 'x'
			return nil, code(codes.Unavailable)
		}}, p)
		_, _ = r.Fetch(t.Context(), &adapterv1.FetchRequest{
			Patient: &lhcrv1.PatientQuery{NhsNumber: "9990000018"}, Handle: []byte("h"),
		})
		if want := slices.Repeat([]string{"9990000018h"}, 3); !slices.Equal(heard, want) {
			t.Errorf("asked for %q, want %q", heard, want)
		}
	})
}

func TestACallerWhoLeavesIsNotKeptWaitingForARetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := guard.DefaultPolicy()
		p.RetryWait = 2 * time.Second
		r, n := guarded(t, &regional{fetch: fails(code(codes.Unavailable))}, p)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		began := time.Now()
		err := ask(ctx, r)
		if took := time.Since(began); took != time.Second || status.Code(err) != codes.Unavailable || len(n.asked()) != 1 {
			t.Errorf("%v after %v and %d attempts", err, took, len(n.asked()))
		}
	})
}

func TestARetryThatIsRefusedLeavesTheRegionsOwnWords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: inTurn(fails(code(codes.Aborted)), hangs())}, narrow(1, 1))
		failed := make(chan error)
		go func() { failed <- ask(t.Context(), r) }()
		synctest.Wait()
		for range 2 { // while it waits to be asked again, others take the place and the queue
			go times(t.Context(), 1, r)
			synctest.Wait()
		}
		if err := <-failed; status.Code(err) != codes.Aborted {
			t.Errorf("error is %v, want the region's", err)
		}
		if len(n.asked()) != 1 || len(n.turnedAway()) != 1 {
			t.Errorf("%d attempts and %d refusals", len(n.asked()), len(n.turnedAway()))
		}
	})
}

// Between the attempts of one call others may have opened the breaker, before the
// decision to ask again or while it waits.
func TestNothingIsAskedAgainOfARegionThatIsLeftAlone(t *testing.T) {
	for name, first := range map[string]fetch{
		"opened before it failed": taking(50*time.Millisecond, fails(code(codes.Aborted))),
		"opened while it waits":   fails(code(codes.Aborted)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, n := guarded(t, &regional{fetch: inTurn(first, fails(errGapless))}, guard.DefaultPolicy())
				failed := make(chan error)
				go func() { failed <- ask(t.Context(), r) }()
				synctest.Wait()
				down := r.Around(&regional{fetch: says(gapped(false))})
				times(t.Context(), 12, down)
				wantBreaker(t, r, open)
				before := len(n.asked())
				if err := <-failed; status.Code(err) != codes.Aborted {
					t.Errorf("error is %v, want the first attempt's", err)
				}
				for _, a := range n.asked()[before:] {
					if a.Number != 1 {
						t.Errorf("it was asked again: %+v", a)
					}
				}
			})
		})
	}
}

// errGapless is a failure that must not be seen.
var errGapless = errors.New("it was asked again")

func TestATrialIsNotAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: fails(code(codes.Unavailable))}, guard.DefaultPolicy())
		times(t.Context(), 10, r)
		time.Sleep(once().Breaker.Pause + time.Millisecond)
		before, decided := len(n.asked()), len(n.decided())
		_ = ask(t.Context(), r) // what comes of it is told by the breaker
		if got := len(n.asked()) - before; got != 1 || len(n.decided()) != decided {
			t.Errorf("the region was tried %d times at once, with %d thoughts of another", got, len(n.decided())-decided)
		}
		wantBreaker(t, r, open)
	})
}

func TestRetriesKeepWithinTheirBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := patient()
		p.RetryPercent = 10
		r, n := guarded(t, &regional{fetch: fails(code(codes.Unavailable))}, p)
		asked := func(calls int) int {
			before := len(n.asked())
			var group []chan struct{}
			for range calls {
				done := make(chan struct{})
				group = append(group, done)
				go func() { times(t.Context(), 1, r); close(done) }()
				synctest.Wait()
			}
			for _, done := range group {
				<-done
			}
			return len(n.asked()) - before - calls
		}
		// Ten are in reserve; each ten calls earn one more; each ten seconds another.
		if got := asked(200); got != 29 {
			t.Errorf("%d retries of 200 calls, want 10 and 19", got)
		}
		time.Sleep(30 * time.Second)
		if got := asked(1); got != 1 {
			t.Error("after half a minute of quiet there is no retry")
		}
		time.Sleep(time.Hour)
		if got := asked(40); got != 13 {
			t.Errorf("%d retries of 40 calls after an hour of quiet, want 10 and 3", got)
		}
		if got := n.decisions(); got[0] != guard.AskedAgain || got[len(got)-1] != guard.OverBudget {
			t.Errorf("the first is %s, the last %s", got[0], got[len(got)-1])
		}
	})
}

func TestAttemptsAndRetriesAreObserved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: inTurn(taking(time.Second, fails(code(codes.Unavailable))), taking(2*time.Second, answers(unavailable)))}, guard.DefaultPolicy())
		times(t.Context(), 1, r)
		want := []guard.Attempt{
			{RegionID: "dorset", Method: "Fetch", Number: 1, Code: codes.Unavailable, Failed: true, Duration: time.Second},
			{RegionID: "dorset", Method: "Fetch", Number: 2, Code: codes.Unavailable, Failed: true, Duration: 2 * time.Second},
		}
		if diff := cmp.Diff(want, n.asked()); diff != "" {
			t.Errorf("attempts (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]guard.Retried{{RegionID: "dorset", Method: "Fetch", Decision: guard.AskedAgain}}, n.decided()); diff != "" {
			t.Errorf("retries (-want +got):\n%s", diff)
		}
		r, n = guarded(t, &regional{fetch: taking(7500*time.Millisecond, fails(code(codes.Unavailable)))}, guard.DefaultPolicy())
		times(t.Context(), 1, r)
		if got := n.decisions(); !slices.Equal(got, []guard.Retry{guard.NoTime}) {
			t.Errorf("decided %q", got)
		}
	})
}
