package vitals_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/vitals"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	unsaid   = lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
	healthy  = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
	degraded = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
	down     = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	refusing = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING

	every = time.Minute
)

// region is one that is tried; when is how long after the beginning each try was.
type region struct {
	id    string
	check func(context.Context) (*adapterv1.CheckResponse, error)
	mu    sync.Mutex
	state guard.State
	when  []time.Duration
	born  time.Time
}

var _ vitals.Region = (*region)(nil)

func newRegion(id string, check func(context.Context) (*adapterv1.CheckResponse, error)) *region {
	return &region{id: id, check: check, born: time.Now(), state: guard.State{Breaker: lhcrv1.BreakerState_BREAKER_STATE_CLOSED}}
}

func (r *region) ID() string { return r.id }

func (r *region) State() guard.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

func (r *region) stand(state guard.State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = state
}

func (r *region) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	r.mu.Lock()
	r.when = append(r.when, time.Since(r.born))
	check := r.check
	r.mu.Unlock()
	return check(ctx)
}

func (r *region) tries() []time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]time.Duration{}, r.when...)
}

func (r *region) wantTries(t *testing.T, want ...time.Duration) {
	t.Helper()
	if diff := cmp.Diff(append([]time.Duration{}, want...), r.tries()); diff != "" {
		t.Errorf("%s was tried (-want +got):\n%s", r.id, diff)
	}
}

func says(s lhcrv1.HealthStatus) func(context.Context) (*adapterv1.CheckResponse, error) {
	return func(context.Context) (*adapterv1.CheckResponse, error) {
		return &adapterv1.CheckResponse{Status: s}, nil
	}
}

func fails(err error) func(context.Context) (*adapterv1.CheckResponse, error) {
	return func(context.Context) (*adapterv1.CheckResponse, error) { return nil, err }
}

// hangs minds no context, until it is let.
func hangs(gate <-chan struct{}) func(context.Context) (*adapterv1.CheckResponse, error) {
	return func(context.Context) (*adapterv1.CheckResponse, error) {
		<-gate
		return &adapterv1.CheckResponse{Status: healthy}, nil
	}
}

// notes are what was found.
type notes struct {
	mu    sync.Mutex
	found []vitals.Finding
}

func (n *notes) note(f vitals.Finding) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.found = append(n.found, f)
}

func (n *notes) of(id string) (all []lhcrv1.HealthStatus) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, f := range n.found {
		if f.RegionID == id {
			all = append(all, f.Status)
		}
	}
	return all
}

// watching runs a watch in a bubble, whose waits are as short as they can be.
func watching(t *testing.T, every time.Duration, regions ...vitals.Region) (*vitals.Watch, *notes, context.CancelFunc) {
	t.Helper()
	n := &notes{}
	w := vitals.New(vitals.Options{Found: n.note, Random: func() float64 { return 0 }})
	w.Set(regions, every)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx)
	}()
	return w, n, func() {
		cancel()
		<-ended
	}
}

func TestARegionIsTriedAtTheStartAndThenAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegion("dorset", says(healthy))
		_, n, stop := watching(t, every, r)
		time.Sleep(3*every + time.Second)
		stop()
		r.wantTries(t, 0, every, 2*every, 3*every)
		if diff := cmp.Diff([]lhcrv1.HealthStatus{healthy, healthy, healthy, healthy}, n.of("dorset")); diff != "" {
			t.Errorf("found (-want +got):\n%s", diff)
		}
		time.Sleep(10 * every)
		if got := len(r.tries()); got != 4 {
			t.Errorf("it was tried %d times, also after the end", got)
		}
	})
}

func TestWaitsVaryAndAreNeverShorter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := vitals.New(vitals.Options{Found: func(vitals.Finding) {}, Random: func() float64 { return 0.999 }})
		r := newRegion("dorset", says(healthy))
		w.Set([]vitals.Region{r}, every)
		ctx, cancel := context.WithCancel(t.Context())
		go w.Run(ctx)
		time.Sleep(3 * every)
		cancel()
		synctest.Wait()
		when := r.tries()
		if len(when) != 3 || when[0] < 900*time.Millisecond || when[0] > time.Second {
			t.Fatalf("tried after %v", when)
		}
		for i := range when[1:] {
			if wait := when[i+1] - when[i]; wait < 71*time.Second || wait > 72*time.Second {
				t.Errorf("wait %v, want a fifth more than %v", wait, every)
			}
		}
	})
}

