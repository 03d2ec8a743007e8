package token

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/transport"
)

// flight is one token being got for all who wait for it.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	grant   grant
	err     error
}

// shared gives the kept token, or joins whoever is getting it, or gets it.
func (s *Source) shared(ctx context.Context, o order) (Token, error) {
	s.mu.Lock()
	if value, ok := s.cache.get(o.key, s.now()); ok {
		s.mu.Unlock()
		return Token{key: o.key, value: value}, nil
	}
	f := s.flights[o.key]
	if f == nil {
		f = s.launch(ctx, o)
	}
	f.waiters++
	s.mu.Unlock()
	return s.wait(ctx, o.key, f)
}

// launch starts getting a token apart from the caller's own context: that caller may leave, the others stay.
func (s *Source) launch(ctx context.Context, o order) *flight {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.timeout)
	f := &flight{done: make(chan struct{}), cancel: cancel}
	s.flights[o.key] = f
	go s.fly(own, o, f)
	return f
}

func (s *Source) fly(ctx context.Context, o order, f *flight) {
	defer f.cancel()
	defer close(f.done)
	g, err := o.mint(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.grant, f.err = g, err
	if s.flights[o.key] == f {
		delete(s.flights, o.key)
	}
	if err == nil {
		s.cache.put(o.key, g, s.now())
	}
}

func (s *Source) wait(ctx context.Context, key string, f *flight) (Token, error) {
	select {
	case <-f.done:
		return Token{key: key, value: f.grant.value}, f.err
	case <-ctx.Done():
		s.leave(key, f)
		return Token{}, transport.Failure(ctx, ctx.Err())
	}
}

// leave ends the flight with its last waiter, so that nothing runs on for nobody.
func (s *Source) leave(key string, f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	if f.waiters > 0 {
		return
	}
	f.cancel()
	if s.flights[key] == f {
		delete(s.flights, key) // whoever comes now starts anew and is not told of this cancellation
	}
}
