package sdk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"

	"google.golang.org/grpc/credentials"
)

// trust is what a handshake rests on: a TLS configuration, and files that replace
// parts of it. A path that is empty replaces nothing.
type trust struct {
	config           *tls.Config
	roots            string
	certificate, key string
}

// credentials are the transport's. Files are read once here, so that one that is
// wrong from the start is an error of Dial.
func (t trust) credentials(logger *slog.Logger) (credentials.TransportCredentials, error) {
	if t.roots == "" && t.certificate == "" && t.key == "" {
		return credentials.NewTLS(t.config.Clone()), nil
	}
	r := &reloading{trust: t, logger: logger, last: t.config.Clone()}
	if err := errors.Join(r.readRoots(), r.readCertificate()); err != nil {
		return nil, err
	}
	return r, nil
}

// reloading is TLS whose files are read at each handshake. A handshake is rare and
// dear: nothing is gained by watching the files, and no change is missed.
type reloading struct {
	trust  trust
	logger *slog.Logger

	mu   sync.Mutex
	last *tls.Config
}

var _ credentials.TransportCredentials = (*reloading)(nil)

// current is the configuration with what the files hold now. What cannot be read
// stays as it was.
func (r *reloading) current() *tls.Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.readRoots(); err != nil {
		r.logger.Warn("the root CA file cannot be used; what it held last stays in use", slog.String("error", err.Error()))
	}
	if err := r.readCertificate(); err != nil {
		r.logger.Warn("the client certificate cannot be used; the last one stays in use", slog.String("error", err.Error()))
	}
	return r.last.Clone()
}

func (r *reloading) readRoots() error {
	if r.trust.roots == "" {
		return nil
	}
	pem, err := os.ReadFile(r.trust.roots)
	if err != nil {
		return fmt.Errorf("root CA file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return fmt.Errorf("root CA file: %s holds no certificate", r.trust.roots)
	}
	r.last.RootCAs = pool
	return nil
}

func (r *reloading) readCertificate() error {
	if r.trust.certificate == "" && r.trust.key == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(r.trust.certificate, r.trust.key)
	if err != nil {
		return fmt.Errorf("client certificate files: %w", err)
	}
	r.last.Certificates = []tls.Certificate{pair}
	return nil
}

// ClientHandshake shakes hands with what the files hold now.
func (r *reloading) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return credentials.NewTLS(r.current()).ClientHandshake(ctx, authority, conn)
}

// ServerHandshake refuses: these are a client's.
func (r *reloading) ServerHandshake(net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("sdk: a client's credentials serve nobody")
}

// Info tells of TLS and the server's name, as grpc's own credentials do.
func (r *reloading) Info() credentials.ProtocolInfo {
	return credentials.NewTLS(r.trust.config.Clone()).Info()
}

// Clone shares the files and nothing else.
func (r *reloading) Clone() credentials.TransportCredentials {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.trust
	t.config = t.config.Clone()
	return &reloading{trust: t, logger: r.logger, last: r.last.Clone()}
}

// OverrideServerName is what grpc asks of credentials still, and calls no more.
func (r *reloading) OverrideServerName(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trust.config = r.trust.config.Clone()
	r.trust.config.ServerName, r.last.ServerName = name, name
	return nil
}
