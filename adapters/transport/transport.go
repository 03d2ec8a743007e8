// Package transport makes the HTTP clients through which adapters reach regional
// systems: TLS 1.2 or newer with the region's own trust and our certificate, only
// the addresses that a deployment listed, no proxy, no cookies, bounded answers,
// and errors that name neither an address nor a patient.
package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Defaults of a Config.
const (
	DefaultMaxResponseBytes = 32 << 20
	DefaultDialTimeout      = 5 * time.Second
	DefaultHeaderTimeout    = 30 * time.Second
	DefaultTimeout          = 60 * time.Second
	DefaultMaxConnections   = 32
)

const (
	maxHeaderBytes = 64 << 10
	idleTimeout    = 90 * time.Second
)

// Config of a region's HTTP client.
type Config struct {
	// CAPEM holds the certificates that are trusted, and alone. Empty: the machine's own.
	CAPEM []byte
	// CertPEM and KeyPEM are our certificate and key for mutual TLS. Both or neither.
	CertPEM, KeyPEM []byte
	// AllowedHosts are the addresses that may be reached, each "host:port". At least one.
	AllowedHosts []string
	// MaxResponseBytes is how much of one answer's body is read, after decompression. 0: DefaultMaxResponseBytes.
	MaxResponseBytes int64
	// Budget bounds what is held of the answers of every client that shares it. Nil for no such bound.
	Budget *Budget
	// DialTimeout bounds connecting and, apart from it, the TLS handshake. 0: DefaultDialTimeout.
	DialTimeout time.Duration
	// HeaderTimeout bounds the wait for an answer's headers. 0: DefaultHeaderTimeout.
	HeaderTimeout time.Duration
	// Timeout bounds a whole call with its body, beside the caller's own deadline. 0: DefaultTimeout.
	Timeout time.Duration
	// MaxConnections bounds the connections to one address. 0: DefaultMaxConnections.
	MaxConnections int
	// Now is the clock by which certificates are judged. Nil: the wall clock.
	Now func() time.Time
}

// NewClient makes a client. Its errors are [*Error] inside the [*net/url.Error] that
// net/http puts around them: send requests with [Do], which takes that off.
//
// A redirect is followed only for GET and HEAD, to an allowed address over the same scheme,
// and without the Authorization header. The error of NewClient names the setting that is wrong.
func NewClient(cfg Config) (*http.Client, error) {
	allowed, err := newAllowList(cfg.AllowedHosts)
	if err != nil {
		return nil, err
	}
	security, err := tlsConfig(cfg)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: &guarded{
			allowed: allowed, maxBytes: positive(cfg.MaxResponseBytes, DefaultMaxResponseBytes), budget: cfg.Budget,
			next: base(cfg, allowed, security),
		},
		CheckRedirect: allowed.checkRedirect,
		Timeout:       positive(cfg.Timeout, DefaultTimeout),
	}, nil
}

func base(cfg Config, allowed allowList, security *tls.Config) *http.Transport {
	dialer := &net.Dialer{Timeout: positive(cfg.DialTimeout, DefaultDialTimeout)}
	return &http.Transport{
		Proxy:                  nil, // a proxy of the environment would see what only the region may
		DialContext:            allowed.dial(dialer.DialContext),
		TLSClientConfig:        security,
		TLSHandshakeTimeout:    positive(cfg.DialTimeout, DefaultDialTimeout),
		ResponseHeaderTimeout:  positive(cfg.HeaderTimeout, DefaultHeaderTimeout),
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxConnsPerHost:        positive(cfg.MaxConnections, DefaultMaxConnections),
		MaxIdleConnsPerHost:    positive(cfg.MaxConnections, DefaultMaxConnections),
		IdleConnTimeout:        idleTimeout,
		ForceAttemptHTTP2:      true,
	}
}

func positive[N ~int | ~int64](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}

func tlsConfig(cfg Config) (*tls.Config, error) {
	out := &tls.Config{MinVersion: tls.VersionTLS12, Time: cfg.Now}
	if len(cfg.CAPEM) > 0 {
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(cfg.CAPEM) {
			return nil, errors.New("the CA file holds no certificate in PEM form")
		}
	}
	if len(cfg.CertPEM) == 0 && len(cfg.KeyPEM) == 0 {
		return out, nil
	}
	pair, err := tls.X509KeyPair(cfg.CertPEM, cfg.KeyPEM)
	if err != nil {
		return nil, fmt.Errorf("the client certificate and its key: %w", err)
	}
	// Sent even where the region's list of authorities does not name ours: its refusal then says so.
	out.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	return out, nil
}
