package guard_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// fated is a region that fails or answers as its calls are fated: 'x' fails.
func fated(fates string) fetch {
	var turns []fetch
	for _, fate := range fates {
		if fate == 'x' {
			turns = append(turns, fails(code(codes.Unavailable)))
		} else {
			turns = append(turns, answers(returned))
		}
	}
	return inTurn(turns...)
}

func TestARegionThatFailsTooOftenIsLeftAlone(t *testing.T) {
	tests := map[string]struct {
		fates string
		want  lhcrv1.BreakerState
	}{
		"it answers":              {strings.Repeat(".", 30), closed},
		"nine calls are too few":  {strings.Repeat("x", 9), closed},
		"ten are enough":          {strings.Repeat("x", 10), open},
		"half of them":            {strings.Repeat(".x", 5), open},
		"a little less than half": {strings.Repeat(".", 6) + strings.Repeat("x", 5), closed},
		"half in the end":         {strings.Repeat(".", 6) + strings.Repeat("x", 6), open},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := guarded(t, &regional{fetch: fated(tt.fates)}, once())
				times(t.Context(), len(tt.fates), r)
				wantBreaker(t, r, tt.want)
			})
		})
	}
}

func TestOldFailuresAreForgottenBitByBit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := guarded(t, &regional{fetch: fated("xxxxxxxxx")}, once())
		times(t.Context(), 5, r)
		time.Sleep(20 * time.Second)
		times(t.Context(), 4, r)
		time.Sleep(15 * time.Second) // the first five are older than half a minute
		times(t.Context(), 5, r)
		wantBreaker(t, r, closed)
		times(t.Context(), 1, r)
		wantBreaker(t, r, open)
	})
}

func TestALeftAloneRegionIsNotAskedAndSaysWhenItWillBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: fails(code(codes.Unavailable))}, once())
		times(t.Context(), 10, r)
		time.Sleep(4 * time.Second)
		err := ask(t.Context(), r)
		wantRefusal(t, err, guard.BreakerOpen)
		if status.Code(err) != codes.Unavailable || retryDelay(err) != 6*time.Second || len(n.asked()) != 10 {
			t.Errorf("error %v, to be tried in %v, after %d attempts", err, retryDelay(err), len(n.asked()))
		}
		if got := r.State().RetryAfter; got != 6*time.Second {
			t.Errorf("the state says %v", got)
		}
		if diff := cmp.Diff([]guard.Refused{{RegionID: "dorset", Method: "Fetch", Why: guard.BreakerOpen}}, n.turnedAway()); diff != "" {
			t.Errorf("refused (-want +got):\n%s", diff)
		}
		time.Sleep(6 * time.Second) // the very end of the pause
		if got := retryDelay(ask(t.Context(), r)); got <= 0 {
			t.Errorf("to be tried in %v", got)
		}
	})
}

func retryDelay(err error) time.Duration {
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok {
			return info.GetRetryDelay().AsDuration()
		}
	}
	return 0
}

func TestOneCallAtATimeTriesTheRegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := opened(t, taking(time.Second, answers(returned)))
		done := make(chan error)
		go func() { done <- ask(t.Context(), r) }()
		synctest.Wait()
		err := ask(t.Context(), r)
		wantRefusal(t, err, guard.BreakerOpen)
		if retryDelay(err) != time.Second {
			t.Errorf("to be tried in %v", retryDelay(err))
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		wantBreaker(t, r, closed)
		if r.State().RetryAfter != 0 {
			t.Error("a region that is asked says when it will be")
		}
	})
}

func TestATrialOfACallerWhoLeavesDecidesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := opened(t, hangs())
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		times(ctx, 1, r)
		wantBreaker(t, r, halfOpen)
		if _, refused := guard.RefusalOf(ask(t.Context(), r)); refused {
			t.Error("no other call may try the region")
		}
		wantBreaker(t, r, open)
	})
}

// A region whose adapter hangs and does not mind its context must not leave the
// breaker half-open for ever.
func TestATrialThatHangsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(chan struct{})
		r := opened(t, func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			<-wake
			return answers(returned)(ctx, req)
		})
		go times(t.Context(), 1, r)
		time.Sleep(8*time.Second + 99*time.Millisecond)
		wantBreaker(t, r, halfOpen)
		time.Sleep(2 * time.Millisecond)
		wantBreaker(t, r, open)
		close(wake)
		synctest.Wait()
		wantBreaker(t, r, open)
	})
}

