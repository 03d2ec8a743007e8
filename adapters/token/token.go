// Package token gets the access tokens that regional systems ask for, keeps them as
// long as they are good, and asks once where many callers wait for the same one.
//
// A token that names a person is kept for exactly what it names: its place in the
// cache is a digest of everything that was put into it. Nothing of a patient is kept.
package token

import (
	"context"
	"net/http"
	"sync"
	"time"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Request says for whom a token is wanted.
type Request struct {
	// Caller is on whose behalf. May be nil where the token names nobody.
	Caller *adapterv1.Caller
	// Patient is whom the call is about. Read only where a region's tokens name the patient.
	Patient *lhcrv1.PatientQuery
}

// Token is an access token. It prints as nothing.
type Token struct {
	key, value string
}

// String hides the token.
func (Token) String() string { return "[token]" }

// GoString hides the token.
func (Token) GoString() string { return "[token]" }

// Authorize puts the token into a request's Authorization header (RFC 6750, section 2.1).
func (t Token) Authorize(r *http.Request) { r.Header.Set("Authorization", "Bearer "+t.value) }

// grant is a token as it came: its value, and how long it is good. Zero: not to be kept.
type grant struct {
	value    string
	lifetime time.Duration
}

// order is one token wanted: under which key it is kept ("" for not at all), and how it is got.
type order struct {
	key  string
	mint func(context.Context) (grant, error)
}

// Source gives tokens of one region. It is safe for concurrent use.
type Source struct {
	plan    func(Request) (order, error)
	now     func() time.Time
	timeout time.Duration

	mu      sync.Mutex
	cache   cache
	flights map[string]*flight
}

// DefaultTimeout bounds getting one token.
const DefaultTimeout = 10 * time.Second

func newSource(now func() time.Time, timeout time.Duration, plan func(Request) (order, error)) *Source {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	return &Source{plan: plan, now: now, timeout: timeout, cache: newCache(), flights: map[string]*flight{}}
}

// Token gives a token that is good for a while. Errors are [*Error], or the transport's
// [*github.com/openlhcr/openlhcr/adapters/transport.Error]; both are gRPC statuses.
func (s *Source) Token(ctx context.Context, req Request) (Token, error) {
	o, err := s.plan(req)
	if err != nil {
		return Token{}, err
	}
	if o.key == "" {
		ctx, cancel := context.WithTimeout(ctx, s.timeout)
		defer cancel()
		g, err := o.mint(ctx)
		return Token{value: g.value}, err
	}
	return s.shared(ctx, o)
}

// Drop forgets a token that the region refused, so that the next one is new. A newer token
// that took its place in the meantime stays.
func (s *Source) Drop(t Token) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cache.drop(t.key, t.value)
}
