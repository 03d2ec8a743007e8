package token

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// leastRSA is the shortest RSA key that signs (RFC 7518, section 3.3).
const leastRSA = 2048

// algorithmOf is how a key signs an assertion: as it is told to, or as SMART has it for
// its kind.
func algorithmOf(name string, key crypto.PublicKey) (jose.SignatureAlgorithm, error) {
	var can []jose.SignatureAlgorithm
	switch k := key.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < leastRSA {
			return "", errors.New("the signing key is shorter than 2048 bits")
		}
		can = []jose.SignatureAlgorithm{jose.RS384, jose.RS512}
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P384() {
			return "", errors.New("the signing key is not over the curve P-384")
		}
		can = []jose.SignatureAlgorithm{jose.ES384}
	default:
		return "", errors.New("the signing key is neither RSA nor ECDSA")
	}
	if name == "" {
		return can[0], nil
	}
	if !slices.Contains(can, jose.SignatureAlgorithm(name)) {
		return "", errors.New("the signing key is not of the kind that its algorithm takes")
	}
	return jose.SignatureAlgorithm(name), nil
}
