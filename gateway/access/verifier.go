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
//	permissions            optional: what the caller may do beside asking for records, a list of names ("cache.purge")
//
// The token's header names its key (kid). Texts are at most 200 characters.
package access

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/json"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
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
	// KeepTokens is how many tokens are remembered, so that a signature is checked once
	// and not with each call. Zero for 4096, less for none.
	KeepTokens int
	// Verified is told of each token that was taken, and whether it was remembered. Optional.
	Verified func(kept bool)
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
	kept       *kept
}

// NewVerifier makes a verifier and reads the issuer's keys. The error says what of
// the configuration is wrong.
func NewVerifier(config Config) (*Verifier, error) {
	if config.Issuer == "" || config.Audience == "" || config.JWKSFile == "" || config.Now == nil {
		return nil, errors.New("tokens: issuer, audience, key set and clock are required")
	}
	v := &Verifier{config: config, kept: newKept(config.KeepTokens)}
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

// Reload reads the key set again. From then on a token of a key that is gone is
// refused, also one that was taken before. When the set cannot be read, the keys stay
// as they are and the error says why.
func (v *Verifier) Reload() error {
	keys, err := readKeys(v.config.JWKSFile)
	if err != nil {
		return fmt.Errorf("tokens: the issuer's key set: %w", err)
	}
	v.keys.Store(&keys)
	v.kept.forget()
	return nil
}

// Verify checks a token and says who calls. Its errors are UNAUTHENTICATED with the
// reason ERROR_REASON_TOKEN_INVALID, ERROR_REASON_TOKEN_EXPIRED or
// ERROR_REASON_TOKEN_CLAIMS_MISSING, and repeat nothing of the token. The caller that
// it returns is the asker's own.
func (v *Verifier) Verify(token string) (Identity, error) {
	if len(token) > maxToken {
		return Identity{}, invalid("is longer than 16 KiB")
	}
	o, known, err := v.look(token)
	if err != nil {
		return Identity{}, err
	}
	if v.config.Verified != nil {
		v.config.Verified(known)
	}
	return Identity{Caller: proto.CloneOf(o.identity.Caller), Permissions: o.identity.Permissions}, nil
}

// look remembers a token, and checks whether it holds now, or else opens it.
func (v *Verifier) look(token string) (o *opened, known bool, err error) {
	keys, name := v.keys.Load(), digest(sha256.Sum256([]byte(token)))
	if o := v.kept.get(name, keys); o != nil {
		return o, true, v.check(o.registered)
	}
	if o, err = v.open(token, keys); err != nil {
		return nil, false, err
	}
	v.kept.put(name, o)
	return o, false, nil
}

// open checks all of a token.
func (v *Verifier) open(token string, keys *keySet) (*opened, error) {
	payload, err := v.payload(token, *keys)
	if err != nil {
		return nil, err
	}
	o := &opened{keys: keys}
	var claims Claims
	// JOSE's own JSON: it takes no name twice and no name in another case.
	if json.Unmarshal(payload, &o.registered) != nil || json.Unmarshal(payload, &claims) != nil {
		return nil, invalid("has claims that cannot be read")
	}
	if err := v.check(o.registered); err != nil {
		return nil, err
	}
	o.identity, err = claims.identity(v.config.Issuer, o.registered.Subject)
	return o, err
}

// payload is what a token says, once its signature is right.
func (v *Verifier) payload(token string, keys keySet) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, v.algorithms)
	if err != nil {
		return nil, invalid("is no JSON Web Token signed with an algorithm that is taken")
	}
	header := signed.Signatures[0].Header
	key, ok := keys[header.KeyID]
	switch {
	case !ok:
		return nil, invalid("names no key of its issuer")
	case key.Algorithm != "" && key.Algorithm != header.Algorithm:
		return nil, invalid("is signed with another algorithm than its key is for")
	}
	payload, err := signed.Verify(key.Key)
	if err != nil {
		return nil, invalid("has a signature that is not its issuer's")
	}
	return payload, nil
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
