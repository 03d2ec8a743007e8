package lend

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// signer reads a private key (PKCS #8, PEM). None is nil.
func signer(t *testing.T, keyPEM string) crypto.Signer {
	t.Helper()
	if keyPEM == "" {
		return nil
	}
	block, _ := pem.Decode([]byte(keyPEM))
	if block == nil {
		t.Fatal("the region's signing key is no PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		t.Fatalf("a %T signs nothing", key)
	}
	return s
}

// certificates are the DER certificates of a PEM text, in its order.
func certificates(text string) [][]byte {
	var out [][]byte
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return out
		}
		out = append(out, block.Bytes)
	}
}
