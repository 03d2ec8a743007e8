package assertion

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"os"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"
)

// errKey says what is due and nothing of what there was.
var errKey = errors.New("assertion: the key file holds no private key in PEM (PKCS #8, PKCS #1 or SEC 1, not encrypted) or as a JWK")

// key is the key to sign with now.
func (s *source) key() (*jose.JSONWebKey, error) {
	if s.Key != nil {
		return &jose.JSONWebKey{Key: s.Key}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	key, err := readKey(s.KeyFile)
	if err != nil && s.last == nil {
		return nil, err
	}
	if err == nil {
		s.last = key
	}
	return s.last, nil
}

func readKey(path string) (*jose.JSONWebKey, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("assertion: the key file cannot be read")
	}
	return parseKey(content)
}

// parseKey reads a private key: a JWK if it is a JSON object, and else PEM.
func parseKey(content []byte) (*jose.JSONWebKey, error) {
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
		return parseJWK(content)
	}
	for {
		block, rest := pem.Decode(content)
		if block == nil {
			return nil, errKey
		}
		if key := parseBlock(block); key != nil {
			return &jose.JSONWebKey{Key: key}, nil
		}
		content = rest
	}
}

func parseJWK(content []byte) (*jose.JSONWebKey, error) {
	key := &jose.JSONWebKey{}
	if err := key.UnmarshalJSON(content); err != nil {
		return nil, errKey
	}
	// Public keys and shared secrets cannot sign.
	if _, ok := key.Key.(crypto.Signer); !ok {
		return nil, errKey
	}
	return key, nil
}

// parseBlock is nil where a block is no private key: certificates and curve
// parameters stand beside keys in many files.
func parseBlock(block *pem.Block) crypto.Signer {
	if key, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		signer, _ := key.(crypto.Signer)
		return signer
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key
	}
	if key, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
		return key
	}
	return nil
}

// signer signs with the key.
func (s *source) signer(key *jose.JSONWebKey) (jose.Signer, error) {
	private, ok := key.Key.(crypto.Signer)
	if !ok {
		return nil, errKey
	}
	id, err := s.keyID(key, private)
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", id)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: s.algorithm(key, private), Key: cryptosigner.Opaque(private)}, options)
	if err != nil {
		return nil, errors.New("assertion: the key cannot sign with this algorithm")
	}
	return signer, nil
}

func (s *source) keyID(key *jose.JSONWebKey, private crypto.Signer) (string, error) {
	switch {
	case s.KeyID != "":
		return s.KeyID, nil
	case key.KeyID != "":
		return key.KeyID, nil
	}
	thumbprint, err := (&jose.JSONWebKey{Key: private.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return "", errors.New("assertion: the key is of a kind that cannot sign")
	}
	return base64.RawURLEncoding.EncodeToString(thumbprint), nil
}

func (s *source) algorithm(key *jose.JSONWebKey, private crypto.Signer) jose.SignatureAlgorithm {
	switch {
	case s.Algorithm != "":
		return jose.SignatureAlgorithm(s.Algorithm)
	case key.Algorithm != "":
		return jose.SignatureAlgorithm(key.Algorithm)
	}
	switch public := private.Public().(type) {
	case *rsa.PublicKey:
		return jose.RS384
	case ed25519.PublicKey:
		return jose.EdDSA
	case *ecdsa.PublicKey:
		return map[int]jose.SignatureAlgorithm{256: jose.ES256, 384: jose.ES384, 521: jose.ES512}[public.Params().BitSize]
	}
	return ""
}
