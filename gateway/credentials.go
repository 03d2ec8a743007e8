package gateway

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// pemFiles reads files until one cannot be read.
type pemFiles struct{ err error }

func (f *pemFiles) read(key, path string) []byte {
	if path == "" || f.err != nil {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		f.err = fmt.Errorf("%s: %w", key, err)
	}
	return content
}

// signingKey reads a private key, PEM, in PKCS #8 or the older forms of its kind.
func signingKey(path string) (crypto.Signer, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(content)
	if block == nil {
		return nil, errors.New("holds no PEM")
	}
	return parseKey(block.Bytes)
}

// parseKey does not pass on why a form did not fit: it could show bytes of the key.
func parseKey(der []byte) (crypto.Signer, error) {
	if key, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		if signer, ok := key.(crypto.Signer); ok {
			return signer, nil
		}
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	if key, err := x509.ParseECPrivateKey(der); err == nil {
		return key, nil
	}
	return nil, errors.New("holds no private key that can sign: want PKCS #8, PEM, not encrypted")
}

// signingChain reads the certificates, PEM, of which the first is that of a key.
func signingChain(path string, key crypto.Signer) ([][]byte, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var chain [][]byte
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			chain = append(chain, block.Bytes)
		}
	}
	if len(chain) == 0 {
		return nil, errors.New("holds no certificate in PEM form")
	}
	return chain, isOf(chain[0], key)
}

// isOf says whether a certificate is that of a key.
func isOf(der []byte, key crypto.Signer) error {
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return errors.New("its first certificate cannot be read")
	}
	public, ok := certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool })
	if key == nil || !ok || !public.Equal(key.Public()) {
		return errors.New("its first certificate is not that of the key in signing_key_file")
	}
	return nil
}
