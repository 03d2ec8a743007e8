package gateway

import (
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// A shared cache that answers but keeps nothing is ill only when that lasts.
func TestWhatAilsTheSharedCache(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	keepsNothing := func(since time.Duration) cache.SharedState {
		return cache.SharedState{Used: true, Answers: true, TakesNot: cache.CauseFull, TakesSince: now.Add(-since)}
	}
	for name, c := range map[string]struct {
		state cache.SharedState
		want  cache.Cause
	}{
		"there is none":                 {},
		"well":                          {state: cache.SharedState{Used: true, Answers: true, Takes: true}},
		"away":                          {state: cache.SharedState{Used: true, Takes: true, Cause: cache.CauseTimeout}, want: cache.CauseTimeout},
		"away, nobody knows why":        {state: cache.SharedState{Used: true, Takes: true}, want: cache.CauseOther},
		"keeps nothing, for a minute":   {state: keepsNothing(time.Minute)},
		"keeps nothing, for longer yet": {state: keepsNothing(time.Minute + 1), want: cache.CauseFull},
	} {
		if got := ails(c.state, now); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
