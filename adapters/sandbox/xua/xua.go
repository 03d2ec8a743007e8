// Package xua checks the SAML 2.0 assertion of the user in a message's WS-Security header (IHE XUA, ITI-40; OASIS
// XSPA profile of SAML), for simulated regional systems. Everything that names the originating user must be there.
package xua

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
)

// The purposes of use that are accepted (code system PurposeOfUse, 2.16.840.1.113883.3.18.7.1).
const (
	Treatment = "TREATMENT"
	Emergency = "EMERGENCY"
)

const (
	keyBits = 2048
	year    = 365 * 24 * time.Hour
)

// Registration is what the region knows of the gateway that signs assertions.
type Registration struct {
	// Issuer and Audience that an assertion must name.
	Issuer   string
	Audience string
	// Now tells the time by which assertions are judged.
	Now func() time.Time

	cert *x509.Certificate
}

// Keys are the gateway's half of a registration.
type Keys struct {
	// KeyPEM is the RSA signing key (PKCS #8), CertPEM its certificate.
	KeyPEM  string
	CertPEM string
}

// Register makes a signing key with its certificate and registers the gateway.
func Register(audience string, now func() time.Time) (*Registration, Keys, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, Keys{}, fmt.Errorf("xua: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "assertions of the gateway"},
		NotBefore: now().Add(-year), NotAfter: now().Add(5 * year), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, Keys{}, fmt.Errorf("xua: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, Keys{}, fmt.Errorf("xua: %w", err)
	}
	keyPEM, err := pki.PrivateKeyPEM(key)
	if err != nil {
		return nil, Keys{}, err
	}
	r := &Registration{Issuer: "urn:gateway:" + rand.Text(), Audience: audience, Now: now, cert: cert}
	return r, Keys{KeyPEM: keyPEM, CertPEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}, nil
}
