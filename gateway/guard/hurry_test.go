package guard_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// ahead is a region that needs a while, through an adapter that ends its work a
// twentieth before its context ends and answers or fails like that.
func ahead(needs time.Duration, end fetch) fetch {
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		at, _ := ctx.Deadline()
		if left := time.Until(at) * 19 / 20; left < needs {
			return taking(left, end)(ctx, req)
		}
		return taking(needs, answers(returned))(ctx, req)
	}
}

// heedless is a region that needs a while, through an adapter that does not mind its context.
func heedless(needs time.Duration) fetch {
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return taking(needs, answers(returned))(context.WithoutCancel(ctx), req)
	}
}

// The region's time is 8 s: a caller who gives less than half of that is in a hurry.
func TestWhatACallerInAHurrySeesOfARegion(t *testing.T) {
	const hurry = 300 * time.Millisecond
	tests := map[string]struct {
		region fetch
		caller time.Duration
		want   lhcrv1.BreakerState
	}{
		"answers without anything, just before the end": {ahead(time.Second, answers(unavailable)), hurry, closed},
		"unavailable just before the end":               {ahead(time.Second, fails(code(codes.Unavailable))), hurry, closed},
		"a timeout of the adapter's own":                {ahead(time.Second, fails(code(codes.DeadlineExceeded))), hurry, closed},
		"no status just before the end":                 {ahead(time.Second, fails(errors.New("it failed"))), hurry, closed},
		"a failure that is not for want of time":        {ahead(time.Second, fails(code(codes.Internal))), hurry, open},
		"refused at once":                               {fails(code(codes.Unavailable)), hurry, open},
		"answers without anything at once":              {answers(unavailable), hurry, open},
		"refused before half of the time given":         {taking(149*time.Millisecond, fails(code(codes.Unavailable))), hurry, open},
		"refused after half of the time given":          {taking(150*time.Millisecond, fails(code(codes.Unavailable))), hurry, closed},
		"an adapter that does not mind its context":     {heedless(time.Second), hurry, closed},
		"an adapter that hangs":                         {heedless(time.Minute), hurry, closed},
		"a caller without hurry":                        {ahead(time.Minute, answers(unavailable)), time.Minute, open},
		"a caller who gives half of the region's time":  {ahead(time.Minute, answers(unavailable)), 4 * time.Second, open},
		"no hurry, and an adapter that hangs":           {heedless(9 * time.Second), time.Minute, open},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := once()
				p.Breaker.Window = 10 * time.Minute
				r, _ := guarded(t, &regional{fetch: tt.region}, p)
				for number := range 12 {
					ctx, cancel := context.WithTimeout(t.Context(), tt.caller)
					_ = askAbout(ctx, r, number) // what comes of it is told by the breaker
					cancel()
				}
				wantBreaker(t, r, tt.want)
			})
		})
	}
}

// A second attempt that has little of the call's time left says nothing; what the
// first said of the region holds.
func TestAnAttemptWithoutTimeLeavesWhatTheFirstSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := guard.DefaultPolicy()
		p.Breaker.Window = 10 * time.Minute
		region := &regional{}
		r, _ := guarded(t, region, p)
		for number := range 10 {
			region.fetch = inTurn(taking(5*time.Second, fails(code(codes.Unavailable))), hangs())
			_ = askAbout(t.Context(), r, number) // what comes of it is told by the breaker
		}
		wantBreaker(t, r, open)
	})
}
