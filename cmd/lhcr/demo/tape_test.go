package demo

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/openlhcr/openlhcr/adapters"
)

// tape records the requests that one region is sent, and sends them again.
type tape struct {
	recording atomic.Bool
	client    *http.Client

	mu    sync.Mutex
	waves [][]*recorded
	open  int // requests under way
}

// recorded is one request, to be sent again.
type recorded struct {
	request *http.Request
	body    []byte
}

// on lets an adapter's requests pass over the tape.
func (t *tape) on(entry adapters.Entry) adapters.Entry {
	inner := entry.New
	entry.New = func(e adapters.Environment) (adapters.Adapter, error) {
		t.client = e.HTTP
		tapped := *e.HTTP
		tapped.Transport = t
		e.HTTP = &tapped
		return inner(e)
	}
	return entry
}

// RoundTrip sends a request, and keeps it while recording. A request that begins
// when none is under way begins a new wave.
func (t *tape) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.recording.Load() {
		return t.client.Transport.RoundTrip(r)
	}
	kept := &recorded{request: r.Clone(context.Background())}
	if r.Body != nil {
		kept.body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(kept.body))
	}
	t.begin(kept)
	defer t.end()
	return t.client.Transport.RoundTrip(r)
}

func (t *tape) begin(r *recorded) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == 0 {
		t.waves = append(t.waves, nil)
	}
	t.open++
	last := len(t.waves) - 1
	t.waves[last] = append(t.waves[last], r)
}

func (t *tape) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open--
}

func replayAll(ctx context.Context, tapes []*tape) {
	var regions sync.WaitGroup
	for _, t := range tapes {
		regions.Go(func() {
			for _, wave := range t.waves {
				t.replay(ctx, wave)
			}
		})
	}
	regions.Wait()
}

func (t *tape) replay(ctx context.Context, wave []*recorded) {
	var requests sync.WaitGroup
	for _, r := range wave {
		requests.Go(func() {
			again := r.request.Clone(ctx)
			if r.body != nil {
				again.Body = io.NopCloser(bytes.NewReader(r.body))
			}
			res, err := t.client.Transport.RoundTrip(again)
			if err != nil {
				panic(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				panic(res.Status)
			}
		})
	}
	requests.Wait()
}
