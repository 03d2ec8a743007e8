// Package xua makes the SAML 2.0 assertion by which IHE's web services are told who asks and
// why (Cross-Enterprise User Assertion, IHE ITI TF-1 section 13 and TF-2 ITI-40): the
// originating person and organisation, the role and the purpose of use, signed by us.
//
// Sources: SAML 2.0 core; XML Signature; Exclusive XML Canonicalization; WS-Security SAML
// token profile; OASIS XSPA profile of SAML.
package xua

import (
	"crypto"
	"crypto/rsa"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters/call"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// Config of a source of assertions.
type Config struct {
	// Issuer is us, as the region knows us. Required.
	Issuer string
	// Audience is the relying party. Required.
	Audience string
	// Lifetime of one assertion. Required.
	Lifetime time.Duration
	// HomeCommunity is the OID of the community that asks. Empty: not said.
	HomeCommunity string
	// Key signs, with RSA and SHA-256. Certificates are its own, DER, the key's own first. Required.
	Key          crypto.Signer
	Certificates [][]byte
	// Codes override the code systems and codes of role and purpose: role.system, purpose.system,
	// purpose.direct-care, purpose.emergency.
	Codes map[string]string
	// Now and Random are the clock and the source of chance. Required.
	Now    func() time.Time
	Random io.Reader
}

// Source makes assertions, and keeps each for its caller until it is about to end: never for
// another caller. It is safe for concurrent use.
type Source struct {
	cfg Config

	mu   sync.Mutex
	kept map[subject]kept
}

type kept struct {
	assertion []byte
	until     time.Time
}

// keptMost bounds how many callers' assertions are kept.
const keptMost = 1000

// New makes a source. The error names the setting that is missing or wrong.
func New(cfg Config) (*Source, error) {
	switch {
	case cfg.Issuer == "":
		return nil, errors.New("the client id is not set: it is the assertion's issuer")
	case cfg.Key == nil:
		return nil, errors.New("the signing key is not set: it signs the assertion of the user")
	case len(cfg.Certificates) == 0:
		return nil, errors.New("the signing certificate is not set: the region checks the assertion by it")
	case cfg.Audience == "" || cfg.Lifetime <= 0:
		return nil, errors.New("the assertion has no audience or lifetime")
	}
	if _, ok := cfg.Key.Public().(*rsa.PublicKey); !ok {
		return nil, errors.New("the signing key is no RSA key")
	}
	return &Source{cfg: cfg, kept: map[subject]kept{}}, nil
}

// Assertion is the assertion of a caller, as XML. A caller of whom the region could not be told
// everything is REFUSED, for the region would have to take us for the user.
func (s *Source) Assertion(caller *adapterv1.Caller) ([]byte, *call.Failure) {
	who, failure := s.subject(caller)
	if failure != nil {
		return nil, failure
	}
	now := s.cfg.Now()
	if a, ok := s.find(who, now); ok {
		return a, nil
	}
	a, err := s.make(who, now)
	if err != nil {
		return nil, call.Unavailable("the assertion of the user could not be signed")
	}
	s.keep(who, kept{assertion: a, until: now.Add(s.cfg.Lifetime - s.cfg.Lifetime/freshShare)}, now)
	return a, nil
}

// freshShare of its life an assertion is not used any more, so that it does not end on its way.
const freshShare = 5

func (s *Source) find(who subject, now time.Time) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[who]
	if !ok || !now.Before(k.until) {
		return nil, false
	}
	return k.assertion, true
}

func (s *Source) keep(who subject, k kept, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.kept) >= keptMost {
		s.forget(now)
	}
	s.kept[who] = k
}

// forget drops what has ended, and everything where nothing has: an assertion is soon made.
func (s *Source) forget(now time.Time) {
	for who, k := range s.kept {
		if !now.Before(k.until) {
			delete(s.kept, who)
		}
	}
	if len(s.kept) >= keptMost {
		clear(s.kept)
	}
}
