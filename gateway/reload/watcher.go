package reload

import (
	"context"
	"time"
)

// Settle is how long files must stay as they are before they are taken over: whoever
// writes several, a certificate and its key, or one in pieces, is given time to end.
const Settle = time.Second

// Watcher looks at files again and again, and has them taken over when they have
// changed and stay as they are.
type Watcher struct {
	// Every is how often it looks.
	Every time.Duration
	// Taken is the imprint of what was taken over last. It may hold other files each time.
	Taken func() Imprint
	// Take takes over what the files hold now. When it fails, it is called again at
	// each look until it succeeds or the files are again as they were.
	Take func(context.Context) error
}

// Run looks until the context is done.
func (w Watcher) Run(ctx context.Context) {
	ticker := time.NewTicker(w.Every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.look(ctx)
		}
	}
}

func (w Watcher) look(ctx context.Context) {
	taken := w.Taken()
	if now := taken.Again(); now.Equal(taken) || !settled(ctx, now) {
		return
	}
	_ = w.Take(ctx) // it says itself what went wrong
}

// settled waits until files stay as they are. It is false when the context is done before.
func settled(ctx context.Context, last Imprint) bool {
	pause := time.NewTicker(Settle)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-pause.C:
		}
		now := last.Again()
		if now.Equal(last) {
			return true
		}
		last = now
	}
}
