// Package pki is the certificate authority of one simulated region: it issues the certificates of the region's
// listeners and of "the gateway", and those that a region must refuse. Every key is made at run time and lives in
// memory only.
package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

const year = 365 * 24 * time.Hour

// KeyPair is a certificate and its private key (PKCS #8), both PEM.
type KeyPair struct {
	CertPEM string
	KeyPEM  string
}

// CA signs certificates that are trusted by one region only.
type CA struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	now  func() time.Time
}

// NewCA makes a certificate authority with a fresh key. Certificates are valid around the time that now tells.
func NewCA(name string, now func() time.Time) (*CA, error) {
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	tmpl, err := template(name, now().Add(-year), now().Add(5*year))
	if err != nil {
		return nil, err
	}
	tmpl.IsCA, tmpl.BasicConstraintsValid = true, true
	tmpl.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	cert, err := sign(tmpl, tmpl, key, key)
	if err != nil {
		return nil, err
	}
	return &CA{cert: cert, key: key, now: now}, nil
}

// CertPEM is the authority's own certificate, which a client of the region must trust.
func (ca *CA) CertPEM() string { return certPEM(ca.cert) }

// Pool holds the authority's certificate alone.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// Server issues a certificate for a listener on 127.0.0.1, also reachable as localhost.
func (ca *CA) Server() (tls.Certificate, error) {
	tmpl, err := template("simulated regional system", ca.now().Add(-year), ca.now().Add(5*year))
	if err != nil {
		return tls.Certificate{}, err
	}
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	tmpl.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	tmpl.DNSNames = []string{"localhost"}
	cert, key, err := ca.issue(tmpl)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw}, PrivateKey: key, Leaf: cert}, nil
}

// Client issues a client certificate to the named party.
func (ca *CA) Client(name string) (KeyPair, error) {
	return ca.client(name, ca.now().Add(-year), ca.now().Add(5*year))
}

// ExpiredClient issues a client certificate whose validity ended an hour ago.
func (ca *CA) ExpiredClient(name string) (KeyPair, error) {
	return ca.client(name, ca.now().Add(-year), ca.now().Add(-time.Hour))
}

func (ca *CA) client(name string, from, until time.Time) (KeyPair, error) {
	tmpl, err := template(name, from, until)
	if err != nil {
		return KeyPair{}, err
	}
	tmpl.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	cert, key, err := ca.issue(tmpl)
	if err != nil {
		return KeyPair{}, err
	}
	keyPEM, err := PrivateKeyPEM(key)
	if err != nil {
		return KeyPair{}, err
	}
	return KeyPair{CertPEM: certPEM(cert), KeyPEM: keyPEM}, nil
}

func (ca *CA) issue(tmpl *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey, error) {
	key, err := newKey()
	if err != nil {
		return nil, nil, err
	}
	cert, err := sign(tmpl, ca.cert, key, ca.key)
	if err != nil {
		return nil, nil, err
	}
	return cert, key, nil
}

// PrivateKeyPEM encodes a private key as PKCS #8 in PEM.
func PrivateKeyPEM(key any) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("pki: encode key: %w", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), nil
}

func newKey() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("pki: generate key: %w", err)
	}
	return key, nil
}

func template(name string, from, until time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("pki: serial number: %w", err)
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name, Organization: []string{"Synthetic sandbox"}},
		NotBefore:    from,
		NotAfter:     until,
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}, nil
}

func sign(tmpl, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, fmt.Errorf("pki: sign certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("pki: read certificate back: %w", err)
	}
	return cert, nil
}

func certPEM(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}
