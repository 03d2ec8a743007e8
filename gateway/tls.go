package gateway

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"

	"github.com/openlhcr/openlhcr/gateway/config"
)

// serverTLS is how both listeners are secured, or nil where the configuration has
// them in plain text: TLS 1.2 or newer, and with a file of authorities every caller
// must show a certificate of one of them.
func serverTLS(c *config.Config) (*tls.Config, error) {
	if c.Listen.PlainText {
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(c.TLS.CertFile, c.TLS.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("tls.cert_file and tls.key_file: %w", err)
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}}
	if c.TLS.ClientCAFile == "" {
		return out, nil
	}
	if out.ClientCAs, err = readAuthorities(c.TLS.ClientCAFile); err != nil {
		return nil, fmt.Errorf("tls.client_ca_file: %w", err)
	}
	out.ClientAuth = tls.RequireAndVerifyClientCert
	return out, nil
}

func readAuthorities(path string) (*x509.CertPool, error) {
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
