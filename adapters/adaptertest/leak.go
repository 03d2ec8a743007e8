package adaptertest

import (
	"context"
	"testing"

	"go.uber.org/goleak"
)

// nothingRunsOn uses an adapter in every way, closes what it opened, and looks for what still runs.
func nothingRunsOn(ctx context.Context, t *testing.T, s Subject) {
	before := goleak.IgnoreCurrent()
	t.Run("use", func(t *testing.T) {
		adapter := s.New(t)
		for _, p := range []Patient{s.Held, s.NotHeld} {
			if _, err := adapter.Fetch(ctx, s.fetch(p)); err != nil {
				t.Fatal(err)
			}
		}
		if e, ok := s.expected(Hang); ok && s.Fault != nil {
			e.Whole = true
			s.Fault(t, e)
		}
		hung, cancel := context.WithTimeout(ctx, patience/50)
		defer cancel()
		_, _ = adapter.Fetch(hung, s.fetch(s.Held)) // its answer is another case's business
	})
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