func TestARegionThatIsDownIsTriedLessAndLess(t *testing.T) {
	for name, check := range map[string]func(context.Context) (*adapterv1.CheckResponse, error){
		"down": says(down), "refusing": says(refusing), "failing": fails(status.Error(codes.Unavailable, "")),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRegion("dorset", check)
				_, _, stop := watching(t, every, r)
				time.Sleep(62 * time.Minute)
				r.wantTries(t, 0, 1*every, 3*every, 7*every, 15*every, 30*every, 45*every, 60*every)
				r.mu.Lock()
				r.check = says(healthy)
				r.mu.Unlock()
				time.Sleep(14*time.Minute + time.Second)
				if got := r.tries(); len(got) != 10 || got[8] != 75*every || got[9] != 76*every {
					t.Errorf("tried after %v: it is well again, and is tried as before", got)
				}
				stop()
			})
		})
	}
}

func TestAnAnsweredCallSparesATry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, quiet := newRegion("dorset", says(down)), newRegion("yorkshire", says(healthy))
		w, _, stop := watching(t, every, r, quiet)
		defer stop()
		time.Sleep(time.Second)
		for range 100 {
			w.Answered("dorset")
			time.Sleep(25 * time.Second)
		}
		if got := len(r.tries()); got != 1 {
			t.Errorf("it was tried %d times while its calls were answered", got)
		}
		if got := len(quiet.tries()); got != 42 {
			t.Errorf("the other was tried %d times", got)
		}
		time.Sleep(40 * time.Second)
		r.wantTries(t, 0, time.Second+99*25*time.Second+every) // a while after the last that was answered
		w.Answered("atlantis")                                 // of whom nobody knows
	})
}

func TestARegionThatIsLeftAloneIsNotTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegion("dorset", says(healthy))
		r.stand(guard.State{Breaker: lhcrv1.BreakerState_BREAKER_STATE_OPEN, RetryAfter: 10 * every})
		_, _, stop := watching(t, every, r)
		defer stop()
		time.Sleep(9 * every)
		r.wantTries(t)
		r.stand(guard.State{Breaker: lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN})
		time.Sleep(2*every + time.Second)
		r.wantTries(t, 10*every, 11*every)
	})
}

func TestATryThatAGuardRefusesFindsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegion("dorset", fails(refusal{}))
		_, n, stop := watching(t, every, r)
		defer stop()
		time.Sleep(3*every + time.Second)
		r.wantTries(t, 0, every, 2*every, 3*every)
		if got := n.of("dorset"); got != nil {
			t.Errorf("found %v", got)
		}
	})
}

// refusal is an error of a guard.
type refusal struct{}

func (refusal) Error() string        { return "no place" }
func (refusal) GuardRefusal() string { return "queue_full" }

func TestARegionThatCannotBeTriedIsTriedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegion("dorset", fails(status.Error(codes.Unimplemented, "")))
		_, n, stop := watching(t, every, r)
		defer stop()
		time.Sleep(time.Hour)
		r.wantTries(t, 0)
		if got := n.of("dorset"); got != nil {
			t.Errorf("found %v", got)
		}
	})
}

func TestARegionThatHangsHoldsUpNeitherOthersNorTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		r, other := newRegion("dorset", hangs(gate)), newRegion("yorkshire", says(healthy))
		_, n, stop := watching(t, every, r, other)
		time.Sleep(time.Hour)
		r.wantTries(t, 0) // nor is it tried again while it hangs
		if got := n.of("dorset"); len(got) != 1 || got[0] != down {
			t.Errorf("found %v, want that it is down", got)
		}
		if got := len(other.tries()); got < 60 {
			t.Errorf("the other was tried %d times in an hour", got)
		}
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("the end took %v", took)
		}
		close(gate)
	})
}

func TestATryUnderWayEndsWithTheWatchAndFindsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegion("dorset", func(ctx context.Context) (*adapterv1.CheckResponse, error) {
			<-ctx.Done()
			return nil, status.FromContextError(ctx.Err()).Err()
		})
		_, n, stop := watching(t, every, r)
		time.Sleep(5 * time.Second)
		stop()
		synctest.Wait()
		if got := n.of("dorset"); got != nil {
			t.Errorf("found %v", got)
		}
	})
}

func TestWhichRegionsAreWatchedCanChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stays, goes, anew := newRegion("stays", says(healthy)), newRegion("goes", says(healthy)), newRegion("stays", says(healthy))
		comes := newRegion("comes", says(healthy))
		w, _, stop := watching(t, every, stays, goes)
		defer stop()
		time.Sleep(every / 2)
		w.Set([]vitals.Region{stays, comes}, every)
		time.Sleep(every + time.Second)
		goes.wantTries(t, 0)
		stays.wantTries(t, 0, every)
		comes.wantTries(t, every/2, every+every/2)
		w.Set([]vitals.Region{anew}, every)
		time.Sleep(time.Second)
		anew.wantTries(t, every+every/2+time.Second) // one that was made anew is tried at once: its credentials may be others
		w.Set([]vitals.Region{anew}, 0)
		time.Sleep(10 * every)
		anew.wantTries(t, every+every/2+time.Second)
		stays.wantTries(t, 0, every)
		w.Set([]vitals.Region{anew}, every)
		time.Sleep(time.Second)
		w.Set([]vitals.Region{anew}, 4*every)
		time.Sleep(4*every + time.Second)
		if got := len(anew.tries()); got != 4 { // at once, at once, and after the longer time
			t.Errorf("it was tried %d times, want three times more", got)
		}
	})
}

