// Package sandboxissuer issues the tokens of the demo and of tests: it makes a key
// that lives as long as the process, its public key set, and short-lived tokens.
// Nothing outside a sandbox may trust it.
package sandboxissuer

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/openlhcr/openlhcr/gateway/access"
)

// Issuer is the "iss" of every token made here.
const Issuer = "https://issuer.sandbox.invalid"

// Audience is the "aud" of every token made here.
const Audience = "openlhcr-sandbox"

// DefaultLife is how long a token lives unless asked otherwise.
const DefaultLife = 15 * time.Minute

// Config says where time and chance come from.
type Config struct {
	// Now is the clock. Required.
	Now func() time.Time
	// Random is the source of chance. Required.
	Random io.Reader
}

// Service is an issuer. It is safe for concurrent use when its source of chance is.
type Service struct {
	config Config
	key    *ecdsa.PrivateKey
	kid    string
	signer jose.Signer
}

// New makes an issuer with a key of its own.
func New(config Config) (*Service, error) {
	if config.Now == nil || config.Random == nil {
		return nil, errors.New("sandbox issuer: clock and source of chance are required")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), config.Random)
	if err != nil {
		return nil, fmt.Errorf("sandbox issuer: %w", err)
	}
	s := &Service{config: config, key: key}
	if s.kid, err = s.randomID(); err != nil {
		return nil, err
	}
	s.signer, err = jose.NewSigner(
		jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: s.kid}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return nil, fmt.Errorf("sandbox issuer: %w", err)
	}
	return s, nil
}

// JWKS is the public key set, JSON.
func (s *Service) JWKS() ([]byte, error) {
	return json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: s.key.Public(), KeyID: s.kid, Algorithm: string(jose.ES256), Use: "sig"},
	}})
}

// WriteJWKS writes the public key set into a folder and returns the file's path.
func (s *Service) WriteJWKS(folder string) (string, error) {
	set, err := s.JWKS()
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "issuer.jwks.json")
	return path, os.WriteFile(path, set, 0o600)
}

// Pharmacist is an invented pharmacist of an invented pharmacy, for tokens of the demo.
func Pharmacist() access.Claims {
	return access.Claims{
		Supplier:     "sandbox-pmr",
		Organisation: access.OrganisationClaim{ODSCode: "FZZ99", Name: "Sandbox Pharmacy"},
		Person:       access.PersonClaim{ID: "sandbox-pharmacist", IDSystem: "https://sandbox-pmr.example/users", Name: "Sam Sandbox"},
		Role:         access.RoleClaim{Code: "R1290", Name: "Pharmacist"},
	}
}

// Operator is an invented operator of a sandbox, who may empty what is kept.
func Operator() access.Claims {
	claims := Pharmacist()
	claims.Person = access.PersonClaim{ID: "sandbox-operator", IDSystem: "https://sandbox-pmr.example/users", Name: "Robin Sandbox"}
	claims.Permissions = []string{access.PermissionPurge}
	return claims
}

// Token issues a token with these claims, which lives for life or, if that is zero, for [DefaultLife].
func (s *Service) Token(claims access.Claims, life time.Duration) (string, error) {
	if life == 0 {
		life = DefaultLife
	}
	id, err := s.randomID()
	if err != nil {
		return "", err
	}
	now := s.config.Now()
	return s.Sign(jwt.Claims{
		Issuer: Issuer, Audience: jwt.Audience{Audience}, Subject: claims.Person.ID, ID: id,
		IssuedAt: jwt.NewNumericDate(now), Expiry: jwt.NewNumericDate(now.Add(life)),
	}, claims)
}

// Sign signs any claims, right or wrong, for tests of who reads them.
func (s *Service) Sign(claims ...any) (string, error) {
	builder := jwt.Signed(s.signer)
	for _, c := range claims {
		builder = builder.Claims(c)
	}
	return builder.Serialize()
}

func (s *Service) randomID() (string, error) {
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.config.Random, id); err != nil {
		return "", fmt.Errorf("sandbox issuer: %w", err)
	}
	return hex.EncodeToString(id), nil
}
