package token

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"
)

const clientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// SMART is how tokens are got as SMART Backend Services has it: the client credentials
// grant, the client proven by an assertion that its own key signs (private_key_jwt).
// Sources: hl7.org/fhir/smart-app-launch, backend-services and
// client-confidential-asymmetric; RFC 7523, section 2.2.
type SMART struct {
	// HTTP reaches the region and its token service. Required.
	HTTP *http.Client
	// URL of the token service. Empty: the one that the region names at
	// {Base}/.well-known/smart-configuration.
	URL string
	// Base is the address of the region's FHIR service. Required without URL.
	Base *url.URL
	// ClientID is what the region knows us by, issuer and subject of the assertion. Required.
	ClientID string
	// Key signs the assertion: RSA, or ECDSA over P-384. KeyID names it to the region. Required.
	Key   crypto.Signer
	KeyID string
	// Algorithm: RS384, RS512 or ES384. Empty: RS384 or ES384 by the key's kind.
	Algorithm string
	// Audience of the assertion. Empty: the token service's own address.
	Audience string
	// Scope that is asked for. Empty: none is named.
	Scope string
	// Lifetime of an assertion, at most five minutes. 0: four, so that a clock which is
	// behind ours does not find it too long.
	Lifetime time.Duration
	// Timeout bounds getting one token. 0: DefaultTimeout.
	Timeout time.Duration
	// Now is the clock, Random the source of chance for assertion ids. Required.
	Now    func() time.Time
	Random io.Reader
}

const (
	smartLifetime    = 4 * time.Minute
	maxSmartLifetime = 5 * time.Minute
)

// NewSMART makes a source whose one token serves every caller. Its error names the setting
// that is missing or wrong.
func NewSMART(cfg SMART) (*Source, error) {
	switch {
	case cfg.URL == "" && cfg.Base == nil:
		return nil, errors.New("neither the token URL nor the base URL is set")
	case cfg.ClientID == "":
		return nil, errors.New("the client id is not set")
	case cfg.Key == nil:
		return nil, errors.New("the signing key is not set")
	case cfg.KeyID == "":
		return nil, errors.New("the signing key's id is not set")
	case cfg.Lifetime < 0 || cfg.Lifetime > maxSmartLifetime:
		return nil, errors.New("the lifetime of an assertion is more than five minutes")
	case cfg.Lifetime == 0:
		cfg.Lifetime = smartLifetime
	}
	signer, err := cfg.signer()
	if err != nil {
		return nil, err
	}
	s := &smart{cfg: cfg, signer: signer, client: &client{http: cfg.HTTP, auth: ClientAuthNone, now: cfg.Now}}
	return newSource(cfg.Now, cfg.Timeout, func(Request) (order, error) { return order{key: "client", mint: s.mint}, nil }), nil
}

func (cfg *SMART) signer() (jose.Signer, error) {
	algorithm, err := algorithmOf(cfg.Algorithm, cfg.Key.Public())
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", cfg.KeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: cryptosigner.Opaque(cfg.Key)}, options)
	if err != nil {
		return nil, fmt.Errorf("the signing key: %w", err)
	}
	return signer, nil
}

// smart gets tokens from a SMART authorisation server.
type smart struct {
	cfg       SMART
	signer    jose.Signer
	client    *client
	discovery discovery
}

// assertion is what proves the client.
type assertion struct {
	Issuer   string `json:"iss"`
	Subject  string `json:"sub"`
	Audience string `json:"aud"`
	ID       string `json:"jti"`
	IssuedAt int64  `json:"iat"`
	Expires  int64  `json:"exp"`
}

func (s *smart) mint(ctx context.Context) (grant, error) {
	at, err := s.endpoint(ctx)
	if err != nil {
		return grant{}, err
	}
	signed, err := s.sign(at)
	if err != nil {
		return grant{}, errClaims()
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_assertion_type": {clientAssertionType}, "client_assertion": {signed},
	}
	if s.cfg.Scope != "" {
		form.Set("scope", s.cfg.Scope)
	}
	service := *s.client
	service.url = at
	g, err := service.ask(ctx, form)
	if err != nil {
		s.discovery.forget() // it may have moved
	}
	return g, err
}

func (s *smart) sign(audience string) (string, error) {
	id, err := randomID(s.cfg.Random)
	if err != nil {
		return "", err
	}
	if s.cfg.Audience != "" {
		audience = s.cfg.Audience
	}
	now := s.cfg.Now()
	payload, err := json.Marshal(assertion{
		Issuer: s.cfg.ClientID, Subject: s.cfg.ClientID, Audience: audience, ID: id,
		IssuedAt: now.Unix(), Expires: now.Add(s.cfg.Lifetime).Unix(),
	})
	if err != nil {
		return "", err
	}
	signed, err := s.signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}
