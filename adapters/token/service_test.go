package token_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/token"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "9990000018"

// service is a token service that answers as answer says, and counts.
type service struct {
	url    string
	client *http.Client

	mu       sync.Mutex
	requests []*http.Request
}

func newService(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, call int)) *service {
	t.Helper()
	s := &service{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, r)
		call := len(s.requests)
		s.mu.Unlock()
		answer(w, r, call)
	}))
	t.Cleanup(server.Close)
	s.url, s.client = server.URL+"/token?of="+canary, server.Client()
	return s
}

func (s *service) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

func (s *service) last() *http.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[len(s.requests)-1]
}

// clock is a time that a test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// bearer is what a token puts into a request.
func bearer(t *testing.T, tok token.Token) string {
	t.Helper()
	r := must[*http.Request](t)(http.NewRequestWithContext(context.Background(), http.MethodGet, "https://region.invalid", nil))
	tok.Authorize(r)
	return r.Header.Get("Authorization")
}

func pemOf(certificate *x509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
}
