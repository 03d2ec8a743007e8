// Package certificates keeps what the gateway's listeners show to their callers and
// ask of them, so that both can be replaced while they listen: a connection keeps
// what it was opened with, the next one meets the new.
package certificates

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"
)

// Files are the files of a listener's certificate, PEM.
type Files struct {
	// Certificate is the chain, the gateway's own first.
	Certificate string
	// Key is its private key.
	Key string
	// Authorities are those one of which must have issued each caller's certificate.
	// Empty asks callers for none.
	Authorities string
}

// Identity is a certificate with its key, and the authorities of callers. It never changes.
type Identity struct {
	certificate tls.Certificate
	authorities *x509.CertPool
}

// Read reads an identity. The error begins with the key of the configuration, below
// "tls", that is to blame, and shows nothing of what the files hold.
func Read(files Files) (*Identity, error) {
	pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		return nil, fmt.Errorf("cert_file and tls.key_file: %w", err)
	}
	i := &Identity{certificate: pair}
	if files.Authorities == "" {
		return i, nil
	}
	if i.authorities, err = ReadAuthorities(files.Authorities); err != nil {
		return nil, fmt.Errorf("client_ca_file: %w", err)
	}
	return i, nil
}

// ReadAuthorities reads a file of certificates, PEM. One without any is an error.
func ReadAuthorities(path string) (*x509.CertPool, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, errors.New("holds no certificate in PEM form")
	}
	return pool, nil
}

// Expiry is when the first of the certificates of a file, PEM, ends: a chain is worth
// nothing from then on, and of a list of authorities one is. It is zero where there
// is none to be read.
func Expiry(content []byte) time.Time {
	var first time.Time
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" {
			continue
		}
		if first.IsZero() || certificate.NotAfter.Before(first) {
			first = certificate.NotAfter
		}
	}
	return first
}

// Keeper keeps the identity of the listeners. It is safe for concurrent use.
type Keeper struct {
	now atomic.Pointer[Identity]
}

// NewKeeper keeps a first identity.
func NewKeeper(first *Identity) *Keeper {
	k := &Keeper{}
	k.Replace(first)
	return k
}

// Replace has every connection from now on meet another identity.
func (k *Keeper) Replace(next *Identity) { k.now.Store(next) }

// TLS is how a listener of these protocols (RFC 7301 names, the preferred first) is
// secured: TLS 1.2 or newer, with the identity that is kept when a connection is
// opened. A session that is resumed is checked against the authorities of then too,
// as crypto/tls does it.
func (k *Keeper) TLS(protocols ...string) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: protocols,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return k.now.Load().config(protocols), nil
		},
	}
}

func (i *Identity) config(protocols []string) *tls.Config {
	out := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: slices.Clone(protocols), Certificates: []tls.Certificate{i.certificate}}
	if i.authorities != nil {
		out.ClientCAs, out.ClientAuth = i.authorities, tls.RequireAndVerifyClientCert
	}
	return out
}
