package gateway

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// newEnvironment makes what a region's adapter is lent. The error begins with the
// key, below the region's, that is missing or wrong, and shows no secret.
func newEnvironment(r config.Region, opts Options, budget *transport.Budget) (adapters.Environment, error) {
	client, err := newClient(r, opts, budget)
	if err != nil {
		return adapters.Environment{}, err
	}
	settings, err := newSettings(r)
	if err != nil {
		return adapters.Environment{}, err
	}
	return adapters.Environment{HTTP: client, Now: opts.Now, Random: opts.Random, Settings: settings}, nil
}

func newClient(r config.Region, opts Options, budget *transport.Budget) (*http.Client, error) {
	files := pemFiles{}
	c := transport.Config{
		CAPEM:            files.read("ca_file", r.CAFile),
		CertPEM:          files.read("cert_file", r.CertFile),
		KeyPEM:           files.read("key_file", r.KeyFile),
		AllowedHosts:     append([]string{}, r.AllowHosts...),
		MaxResponseBytes: int64(opts.Config.Limits.RegionResponseSize),
		Budget:           budget,
		Now:              opts.Now,
	}
	if files.err != nil {
		return nil, files.err
	}
	for _, address := range []string{r.BaseURL, r.TokenURL} {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			c.AllowedHosts = append(c.AllowedHosts, transport.HostPort(u))
		}
	}
	client, err := transport.NewClient(c)
	if err != nil {
		return nil, fmt.Errorf("ca_file, cert_file, key_file or allow_hosts: %w", err)
	}
	return client, nil
}

func newSettings(r config.Region) (adapters.Settings, error) {
	secret, err := r.Secret()
	if err != nil {
		return adapters.Settings{}, err
	}
	key, err := signingKey(r.SigningKeyFile)
	if err != nil {
		return adapters.Settings{}, fmt.Errorf("signing_key_file: %w", err)
	}
	return adapters.Settings{
		BaseURL: r.BaseURL, TokenURL: r.TokenURL, ClientID: r.ClientID, ClientSecret: secret,
		SigningKey: key, SigningKeyID: r.SigningKeyID, Codes: r.Codes,
	}, nil
}

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
