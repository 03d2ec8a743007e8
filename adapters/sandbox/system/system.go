// Package system is what every simulated regional system has in common: listeners with mutual TLS, what a deployment
// must know to reach them, faults, and counts of what was seen.
package system

import (
	"crypto/tls"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/socket"
)

// Now tells the time.
type Now = func() time.Time

// System is one running regional system. Its methods may be called concurrently.
type System struct {
	access  Access
	now     Now
	ca      *pki.CA
	cert    tls.Certificate
	faults  fault.Set
	stray   string
	servers []*socket.Server

	mu     sync.Mutex
	counts map[string]int
	caller Caller
	revoke []func()
}

// New makes a system with a certificate authority of its own and, so far, one listener: the place that a redirect
// leads to, which lets everybody in and counts them.
func New(regionID string, now Now) (*System, error) {
	s := &System{now: now, counts: map[string]int{}, access: Access{RegionID: regionID}}
	if err := s.certify(); err != nil {
		return nil, err
	}
	url, err := s.open(socket.Options{Certificate: s.cert, Now: now}, http.HandlerFunc(s.strayed))
	if err != nil {
		return nil, err
	}
	s.stray = url
	return s, nil
}

func (s *System) certify() (err error) {
	if s.ca, err = pki.NewCA("Simulated authority of "+s.access.RegionID, s.now); err != nil {
		return err
	}
	foreign, err := pki.NewCA("Simulated authority of nobody", s.now)
	if err != nil {
		return err
	}
	if s.cert, err = s.ca.Server(); err != nil {
		return err
	}
	gateway, err := s.ca.Client("the gateway")
	if err != nil {
		return err
	}
	if s.access.ForeignClient, err = foreign.Client("the gateway"); err != nil {
		return err
	}
	s.access.CACertPEM = s.ca.CertPEM()
	s.access.ClientCertPEM, s.access.ClientKeyPEM = gateway.CertPEM, gateway.KeyPEM
	s.access.ExpiredClient, err = s.ca.ExpiredClient("the gateway")
	return err
}

// Listen opens a listener that lets in only clients with a certificate of this region, and gives its address.
func (s *System) Listen(handler http.Handler) (string, error) {
	return s.open(socket.Options{Certificate: s.cert, ClientCAs: s.ca.Pool(), Now: s.now}, s.countRefusals(handler))
}

func (s *System) open(opts socket.Options, handler http.Handler) (string, error) {
	server, err := socket.Listen(opts, handler)
	if err != nil {
		return "", err
	}
	s.servers = append(s.servers, server)
	return server.URL(), nil
}

func (s *System) strayed(w http.ResponseWriter, _ *http.Request) {
	s.Count("strayed")
	w.WriteHeader(http.StatusTeapot)
}

// Describe lets a simulator fill in what is its own of the access facts, before anybody else sees the system.
func (s *System) Describe(fill func(*Access)) { fill(&s.access) }

// Access tells how to reach the system.
func (s *System) Access() Access { return s.access }

// Faults are the faults now switched on.
func (s *System) Faults() *fault.Set { return &s.faults }

// Breaker delivers faults; its redirects lead to a listener that counts "strayed".
func (s *System) Breaker() fault.Breaker { return fault.Breaker{Elsewhere: s.stray} }

// Fault switches a fault on.
func (s *System) Fault(f fault.Fault) { s.faults.Add(f) }

// ClearFaults switches every fault off.
func (s *System) ClearFaults() { s.faults.Clear() }

// Counts tells how often each kind of call came, keyed by words such as "token", "search Patient", "page",
// "read Binary", "strayed" and "refused 400". Nothing in it says anything of a patient.
func (s *System) Counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.counts)
}

// Count adds one to a count.
func (s *System) Count(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[name]++
}

// LastCaller is the originating user of the last clinical call.
func (s *System) LastCaller() Caller {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.caller
}

// Heard records the originating user of a clinical call.
func (s *System) Heard(c Caller) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.caller = c
}

// RevokeTokens makes every token given out so far worthless, as if it had expired early.
func (s *System) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.revoke {
		f()
	}
}

// OnRevoke registers a part of what RevokeTokens does. It must not call back into the system.
func (s *System) OnRevoke(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoke = append(s.revoke, f)
}

// Close ends every listener and waits for its handlers.
func (s *System) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}

func (s *System) countRefusals(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r)
		if seen.status >= http.StatusBadRequest {
			s.Count("refused " + strconv.Itoa(seen.status))
		}
	})
}

// statusWriter remembers the status; Unwrap keeps hijacking and flushing possible.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
