package guard_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestACallEndsWithItsTime(t *testing.T) {
	tests := map[string]struct {
		definition, policy, caller, want time.Duration
	}{
		"the definition's":       {3 * time.Second, 5 * time.Second, time.Minute, 3 * time.Second},
		"the policy's":           {0, 5 * time.Second, time.Minute, 5 * time.Second},
		"the caller's":           {3 * time.Second, 5 * time.Second, time.Second, time.Second},
		"the caller set no time": {3 * time.Second, 5 * time.Second, 0, 3 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := guard.DefaultPolicy()
				p.Timeout = tt.policy
				wait := func(ctx context.Context) error { _, err := hangs()(ctx, nil); return err }
				r, _ := guarded(t, &regional{timeout: tt.definition, fetch: hangs(), locate: wait, document: wait}, p)
				for method, call := range methods(r) {
					ctx, cancel := t.Context(), context.CancelFunc(func() {})
					if tt.caller > 0 {
						ctx, cancel = context.WithTimeout(ctx, tt.caller)
					}
					began := time.Now()
					err := call(ctx)
					cancel()
					if took := time.Since(began); took != tt.want || status.Code(err) != codes.DeadlineExceeded {
						t.Errorf("%s: %v after %v, want %v", method, err, took, tt.want)
					}
				}
			})
		})
	}
}

// methods are the three ways to ask a region.
func methods(r *guard.Region) map[string]func(context.Context) error { return methodsAbout(r, 0) }

func methodsAbout(r *guard.Region, number int) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Fetch": func(ctx context.Context) error { return askAbout(ctx, r, number) },
		"Locate": func(ctx context.Context) error {
			_, err := r.Locate(ctx, &adapterv1.LocateRequest{Patient: someone(number)})
			return err
		},
		"FetchDocument": func(ctx context.Context) error {
			_, err := r.FetchDocument(ctx, &adapterv1.FetchDocumentRequest{Patient: someone(number)})
			return err
		},
	}
}

func TestEveryMethodIsGuarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, method := range []string{"Fetch", "Locate", "FetchDocument"} {
			fail := func(context.Context) error { return code(codes.Unavailable) }
			r, n := guarded(t, &regional{fetch: fails(code(codes.Unavailable)), locate: fail, document: fail}, guard.DefaultPolicy())
			for number := range 10 {
				_ = methodsAbout(r, number)[method](t.Context()) // what comes of it stands in the notes
			}
			wantBreaker(t, r, open)
			if len(n.asked()) != 20 || n.asked()[1].Number != 2 || string(n.asked()[0].Method) != method {
				t.Errorf("%s: %d attempts, %v", method, len(n.asked()), n.asked())
			}
			wantRefusal(t, methods(r)[method](t.Context()), guard.BreakerOpen)
		}
	})
}

func TestWaitingAndAskingAgainAreWithinTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := patient()
		p.Attempts, p.Concurrency = 5, 1
		r, n := guarded(t, &regional{fetch: taking(2500*time.Millisecond, fails(code(codes.Unavailable)))}, p)
		began := time.Now()
		go times(t.Context(), 1, r)
		synctest.Wait()
		err := ask(t.Context(), r)
		if took := time.Since(began); took != 8*time.Second || status.Code(err) != codes.DeadlineExceeded {
			t.Errorf("%v after %v, want the region's 8 s", err, took)
		}
		var waited []time.Duration
		for _, a := range n.asked() {
			waited = append(waited, a.Waited)
		}
		if want := []time.Duration{0, 2500 * time.Millisecond, 2400 * time.Millisecond, 2400 * time.Millisecond}; !slices.Equal(waited, want) {
			t.Errorf("waited %v, want %v", waited, want)
		}
	})
}

func TestWhatCameByTheEndOfTheTimeIsDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := guarded(t, &regional{fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			<-ctx.Done()
			return answers(returned)(ctx, req)
		}}, guard.DefaultPolicy())
		got, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{})
		if err != nil || got.GetOutcomes()[0].GetStatus() != returned {
			t.Errorf("the answer is %v with %v", got, err)
		}
	})
}

func TestACallThatComesTooLateIsNotMade(t *testing.T) {
	r, n := guarded(t, &regional{fetch: answers(returned)}, guard.DefaultPolicy())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ask(ctx, r); status.Code(err) != codes.Canceled || len(n.asked()) != 0 {
		t.Errorf("error %v after %d attempts", err, len(n.asked()))
	}
	if _, refused := guard.RefusalOf(ask(ctx, r)); refused {
		t.Error("a caller's leaving counts as a refusal")
	}
}
