package token

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
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

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

// Interweave is how tokens are got in Yorkshire & Humber: we sign a JWT that names the
// originating organisation, person, role and reason; the exchange's IAM service approves and
// signs it; what it gives back is the bearer token (RFC 7523, section 2.1).
//
// Documented: the claims, RS256, the grant's name and that IAM signs. Not published, and so
// settings here: how the assertion is posted, the form of the reply, and the codes of roles and reasons.
type Interweave struct {
	// HTTP reaches IAM. Required.
	HTTP *http.Client
	// URL of IAM. Required.
	URL string
	// ClientID and ClientSecret are what onboarding gave us. ClientID is the issuer (iss).
	ClientID, ClientSecret string
	// Auth is how we prove ourselves beside the assertion. Empty: ClientAuthBody.
	Auth ClientAuth
	// Key signs the assertion: RSA. Required. KeyID names it; empty leaves kid out.
	Key   crypto.Signer
	KeyID string
	// Issuer, Subject and Audience are iss, sub and aud. Empty: ClientID, ClientID and "IAM".
	Issuer, Subject, Audience string
	// Scope is the scope claim. Empty leaves it out.
	Scope string
	// Lifetime of an assertion. 0: 15 minutes, as the published example has it.
	Lifetime time.Duration
	// NamePatient puts the patient into the token (pat). Such tokens are never kept.
	NamePatient bool
	// Codes maps "reason.direct-care", "reason.emergency-override" and "role.<our role code>"
	// to the region's codes. A name that is missing refuses the call: codes are never guessed.
	Codes map[string]string
	// Timeout bounds getting one token. 0: DefaultTimeout.
	Timeout time.Duration
	// Now is the clock, Random the source of chance for token ids. Required.
	Now    func() time.Time
	Random io.Reader
}

const defaultAssertionLifetime = 15 * time.Minute

// NewInterweave makes a source whose tokens are each for one organisation, person, role and
// reason, and reused for exactly those. Its error names the setting that is missing.
func NewInterweave(cfg Interweave) (*Source, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	cfg.fillIn()
	signer, err := cfg.signer()
	if err != nil {
		return nil, err
	}
	m := &interweave{
		cfg: cfg, signer: signer,
		client: &client{http: cfg.HTTP, url: cfg.URL, id: cfg.ClientID, secret: cfg.ClientSecret, auth: cfg.Auth, bare: true, now: cfg.Now},
	}
	return newSource(cfg.Now, cfg.Timeout, m.plan), nil
}

func (cfg *Interweave) validate() error {
	switch {
	case cfg.URL == "":
		return errors.New("the token URL is not set")
	case cfg.ClientID == "":
		return errors.New("the client id is not set")
	case cfg.ClientSecret == "" && cfg.Auth != ClientAuthNone:
		return errors.New("the client secret is not set")
	case cfg.Key == nil:
		return errors.New("the signing key is not set")
	}
	if _, ok := cfg.Key.Public().(*rsa.PublicKey); !ok {
		return errors.New("the signing key is not an RSA key")
	}
	return nil
}

func (cfg *Interweave) fillIn() {
	cfg.Issuer = cmp.Or(cfg.Issuer, cfg.ClientID)
	cfg.Subject = cmp.Or(cfg.Subject, cfg.ClientID)
	cfg.Audience = cmp.Or(cfg.Audience, "IAM")
	cfg.Auth = cmp.Or(cfg.Auth, ClientAuthBody)
	if cfg.Lifetime <= 0 {
		cfg.Lifetime = defaultAssertionLifetime
	}
}

func (cfg *Interweave) signer() (jose.Signer, error) {
	options := (&jose.SignerOptions{}).WithType("JWT")
	if cfg.KeyID != "" {
		options = options.WithHeader("kid", cfg.KeyID)
	}
	key := jose.SigningKey{Algorithm: jose.RS256, Key: cryptosigner.Opaque(cfg.Key)}
	signer, err := jose.NewSigner(key, options)
	if err != nil {
		return nil, fmt.Errorf("the signing key: %w", err)
	}
	return signer, nil
}

// interweave gets tokens from an IAM service.
type interweave struct {
	cfg    Interweave
	signer jose.Signer
	client *client
}

// plan digests everything that the token will say but its times and id: what differs in
// anything is another token.
func (m *interweave) plan(req Request) (order, error) {
	c, err := m.claims(req)
	if err != nil {
		return order{}, err
	}
	said, err := json.Marshal(c)
	if err != nil {
		return order{}, errClaims()
	}
	o := order{mint: func(ctx context.Context) (grant, error) { return m.mint(ctx, c) }}
	if c.Patient == nil {
		digest := sha256.Sum256(said)
		o.key = hex.EncodeToString(digest[:])
	}
	return o, nil
}

func (m *interweave) mint(ctx context.Context, c claims) (grant, error) {
	id, err := randomID(m.cfg.Random)
	if err != nil {
		return grant{}, errClaims()
	}
	now := m.cfg.Now()
	c.ID, c.IssuedAt, c.Expires = id, now.Unix(), now.Add(m.cfg.Lifetime).Unix()
	payload, err := json.Marshal(c)
	if err != nil {
		return grant{}, errClaims()
	}
	signed, err := m.signer.Sign(payload)
	if err != nil {
		return grant{}, errClaims()
	}
	assertion, err := signed.CompactSerialize()
	if err != nil {
		return grant{}, errClaims()
	}
	return m.client.ask(ctx, url.Values{"grant_type": {jwtBearer}, "assertion": {assertion}})
}