func TestCallersWhoLeaveOrHurryDoNotOpenTheBreaker(t *testing.T) {
	tests := map[string]struct {
		caller time.Duration
		end    error
		want   lhcrv1.BreakerState
	}{
		"they leave":                         {7 * time.Second, context.Canceled, closed},
		"they hurry":                         {3999 * time.Millisecond, context.DeadlineExceeded, closed},
		"they give it half of its time":      {4 * time.Second, context.DeadlineExceeded, open},
		"they give it more time than it has": {time.Minute, nil, open},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, _ := guarded(t, &regional{fetch: hangs()}, once())
				var group sync.WaitGroup
				for number := range 20 {
					ctx, cancel := context.WithTimeout(t.Context(), tt.caller)
					if tt.end == context.Canceled {
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(tt.caller, cancel)
					}
					group.Go(func() { defer cancel(); _ = askAbout(ctx, r, number) })
				}
				group.Wait()
				wantBreaker(t, r, tt.want)
			})
		})
	}
}

func TestOurOwnRefusalsDoNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := once()
		p.Concurrency, p.Queue = 1, 1
		r, n := guarded(t, &regional{fetch: taking(time.Second, answers(returned))}, p)
		for range 50 {
			go times(t.Context(), 1, r)
		}
		synctest.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		wantBreaker(t, r, closed)
		if len(n.turnedAway()) != 48 || len(n.asked()) != 2 {
			t.Errorf("%d refused, %d asked", len(n.turnedAway()), len(n.asked()))
		}
	})
}

func TestAPanicCountsAgainstTheRegionAndHoldsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := once()
		p.Concurrency = 1
		r, _ := guarded(t, &regional{fetch: func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			panic("it broke")
		}}, p)
		for number := range 10 {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic was swallowed")
					}
				}()
				_ = askAbout(t.Context(), r, number)
			}()
		}
		wantBreaker(t, r, open)
		if got := r.State(); got.InFlight != 0 || got.Waiting != 0 {
			t.Errorf("state %+v", got)
		}
	})
}

func TestAFlappingRegionIsTriedAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// Ten failures, two failing trials, then it is well for twenty calls and fails again.
		r, n := guarded(t, &regional{fetch: fated(strings.Repeat("x", 12) + strings.Repeat(".", 20) + "x")}, once())
		began := time.Now()
		for number := 0; time.Since(began) < 2*time.Minute; number++ {
			_ = askAbout(t.Context(), r, number)
			time.Sleep(400 * time.Millisecond) // each trial is about another patient
		}
		var states []lhcrv1.BreakerState
		for _, c := range n.changes()[:8] {
			states = append(states, c.To)
		}
		if diff := cmp.Diff([]lhcrv1.BreakerState{open, halfOpen, open, halfOpen, open, halfOpen, closed, open}, states); diff != "" {
			t.Errorf("states (-want +got):\n%s", diff)
		}
		if n.changes()[0] != (guard.Changed{RegionID: "dorset", From: closed, To: open}) {
			t.Errorf("the first change is %+v", n.changes()[0])
		}
	})
}

func TestTheLogTellsWhenARegionIsLeftAloneAndWhenItAnswersAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		r, err := guard.New(&regional{fetch: fated("xxxxxxxxxx.")}, once(), guard.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		if err != nil {
			t.Fatal(err)
		}
		times(t.Context(), 11, r)
		time.Sleep(11 * time.Second)
		times(t.Context(), 1, r)
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		for i, want := range []string{"level=WARN msg=\"region left alone", "region tried again", "region answers again"} {
			if i >= len(lines) || !strings.Contains(lines[i], want) || !strings.Contains(lines[i], "region=dorset") {
				t.Fatalf("want %q in line %d of:\n%s", want, i+1, log.String())
			}
		}
	})
}

func TestARegionMadeAnewKeepsItsGuards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old, _ := guarded(t, &regional{fetch: hangs()}, once())
		renewed := old.Around(&regional{fetch: fails(code(codes.Unavailable)), timeout: time.Second})
		go times(t.Context(), 1, old)
		synctest.Wait()
		if got := renewed.State().InFlight; got != 1 {
			t.Errorf("%d calls under way, want the old one", got)
		}
		times(t.Context(), 10, renewed)
		wantBreaker(t, old, open)
		wantRefusal(t, ask(t.Context(), old), guard.BreakerOpen)
		if renewed.Policy() != old.Policy() {
			t.Error("the policy changed")
		}
	})
}
