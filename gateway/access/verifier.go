// Package access says who calls: it checks the bearer token of a call and reads
// from it the supplier, the organisation, the person and the role, which come from
// credentials only and never from a message.
//
// A token is a JSON Web Token (RFC 7519), signed with an asymmetric algorithm by a
// key of the configured issuer's key set (RFC 7515, RFC 7517), with these claims:
//
//	iss                    required: the configured issuer, exactly
//	aud                    required: the configured audience, or a list that holds it
//	exp                    required: the end of its life, which may be no longer than configured
//	nbf, iat               optional: not in the future
//	jti                    optional: its id; not looked at, so a token may be used again until it expires
//	sub                    the person's id with the issuer; required where person.id is missing
//	supplier               required: the supplier's id
//	organisation.ods_code  required: 3 to 10 letters and digits
//	organisation.name      optional
//	person.id              the SDS user id or the supplier's id of the person; without it "sub" is the id and "iss" its system
//	person.id_system       required with person.id: "https://fhir.nhs.uk/Id/sds-user-id" or the supplier's
//	person.name            optional
//	role.code              required: the SDS job role ("R1290") or the supplier's code
//	role.name              optional
//	role.profile_id        optional: the SDS role profile id
//
// The token's header names its key (kid). Texts are at most 200 characters.
package access

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Config says whose tokens are taken.
type Config struct {
	// Issuer is the "iss" of every token. Required.
	Issuer string
	// Audience is this gateway's name in "aud". Required.
	Audience string
	// JWKSFile is the file of the issuer's public keys. Required.
	JWKSFile string
	// Algorithms are the signature algorithms that are taken. Empty for RS256, PS256, ES256, ES384 and EdDSA.
	Algorithms []string
	// Skew is how far the issuer's clock may be off.
	Skew time.Duration
	// MaxLifetime is the longest life of a token, from its "iat", or without one from
	// now, to its "exp". Zero for no bound.
	MaxLifetime time.Duration
	// Now is the clock. Required.
	Now func() time.Time
}

// maxToken is the longest token that is looked at, in bytes.
const maxToken = 16 << 10

// known are the algorithms that can be configured: asymmetric ones only.
func known() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{
		jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
	}
}

// Verifier checks tokens. It is safe for concurrent use.
type Verifier struct {
	config     Config
	algorithms []jose.SignatureAlgorithm
	keys       atomic.Pointer[keySet]
}

// NewVerifier makes a verifier and reads the issuer's keys. The error says what of
// the configuration is wrong.
func NewVerifier(config Config) (*Verifier, error) {
	if config.Issuer == "" || config.Audience == "" || config.JWKSFile == "" || config.Now == nil {
		return nil, errors.New("tokens: issuer, audience, key set and clock are required")
	}
	v := &Verifier{config: config}
	for _, a := range config.Algorithms {
		if !slices.Contains(known(), jose.SignatureAlgorithm(a)) {
			return nil, fmt.Errorf("tokens: the algorithm %q is not taken: want one of %v", a, known())
		}
		v.algorithms = append(v.algorithms, jose.SignatureAlgorithm(a))
	}
	if len(v.algorithms) == 0 {
		v.algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256, jose.ES384, jose.EdDSA}
	}
	if err := v.Reload(); err != nil {
		return nil, err
	}
	return v, nil
}

// Reload reads the key set again. When it cannot be read, the keys stay as they are
// and the error says why.
func (v *Verifier) Reload() error {
	keys, err := readKeys(v.config.JWKSFile)
	if err != nil {
		return fmt.Errorf("tokens: the issuer's key set: %w", err)
	}
	v.keys.Store(&keys)
	return nil
}

// Verify checks a token and says who calls. Its errors are UNAUTHENTICATED with the
// reason ERROR_REASON_TOKEN_INVALID, ERROR_REASON_TOKEN_EXPIRED or
// ERROR_REASON_TOKEN_CLAIMS_MISSING, and repeat nothing of the token.
func (v *Verifier) Verify(token string) (*adapterv1.Caller, error) {
	if len(token) > maxToken {
		return nil, invalid("is longer than 16 KiB")
	}
	signed, err := jose.ParseSignedCompact(token, v.algorithms)
	if err != nil {
		return nil, invalid("is no JSON Web Token signed with an algorithm that is taken")
	}
	registered, claims, err := v.open(signed)
	if err != nil {
		return nil, err
	}
	if err := v.check(registered); err != nil {
		return nil, err
	}
	return claims.caller(v.config.Issuer, registered.Subject)
}

// open checks the signature and reads the claims.
func (v *Verifier) open(token *jose.JSONWebSignature) (registered jwt.Claims, claims Claims, err error) {
	header := token.Signatures[0].Header
	key, ok := (*v.keys.Load())[header.KeyID]
	switch {
	case !ok:
		return registered, claims, invalid("names no key of its issuer")
	case key.Algorithm != "" && key.Algorithm != header.Algorithm:
		return registered, claims, invalid("is signed with another algorithm than its key is for")
	}
	payload, err := token.Verify(key.Key)
	if err != nil {
		return registered, claims, invalid("has a signature that is not its issuer's")
	}
	// JOSE's own JSON: it takes no name twice and no name in another case.
	if json.Unmarshal(payload, &registered) != nil || json.Unmarshal(payload, &claims) != nil {
		return registered, claims, invalid("has claims that cannot be read")
	}
	return registered, claims, nil
}

func (v *Verifier) check(c jwt.Claims) error {
	if c.Expiry == nil {
		return invalid("never expires")
	}
	expected := jwt.Expected{Issuer: v.config.Issuer, AnyAudience: jwt.Audience{v.config.Audience}, Time: v.config.Now()}
	err := c.ValidateWithLeeway(expected, v.config.Skew)
	switch {
	case err == nil:
		return v.checkLifetime(c)
	case errors.Is(err, jwt.ErrExpired):
		return failure.New(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "the token has expired: get a new one")
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return invalid("has another issuer than the one trusted here")
	case errors.Is(err, jwt.ErrInvalidAudience):
		return invalid("is not for this gateway: its audience names others only")
	}
	return invalid("is not valid yet: compare the clocks")
}

func (v *Verifier) checkLifetime(c jwt.Claims) error {
	from := v.config.Now()
	if c.IssuedAt != nil {
		from = c.IssuedAt.Time()
	}
	if v.config.MaxLifetime > 0 && c.Expiry.Time().Sub(from) > v.config.MaxLifetime {
		return invalid("lives longer than " + v.config.MaxLifetime.String() + ", the longest life taken here: have shorter ones issued")
	}
	return nil
}

func invalid(what string) error {
	return failure.New(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token "+what)
}
