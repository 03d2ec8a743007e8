// Package assertion signs in with a private key instead of a shared secret: a JWT
// client assertion (RFC 7523), as SMART Backend Services and NHS England's
// application-restricted APIs want it. It is a package of its own so that only
// programs that sign in so carry a JOSE library.
package assertion

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/openlhcr/openlhcr/sdk"
)

// MaxLifetime is the longest life of an assertion, and the default: SMART Backend
// Services and NHS England take none that lives longer.
const MaxLifetime = 5 * time.Minute

// Config says where to sign in, as whom and with which key. TokenURL, ClientID and a
// key are required.
type Config struct {
	// TokenURL is the token endpoint. It must be https.
	TokenURL string
	// ClientID is who signs in: the assertion's iss and sub.
	ClientID string
	// Audience is the assertion's aud. Empty for TokenURL.
	Audience string
	// KeyFile holds the private key: PEM (PKCS #8, PKCS #1 or SEC 1, not encrypted), or
	// a private JWK, whose kid and alg then count. It is read for each signing in, so a
	// new key holds from the next one on; one that cannot be read leaves the last good
	// key in use.
	KeyFile string
	// Key signs instead of a file's key, for keys that live in hardware.
	Key crypto.Signer
	// KeyID is the header kid. Empty for the JWK's, or the key's thumbprint (RFC 7638),
	// which changes with the key.
	KeyID string
	// Algorithm is RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or
	// EdDSA. Empty for the JWK's, or RS384 for RSA keys and that of the curve for others.
	Algorithm string
	// Scope is the scope asked for. Empty asks for none by name.
	Scope string
	// Parameters are sent beside the usual ones or in their place: a grant_type with a
	// subject_token, say, to exchange a user's own token (RFC 8693).
	Parameters url.Values
	// Lifetime is how long an assertion lives. Zero, or more than [MaxLifetime], for that.
	Lifetime time.Duration
	// HTTP asks the endpoint. Nil for a client with TLS 1.2 or newer. Redirects are never followed.
	HTTP *http.Client
	// Now is the clock. Nil for the system's.
	Now func() time.Time
	// Random makes the assertions' ids. Nil for the system's.
	Random io.Reader
}

// source signs in.
type source struct {
	Config
	sleep func(context.Context, time.Duration) error

	mu   sync.Mutex
	last *jose.JSONWebKey
}

// NewTokenSource is a source of the tokens that the endpoint gives, for one user. A
// token is kept until shortly before it expires. Signing in is tried four times where
// the endpoint is out of reach, overloaded or failing. The key is read once here, so
// that a wrong one is an error at once.
func NewTokenSource(config Config, options ...sdk.CacheOption) (*sdk.CachedToken, error) {
	s, err := newSource(config)
	if err != nil {
		return nil, err
	}
	options = append([]sdk.CacheOption{sdk.CacheClock(s.Now)}, options...)
	return sdk.NewCachedToken(s.mint, options...), nil
}

func newSource(config Config) (*source, error) {
	if err := config.valid(); err != nil {
		return nil, err
	}
	s := &source{Config: config.filled(), sleep: sleep}
	key, err := s.key()
	if err != nil {
		return nil, err
	}
	_, err = s.signer(key)
	return s, err
}

func (c Config) valid() error {
	endpoint, err := url.Parse(c.TokenURL)
	switch {
	case err != nil || endpoint.Scheme != "https" || endpoint.Host == "":
		return errors.New("assertion: the token URL must be an https URL")
	case c.ClientID == "":
		return errors.New("assertion: a client id is required")
	case (c.Key == nil) == (c.KeyFile == ""):
		return errors.New("assertion: either a key or a key file is required")
	}
	return nil
}

func (c Config) filled() Config {
	c.Audience = cmp.Or(c.Audience, c.TokenURL)
	c.HTTP = c.client()
	if c.Lifetime <= 0 || c.Lifetime > MaxLifetime {
		c.Lifetime = MaxLifetime
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	return c
}

// client never follows a redirect: an assertion is for one endpoint.
func (c Config) client() *http.Client {
	client := http.Client{Timeout: attemptTimeout, Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true,
		// A token is needed every few minutes: a connection kept so long is often dead.
		IdleConnTimeout: 30 * time.Second,
	}}
	if c.HTTP != nil {
		client = *c.HTTP
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