func TestWhatATrySays(t *testing.T) {
	step := func(name string, ok bool, message string) *adapterv1.CheckStep {
		return &adapterv1.CheckStep{Name: name, Ok: ok, Message: message}
	}
	good, bad := step("token", true, ""), step("metadata", false, "ask its team")
	answer := func(s lhcrv1.HealthStatus, steps ...*adapterv1.CheckStep) func(context.Context) (*adapterv1.CheckResponse, error) {
		return func(context.Context) (*adapterv1.CheckResponse, error) {
			return &adapterv1.CheckResponse{Status: s, Steps: steps}, nil
		}
	}
	goodStep, badStep := &lhcrv1.HealthStep{Name: "token", Ok: true}, &lhcrv1.HealthStep{Name: "metadata", Message: "ask its team"}
	tests := map[string]struct {
		check func(context.Context) (*adapterv1.CheckResponse, error)
		want  vitals.Finding
	}{
		"all is well":             {answer(healthy, good), vitals.Finding{Status: healthy, Steps: []*lhcrv1.HealthStep{goodStep}}},
		"a step failed":           {answer(healthy, good, bad), vitals.Finding{Status: degraded, Steps: []*lhcrv1.HealthStep{goodStep, badStep}}},
		"it says that it is down": {answer(down, bad), vitals.Finding{Status: down, Steps: []*lhcrv1.HealthStep{badStep}}},
		"it says nothing":         {answer(unsaid), vitals.Finding{Status: unsaid}},
		"only steps":              {answer(unsaid, good), vitals.Finding{Status: healthy, Steps: []*lhcrv1.HealthStep{goodStep}}},
		"only a bad step":         {answer(unsaid, good, bad), vitals.Finding{Status: down, Steps: []*lhcrv1.HealthStep{goodStep, badStep}}},
		"a status of tomorrow":    {answer(99, bad), vitals.Finding{Status: down, Steps: []*lhcrv1.HealthStep{badStep}}},
		"refused":                 {fails(status.Error(codes.PermissionDenied, "no")), vitals.Finding{Status: refusing, Steps: []*lhcrv1.HealthStep{{Name: "check", Message: "no"}}}},
		"no error of ours":        {fails(context.Canceled), vitals.Finding{Status: down, Steps: []*lhcrv1.HealthStep{{Name: "check", Message: "context canceled"}}}},
		"too long": {func(ctx context.Context) (*adapterv1.CheckResponse, error) { <-ctx.Done(); return nil, ctx.Err() },
			vitals.Finding{Status: down, Steps: []*lhcrv1.HealthStep{{Name: "check", Message: "it did not answer in time"}}}},
		"words that name somebody": {
			answer(down, step("token", false, "no token for 999 000 0018\nat https://fhir.example/x?y=1")),
			vitals.Finding{Status: down, Steps: []*lhcrv1.HealthStep{{Name: "token", Message: "no token for [number] at [address]"}}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, n, stop := watching(t, every, newRegion("dorset", tt.check))
				time.Sleep(every / 2)
				stop()
				tt.want.RegionID = "dorset"
				if diff := cmp.Diff([]vitals.Finding{tt.want}, n.found, protocmp.Transform()); diff != "" {
					t.Errorf("found (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestWhatIsTakenOverOfATryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := &adapterv1.CheckResponse{Status: down}
		for range 1000 {
			long.Steps = append(long.Steps, &adapterv1.CheckStep{Name: strings.Repeat("é", 1000), Message: strings.Repeat("\xff ", 1000)})
		}
		_, n, stop := watching(t, every, newRegion("dorset", func(context.Context) (*adapterv1.CheckResponse, error) { return long, nil }))
		time.Sleep(time.Second)
		stop()
		steps := n.found[0].Steps
		if len(steps) != 20 || len([]rune(steps[0].GetName())) != 301 || len([]rune(steps[0].GetMessage())) != 301 {
			t.Errorf("%d steps, the first of %d and %d letters", len(steps), len([]rune(steps[0].GetName())), len([]rune(steps[0].GetMessage())))
		}
	})
}
